import type { BurstView } from '../../../shared/app/overview/model.ts';
import type { BurstSummary, ThresholdResult } from '../../../shared/burst/model.ts';
import { actualText, breakingPointText, saturationText } from '../../cli/burst/verdict.ts';
import { burstChart } from './burst-chart.ts';
import { burstCurve } from './burst-curve.ts';
import { type BurstChartModel, limitsOf, type SentView, secondsOfRun } from './burst-model.ts';
import { answersText, comparedWords, figuresOf, lengthText, quantilesText, reasonsText } from './burst-words.ts';
import { element, keyedList, type Part, setAttribute, setSlot, setText, show } from './dom.ts';
import { figureRow } from './figures.ts';
import { icon } from './icons.ts';
import { setTime, timeElement } from './time.ts';
import { roughSpanText } from './words.ts';

export type ResultView = { readonly burst: BurstView; readonly run: SentView };

/** What came of the newest run that was sent. */
export function burstResult(name: string): Part<ResultView> {
  const at = timeElement();
  const length = element('span');
  const head = element(
    'div',
    { class: 'run-head' },
    element('h4', { class: 'run-title' }, 'Last run'),
    element('p', { class: 'meta' }, element('span', {}, at, length)),
  );
  const found = element('p', { class: 'found', hidden: '' });
  const reason = element('p', { class: 'reason', hidden: '' });
  const saturated = notice('warn');
  const figures = figureRow();
  const quantiles = element('p', { class: 'meta answers', hidden: '' });
  const answers = element('p', { class: 'meta answers' });
  const chart = burstChart(name);
  const curve = burstCurve();
  const thresholds = element('ul', { class: 'thresholds' });
  const updateThresholds = keyedList<ThresholdResult>(thresholds, ({ threshold }) => threshold, thresholdLine);
  const comparison = element('p', { class: 'comparison', hidden: '' });
  const node = element('div', { class: 'run' }, head, found, reason, saturated.element, figures.element, thresholds);
  node.append(chart.element, curve.element, quantiles, answers, comparison);
  return {
    element: node,
    update: ({ burst, run }, now) => {
      const { summary } = run;
      setAttribute(node, 'data-outcome', run.outcome);
      setTime(at, run.runAt, now);
      setText(length, ` (${roughSpanText(Math.max(0, now - run.runAt))} ago), ${lengthText(summary)}`);
      showText(found, summary.breakingPoint === undefined ? '' : sentence(breakingPointText(summary.breakingPoint)));
      showText(reason, reasonsText(run));
      saturated.update(saturationWords(summary));
      figures.update(figuresOf(summary), now);
      showText(quantiles, quantilesLine(summary));
      setText(answers, `Answers: ${answersText(summary) || 'none'}.`);
      const { breakingPoint } = summary;
      chart.update(breakingPoint === undefined ? chartModel(burst, run) : nothingToDraw);
      show(curve.element, breakingPoint !== undefined);
      if (breakingPoint !== undefined) curve.update(breakingPoint, limitsOf(burst.thresholds));
      updateThresholds(summary.thresholds, now);
      setAttribute(comparison, 'data-verdict', summary.comparison?.verdict ?? null);
      showText(comparison, summary.comparison === undefined ? '' : comparedWords(summary.comparison));
    },
  };
}

/** Of the latencies of a whole search the quantiles tell nothing. */
function quantilesLine(summary: BurstSummary): string {
  const hasLatency = summary.breakingPoint === undefined && summary.requests > 0;
  return hasLatency ? `Latency: ${quantilesText(summary)}.` : '';
}

/** Fewer seconds are no curve. */
const fewestSeconds = 3;
const nothingToDraw: BurstChartModel = { seconds: [], plannedMs: undefined, rates: [], limits: [] };

function chartModel({ seconds, plannedMs, rates }: BurstView, { summary }: SentView): BurstChartModel {
  if (seconds.length < fewestSeconds) return nothingToDraw;
  const limits = limitsOf(summary.thresholds.map(({ threshold }) => threshold));
  return { seconds: secondsOfRun(seconds), plannedMs, rates, limits };
}

function saturationWords(summary: BurstSummary): string {
  const text = saturationText(summary);
  return text === undefined ? '' : `Generator saturated: ${text}`;
}

function showText(node: HTMLElement, text: string): void {
  setText(node, text);
  show(node, text !== '');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Something that has to be said beside the numbers; hidden while it says nothing. */
export function notice(tone: string): { readonly element: HTMLElement; readonly update: (text: string) => void } {
  const words = element('p');
  const mark = element('span', { class: 'badge-icon' }, icon('degraded'));
  const node = element('div', { class: 'notice', 'data-tone': tone, hidden: '' }, mark, words);
  return {
    element: node,
    update: (text) => {
      setText(words, text);
      show(node, text !== '');
    },
  };
}

/** One threshold with what came, and whether it held. */
function thresholdLine(): Part<ThresholdResult> {
  const slot = element('span', { class: 'threshold-mark' });
  const word = element('span', { class: 'hidden-text' });
  const text = element('code');
  const actual = element('span', { class: 'threshold-actual' });
  const node = element('li', { class: 'threshold' }, slot, word, text, actual);
  return {
    element: node,
    update: (result) => {
      setAttribute(node, 'data-passed', String(result.passed));
      setSlot(slot, String(result.passed), () => icon(result.passed ? 'passed' : 'failed'));
      setText(word, result.passed ? 'holds: ' : 'does not hold: ');
      setText(text, result.threshold);
      setText(actual, actualText(result));
    },
  };
}
