import type { BurstSummary, Tally } from '../../../shared/burst/model.ts';
import type { Burst } from '../../../shared/config/model.ts';
import { countOf, countText, durationText, percentText, rateText } from '../numbers.ts';
import { paint, type Style } from '../terminal.ts';
import { renderDistribution } from './distribution.ts';
import { joinLines, type TextStyle, wrapLines } from './lines.ts';
import { askedText, describeSent, isNamed, loadText, modelText, sentText } from './subject.ts';
import { renderAnswers, renderComparison, renderCurve, renderQuantiles, renderThresholds } from './tables.ts';
import { judge, saturationText, type Verdict } from './verdict.ts';

/** A burst that was run. */
export type Finished = { readonly burst: Burst; readonly summary: BurstSummary; readonly tally: Tally };

/**
 * A run for a person's eyes: the verdict, the numbers, and what they are made of. On a terminal nothing is wider than its
 * columns; elsewhere, as in a pipe, sentences stay in one line.
 */
export function renderBurst(finished: Finished, style: TextStyle): string {
  const { burst, summary, tally } = finished;
  const sections = [
    renderHead(finished, style),
    renderWarnings(summary, style),
    ...(summary.breakingPoint
      ? [renderCurve(summary.breakingPoint, style)]
      : [renderQuantiles(summary, style), renderDistribution(tally.latency.buckets(), style)]),
    renderAnswers(burst, summary, style),
    renderThresholds(summary, style),
    summary.comparison ? renderComparison(summary.comparison, style) : '',
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const verdictStyles: Readonly<Record<Verdict['outcome'], Style>> = {
  passed: 'green',
  unjudged: 'yellow',
  failed: 'red',
  aborted: 'yellow',
};

function renderHead({ burst, summary }: Finished, style: TextStyle): string {
  const { outcome, reasons } = judge(summary);
  const sent = sentText(describeSent(burst));
  const [first = '', ...others] = wrapLines(`${outcome}: ${reasons.join('; ')}`, style);
  const verdict = paint(outcome, verdictStyles[outcome], style) + first.slice(outcome.length);
  return [
    verdict,
    ...others,
    ...wrapLines(isNamed(burst) ? `${burst.id}: ${sent}` : sent, style),
    ...wrapLines(`${modelText(burst.load)}: ${loadText(burst.load)}`, style),
    ...joinLines(figuresOf(burst, summary), style),
  ].join('\n');
}

/** The numbers that everybody asks for first. */
function figuresOf(burst: Burst, summary: BurstSummary): readonly string[] {
  const { requests, failures, dropped, errorRatio, throughputPerSecond, durationMs } = summary;
  const asked = askedText(burst.load);
  return [
    countOf(requests, 'request'),
    `${countOf(failures, 'failure')} (${percentText(errorRatio)})`,
    `${countText(dropped)} dropped`,
    `${rateText(throughputPerSecond)}${asked === undefined ? '' : ` of ${asked}`}`,
    durationText(durationMs),
  ];
}

function renderWarnings(summary: BurstSummary, style: TextStyle): string {
  const saturation = saturationText(summary);
  return [
    ...(saturation === undefined ? [] : marked('generator saturated', saturation, 'red', style)),
    ...(summary.dropped > 0 && summary.aborted === undefined
      ? marked('dropped', droppedText(summary.dropped), 'yellow', style)
      : []),
  ].join('\n');
}

function droppedText(dropped: number): string {
  return `${countOf(dropped, 'start')} still waited at the cap when the stages ended, and ${dropped === 1 ? 'was' : 'were'} never sent (--limit-concurrency raises the cap).`;
}

function marked(word: string, sentence: string, color: Style, style: TextStyle): readonly string[] {
  return wrapLines(`${word.toUpperCase()}: ${sentence}`, style).map((line) => paint(line, color, style));
}
