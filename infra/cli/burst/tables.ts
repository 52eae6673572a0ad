import { STATUS_CODES } from 'node:http';
import {
  type BreakingPoint,
  type BurstSummary,
  type Comparison,
  type Distribution,
  isInRanges,
} from '../../../shared/burst/model.ts';
import type { Burst } from '../../../shared/config/model.ts';
import { countText, percentText, rateText, spanText } from '../numbers.ts';
import { paint } from '../terminal.ts';
import { changeText, comparedText, comparisonText } from './comparison.ts';
import { renderTitled, type TextStyle, tick, wrapLines } from './lines.ts';
import { actualText, closedText, errorText, stepWord } from './verdict.ts';

/** Keys of a distribution and their names, from short to long. */
export const quantileNames: readonly (readonly [keyof Distribution, string])[] = [
  ['p50', 'p50'],
  ['p75', 'p75'],
  ['p90', 'p90'],
  ['p95', 'p95'],
  ['p99', 'p99'],
  ['p999', 'p99.9'],
  ['max', 'max'],
  ['mean', 'mean'],
];

/** The three spans beside one another; in the closed model two of them are the same and the third is nothing. */
export function renderQuantiles(summary: BurstSummary, style: TextStyle): string {
  const { model, latencyMs, serviceTimeMs, startLagMs } = summary;
  const isClosed = model === 'closed';
  const spans = isClosed ? [latencyMs] : [latencyMs, serviceTimeMs, startLagMs];
  const titles = ['', 'LATENCY', 'SERVICE TIME', 'START LAG'].slice(0, spans.length + 1);
  const rows = quantileNames.map(([key, name]) => [name, ...spans.map((values) => spanText(values[key]))]);
  const table = renderTitled(titles, rows, [1, 2, 3], style);
  return isClosed
    ? [table, ...wrapLines(closedText, style).map((line) => paint(line, 'dim', style))].join('\n')
    : table;
}

/** The rates that a search tried, from low to high. */
export function renderCurve({ curve }: BreakingPoint, style: TextStyle): string {
  const rows = curve
    .toSorted((a, b) => a.ratePerSecond - b.ratePerSecond)
    .map((step) => [
      rateText(step.ratePerSecond),
      rateText(step.throughputPerSecond),
      spanText(step.p50Ms),
      spanText(step.p99Ms),
      percentText(step.errorRatio),
      countText(step.dropped),
      stepWord(step) === 'saturated' ? paint('saturated', 'yellow', style) : tick(step.passed, style),
    ]);
  return renderTitled(['ASKED', 'REACHED', 'P50', 'P99', 'ERRORS', 'DROPPED', 'OK'], rows, [0, 1, 2, 3, 4, 5], style);
}

/** What came back, and what did not: statuses first, then errors, the most frequent ones first. Empty where nothing was sent. */
export function renderAnswers(burst: Burst, { statusCodes, errors, requests }: BurstSummary, style: TextStyle): string {
  const row = (name: string, isBad: boolean, count: number, words: string) => [
    paint(name, isBad ? 'red' : 'green', style),
    countText(count),
    percentText(requests === 0 ? 0 : count / requests),
    words,
  ];
  const answers = byCount(statusCodes).map(([status, count]) =>
    row(status, isInRanges(Number(status), burst.failureStatuses), count, STATUS_CODES[status] ?? ''),
  );
  const troubles = byCount(errors).map(([type, count]) => row(type, true, count, errorText(type, burst)));
  const rows = [...answers, ...troubles];
  return rows.length === 0 ? '' : renderTitled(['ANSWER', 'COUNT', 'SHARE', ''], rows, [1, 2], style);
}

/** The counts of a record, the greatest first. */
export function byCount<K extends string>(counts: Readonly<Partial<Record<K, number>>>): readonly [K, number][] {
  return (Object.entries(counts) as [K, number][]).sort(([, a], [, b]) => b - a);
}

/** Each threshold with what came. Empty where there are none; a search says elsewhere what broke. */
export function renderThresholds({ thresholds, breakingPoint }: BurstSummary, style: TextStyle): string {
  if (thresholds.length === 0 || breakingPoint) return '';
  const rows = thresholds.map((each) => [`${tick(each.passed, style)} ${each.threshold}`, actualText(each)]);
  return renderTitled(['THRESHOLD', 'ACTUAL'], rows, [1], style);
}

/** A run beside the ones before it. */
export function renderComparison(comparison: Comparison, style: TextStyle): string {
  const rows = comparison.quantities.map((each) => [
    each.quantity,
    comparedText(each, each.baseline),
    comparedText(each, each.actual),
    changeText(each),
    each.verdict === 'worse' ? paint(each.verdict, 'red', style) : each.verdict,
  ]);
  const table = rows.length === 0 ? [] : [renderTitled(['', 'BEFORE', 'NOW', 'CHANGE', ''], rows, [1, 2, 3], style)];
  return [...wrapLines(comparisonText(comparison), style), ...table].join('\n');
}
