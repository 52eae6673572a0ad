import type { BurstRunView, BurstView } from '../../../shared/app/overview/model.ts';
import type { BurstSummary, ComparedQuantity, Comparison } from '../../../shared/burst/model.ts';
import type { ThresholdMetric } from '../../../shared/config/model.ts';
import { changeText, comparedText, comparisonText } from '../../cli/burst/comparison.ts';
import { breakingPointText } from '../../cli/burst/verdict.ts';
import { countOf, countText, durationText, percentText, rateText, spanText } from '../../cli/numbers.ts';
import { type ChartSecond, missedMetrics } from './burst-model.ts';
import type { LivePoint, LiveRun } from './state.ts';

/** What people read of bursts. Nothing here knows a page. */
export const burstWords: Readonly<Record<BurstView['state'] | 'running', string>> = {
  passed: 'Passed',
  failed: 'Failed',
  waiting: 'Not run yet',
  running: 'Under way',
};

export const runWords: Readonly<Record<BurstRunView['outcome'], string>> = {
  passed: 'passed',
  failed: 'failed',
  void: 'not sent',
  refused: 'refused',
};

export type Figure = { readonly label: string; readonly value: string; readonly tone: 'calm' | 'warn' | 'bad' };

/** The numbers of a run that everybody asks for first. */
export function figuresOf(summary: BurstSummary): readonly Figure[] {
  const { breakingPoint } = summary;
  return breakingPoint === undefined ? runFigures(summary) : searchFigures(summary, breakingPoint);
}

function runFigures(summary: BurstSummary): readonly Figure[] {
  const { requests, failures, errorRatio, dropped, throughputPerSecond, latencyMs } = summary;
  const missed = missedMetrics(summary);
  const tone = (metrics: readonly ThresholdMetric[], isOdd: boolean) =>
    metrics.some((metric) => missed.has(metric)) ? 'bad' : isOdd ? 'warn' : 'calm';
  return [
    {
      label: requests === 1 ? 'request' : 'requests',
      value: countText(requests),
      tone: tone(['requests'], requests === 0),
    },
    {
      label: failuresLabel(failures, errorRatio),
      value: countText(failures),
      tone: tone(['failures', 'errorRatio'], failures > 0),
    },
    { label: 'dropped', value: countText(dropped), tone: tone(['dropped'], dropped > 0) },
    { label: 'throughput', value: rateText(throughputPerSecond), tone: tone(['throughput'], false) },
    { label: 'p50', value: spanText(latencyMs.p50), tone: tone(['p50'], false) },
    { label: 'p99', value: spanText(latencyMs.p99), tone: tone(['p99'], false) },
  ];
}

function failuresLabel(failures: number, errorRatio: number): string {
  if (failures === 0) return 'failures';
  return `${failures === 1 ? 'failure' : 'failures'}, ${percentText(errorRatio)}`;
}

function searchFigures(
  { requests, failures, errorRatio }: BurstSummary,
  { sustainedPerSecond, brokenPerSecond, curve }: NonNullable<BurstSummary['breakingPoint']>,
): readonly Figure[] {
  const held = curve.findLast(({ ratePerSecond, passed }) => passed && ratePerSecond === sustainedPerSecond);
  return [
    { label: 'sustained', value: rateText(sustainedPerSecond), tone: sustainedPerSecond > 0 ? 'calm' : 'bad' },
    ...(held === undefined ? [] : [{ label: 'p99 there', value: spanText(held.p99Ms), tone: 'calm' } as const]),
    ...(brokenPerSecond === undefined
      ? []
      : [{ label: 'broke at', value: rateText(brokenPerSecond), tone: 'calm' } as const]),
    { label: 'rates tried', value: countText(curve.length), tone: 'calm' },
    { label: 'requests', value: countText(requests), tone: 'calm' },
    { label: failuresLabel(failures, errorRatio), value: countText(failures), tone: 'calm' },
  ];
}

/** The same while a run is under way: of the newest second, what is a rate or a latency. */
export function liveFigures(point: LivePoint | undefined): readonly Figure[] {
  const calm = (label: string, value: string): Figure => ({ label, value, tone: 'calm' });
  if (point === undefined) return [calm('requests', '0')];
  const { requests, scheduled, failures, underWay, waiting, perSecond, p50Ms, p99Ms, ratePerSecond } = point;
  const isQuiet = perSecond === 0;
  return [
    calm(scheduled === undefined ? 'requests' : `of ${countOf(scheduled, 'request')}`, countText(requests)),
    {
      label: failures === 1 ? 'failure' : 'failures',
      value: countText(failures),
      tone: failures > 0 ? 'warn' : 'calm',
    },
    ...(ratePerSecond === undefined ? [] : [calm('held now', rateText(ratePerSecond))]),
    calm('just now', rateText(perSecond)),
    calm('p50', isQuiet ? '–' : spanText(p50Ms)),
    calm('p99', isQuiet ? '–' : spanText(p99Ms)),
    calm('under way', countText(underWay)),
    ...(waiting === 0 ? [] : [{ label: 'waiting at the cap', value: countText(waiting), tone: 'warn' } as const]),
  ];
}

/** The quantiles that no figure tells: `p75 14.2 ms, p90 21.3 ms, …`. */
export function quantilesText({ latencyMs: { p75, p90, p95, p999, max } }: Pick<BurstSummary, 'latencyMs'>): string {
  const all = { p75, p90, p95, 'p99.9': p999, max };
  return Object.entries(all)
    .map(([name, value]) => `${name} ${spanText(value)}`)
    .join(', ');
}

/** What came back: `302 × 2,443, 503 × 41, timeout × 12`. */
export function answersText({ statusCodes, errors }: Pick<BurstSummary, 'statusCodes' | 'errors'>): string {
  const all = [...Object.entries(statusCodes), ...Object.entries(errors)];
  return all
    .toSorted((a, b) => b[1] - a[1])
    .map(([what, count]) => `${what} × ${countText(count)}`)
    .join(', ');
}

/** In words how a run compares with those before it: `Compared with its last 5 good runs: worse. p95 139 ms, was 17.1 ms (+715 %, worse).` */
export function comparedWords(comparison: Comparison): string {
  const changes = comparison.quantities.filter(isChanged).map(changeWords);
  return `${comparisonText(comparison)}.${changes.length === 0 ? '' : ` ${changes.join('; ')}.`}`;
}

function isChanged({ baseline, actual }: ComparedQuantity): boolean {
  return baseline !== actual;
}

function changeWords(compared: ComparedQuantity): string {
  const { quantity, baseline, actual, verdict } = compared;
  const name = quantity === 'errorRatio' ? 'error ratio' : quantity === 'sustained' ? 'sustained rate' : quantity;
  const details = [...(baseline === 0 ? [] : [changeText(compared)]), ...(verdict === 'same' ? [] : [verdict])];
  const judged = details.length === 0 ? '' : ` (${details.join(', ')})`;
  return `${name} ${comparedText(compared, actual)}, was ${comparedText(compared, baseline)}${judged}`;
}

/** When it comes: `rate(1 hour)`, `cron(0 3 * * ? *) in Europe/Amsterdam`; without a schedule that it waits for a hand. */
export function scheduleText({ schedule, timezone }: Pick<BurstView, 'schedule' | 'timezone'>): string {
  if (schedule === undefined) return 'by hand only';
  const zone = timezone === undefined || schedule.startsWith('rate') ? '' : ` in ${timezone}`;
  return `${schedule}${zone}`;
}

/** `15 s`, `56 s, ended early`. */
export function lengthText({ durationMs, aborted }: Pick<BurstSummary, 'durationMs' | 'aborted'>): string {
  return `${durationText(durationMs)}${aborted === undefined ? '' : ', ended early'}`;
}

/** What a run has of a row in the history: of a search the rate, of the others p99 and rate. */
export function rowNumbers({ breakingPoint, latencyMs, throughputPerSecond }: BurstSummary) {
  if (breakingPoint !== undefined)
    return { size: breakingPoint.sustainedPerSecond, main: rateText(breakingPoint.sustainedPerSecond), rest: '' };
  return { size: latencyMs.p99, main: spanText(latencyMs.p99), rest: rateText(throughputPerSecond) };
}

/** What did not hold: `p99 412 ms, wanted < 300 ms; dropped 7, wanted 0; 2 more`. */
export function reasonsText({ reasons, more }: Pick<BurstRunView, 'reasons' | 'more'>): string {
  return [...reasons, ...(more > 0 ? [`${countText(more)} more`] : [])].join('; ');
}

/** What stands beside a run in the history: why it failed or was not sent, or how it compares. */
export function rowNote(run: BurstRunView): string {
  if (run.reasons.length > 0) return reasonsText(run);
  const comparison = run.summary?.comparison;
  if (comparison === undefined || comparison.verdict === 'unknown' || comparison.verdict === 'same') return '';
  return `${comparison.verdict} than before`;
}

/** One second of a chart in words. */
export function secondText({ second, requests, failures, p50Ms, p99Ms }: ChartSecond): string {
  const failed = failures === 0 ? '' : `, ${countText(failures)} failed`;
  const latency = p50Ms === null || p99Ms === null ? '' : `, p50 ${spanText(p50Ms)}, p99 ${spanText(p99Ms)}`;
  return `second ${second + 1}: ${countOf(requests, 'request')}${failed}${latency}`;
}

/** A whole chart in one sentence. */
export function secondsSentence(seconds: readonly ChartSecond[]): string {
  if (seconds.length === 0) return '';
  const most = Math.max(...seconds.map(({ requests }) => requests));
  const slowest = Math.max(...seconds.map(({ p99Ms }) => p99Ms ?? 0));
  const failures = seconds.reduce((sum, second) => sum + second.failures, 0);
  const failed = failures === 0 ? 'none failed' : `${countText(failures)} failed`;
  return `${countOf(seconds.length, 'second')}, up to ${rateText(most)}, ${failed}, slowest p99 ${spanText(slowest)}`;
}

/** What is said of a run by hand that no state tells of. */
export function unkeptText({ end }: LiveRun): string {
  if (end === undefined) return '';
  if (end.outcome !== 'sent') return end.message ?? 'It was not sent.';
  const { summary } = end;
  if (summary === undefined) return '';
  const { requests, failures, latencyMs, breakingPoint } = summary;
  const came = breakingPoint
    ? breakingPointText(breakingPoint)
    : `${countOf(requests, 'request')}, ${countText(failures)} failed, p99 ${spanText(latencyMs.p99)}`;
  return `A run by hand that is not kept: ${came}.`;
}

/** The same for those who hear the page; nothing of a run that the state tells of. */
export function unkeptNews(run: LiveRun): string {
  const isToldLater = run.trigger === 'schedule' || (run.isRecorded && run.end?.outcome === 'sent');
  return isToldLater ? '' : `${run.burst}: ${unkeptText(run)}`;
}

/** What came of the newest run, for those who hear the page. */
export function burstNewsText({ id, runs }: Pick<BurstView, 'id' | 'runs'>): string {
  const [newest] = runs;
  if (newest === undefined) return '';
  const why = newest.reasons.length === 0 ? '' : `, ${newest.reasons.join('; ')}`;
  return `${id}: ${runWords[newest.outcome]}${why}.`;
}

/** What a run that is under way is told to those who hear the page. */
export function beganText(run: LiveRun): string {
  return `${run.burst}: under way${run.trigger === 'schedule' ? ', by its schedule' : ''}.`;
}
