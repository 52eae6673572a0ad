import type { BreakingPointLoad, OpenLoad } from '../config/model.ts';
import type { BreakingPoint, BreakingPointStep, BurstSummary, ThresholdResult } from './model.ts';
import { kindOf, nameOf, renderBeside, renderQuantity } from './quantity.ts';
import { parseThreshold } from './threshold.ts';

/** A search under way. `ratePerSecond` is to be held next, for `load.holdMs`. */
export type Search = {
  readonly load: BreakingPointLoad;
  readonly ratePerSecond: number;
  /** The same rate was held just before, and did not do. */
  readonly isRepetition: boolean;
  /** The highest rate that held; 0 where none did. */
  readonly sustainedPerSecond: number;
  /** The lowest that did not, and what broke there. */
  readonly broken?: Broken;
  /** In the order in which they were run. */
  readonly curve: readonly BreakingPointStep[];
};
type Broken = { readonly ratePerSecond: number; readonly result?: ThresholdResult };

/** What came of holding the rate: an open run, summarized and judged by the thresholds of the burst. */
export type StepResult = {
  readonly summary: Pick<
    BurstSummary,
    'throughputPerSecond' | 'errorRatio' | 'latencyMs' | 'dropped' | 'generatorSaturated' | 'thresholds' | 'aborted'
  >;
  /** It was ended from outside, so that the search ends, too. An end by `abortIf` is a rate that did not hold. */
  readonly isStopped: boolean;
  /** What the run may still take. A search with less than it takes to hold a rate ends. */
  readonly leftMs: number;
};

export type SearchMove =
  | { readonly state: 'searching'; readonly search: Search }
  | { readonly state: 'ended'; readonly breakingPoint: BreakingPoint };

/** A search that begins: nothing is known, and the lowest rate comes first. */
export function startSearch(load: BreakingPointLoad): Search {
  return { load, ratePerSecond: load.fromPerSecond, isRepetition: false, sustainedPerSecond: 0, curve: [] };
}

/** What is run next: the rate, held. */
export function stepLoad({ load, ratePerSecond }: Search): OpenLoad {
  const stage = { fromPerSecond: ratePerSecond, toPerSecond: ratePerSecond, durationMs: load.holdMs };
  return { model: 'open', stages: [stage] };
}

/**
 * The next rate, or the answer. While every threshold holds the rate grows by the search's factor up to its end; from the first rate that
 * breaks one, the gap between what held and what broke is halved until it is at most the precision's share of what held. A rate that
 * does not do is held once more, and what that shows counts, so that no single bad moment decides; only where `abortIf` ended it the
 * target is spared the repetition. A generator that is saturated twice at a rate ends the search: higher rates would tell nothing of
 * the target.
 */
export function stepSearch(before: Search, result: StepResult): SearchMove {
  const verdict = judge(result.summary);
  const search = { ...before, curve: [...before.curve, curveStep(before.ratePerSecond, result.summary, verdict)] };
  if (result.isStopped) return end(search, 'aborted');
  if (verdict !== 'held' && !search.isRepetition && result.summary.aborted === undefined) {
    return hold({ ...search, isRepetition: true }, search.ratePerSecond, result);
  }
  switch (verdict) {
    case 'held':
      return goOn({ ...search, sustainedPerSecond: search.ratePerSecond }, result);
    case 'saturated':
      return end(search, 'generator');
    case 'broke':
      return goOn({ ...search, broken: brokenBy(search.ratePerSecond, result.summary.thresholds) }, result);
    default:
      return verdict satisfies never;
  }
}

type Verdict = 'held' | 'broke' | 'saturated';

/** A generator that is late neither holds the rate nor measures the target alone: whatever its thresholds say is not true. */
function judge({ thresholds, aborted, generatorSaturated }: StepResult['summary']): Verdict {
  if (aborted !== undefined) return 'broke';
  if (generatorSaturated) return 'saturated';
  return thresholds.every(({ passed }) => passed) ? 'held' : 'broke';
}

function curveStep(ratePerSecond: number, summary: StepResult['summary'], verdict: Verdict): BreakingPointStep {
  const { throughputPerSecond, errorRatio, latencyMs, dropped, generatorSaturated } = summary;
  const { p50: p50Ms, p99: p99Ms } = latencyMs;
  const passed = verdict === 'held';
  return { ratePerSecond, throughputPerSecond, errorRatio, p50Ms, p99Ms, dropped, generatorSaturated, passed };
}

function brokenBy(ratePerSecond: number, thresholds: readonly ThresholdResult[]): Broken {
  const result = thresholds.find(({ passed }) => !passed);
  return result === undefined ? { ratePerSecond } : { ratePerSecond, result };
}

function goOn(search: Search, result: StepResult): SearchMove {
  const { load, sustainedPerSecond, broken } = search;
  if (broken === undefined) {
    if (sustainedPerSecond >= load.toPerSecond) return end(search, 'highest');
    return hold({ ...search, isRepetition: false }, grown(sustainedPerSecond, load), result);
  }
  if (sustainedPerSecond === 0) return end(search, 'lowest');
  const gap = broken.ratePerSecond - sustainedPerSecond;
  if (gap * 1_000_000 <= load.precisionPpm * sustainedPerSecond) return end(search, 'found');
  return hold({ ...search, isRepetition: false }, between(sustainedPerSecond, broken.ratePerSecond), result);
}

function hold(search: Search, ratePerSecond: number, { leftMs }: StepResult): SearchMove {
  if (leftMs < search.load.holdMs) return end(search, 'time');
  return { state: 'searching', search: { ...search, ratePerSecond } };
}

/** Three digits are enough for a rate, as long as it grows. */
function grown(perSecond: number, { factor, toPerSecond }: BreakingPointLoad): number {
  const exact = perSecond * factor;
  const short = Number(exact.toPrecision(3));
  return Math.min(toPerSecond, short > perSecond ? short : exact);
}

/** The shortest number in the middle half of a gap: 430 rather than 431.25. */
function between(low: number, high: number): number {
  const middle = (low + high) / 2;
  for (let digits = 1; digits < 15; digits += 1) {
    const short = Number(middle.toPrecision(digits));
    if (Math.abs(short - middle) <= (high - low) / 4) return short;
  }
  return middle;
}

function end({ sustainedPerSecond, broken, curve }: Search, why: BreakingPoint['end']): SearchMove {
  const breakingPoint = {
    sustainedPerSecond,
    ...(broken === undefined ? {} : { brokenPerSecond: broken.ratePerSecond }),
    ...(broken?.result === undefined ? {} : { broken: broken.result }),
    end: why,
    curve,
  };
  return { state: 'ended', breakingPoint };
}

/** One sentence: `sustains 430/s, at 450/s p99 leaves 300 ms (412 ms)`; with what kept the search from an answer, where it has none. */
export function renderBreakingPoint(breakingPoint: BreakingPoint): string {
  const { sustainedPerSecond, end, curve } = breakingPoint;
  const sustained = rate(sustainedPerSecond);
  const least = sustainedPerSecond > 0 ? `sustains at least ${sustained}` : 'no rate is known to be sustained';
  switch (end) {
    case 'found':
      return `sustains ${sustained}, ${breakText(breakingPoint)}`;
    case 'highest':
      return `sustains ${sustained}, the highest rate of the search`;
    case 'lowest':
      return `does not sustain ${rate(breakingPoint.brokenPerSecond ?? 0)}: ${whatBroke(breakingPoint)}`;
    case 'generator':
      return `${least}: at ${rate(curve.at(-1)?.ratePerSecond ?? 0)} this generator, not the target, was the limit`;
    case 'aborted':
      return `${least}${alsoBroken(breakingPoint)}; the search was stopped`;
    case 'time':
      return `${least}${alsoBroken(breakingPoint)}; there was no time to search on`;
    default:
      return end satisfies never;
  }
}

function alsoBroken(breakingPoint: BreakingPoint): string {
  return breakingPoint.brokenPerSecond === undefined ? '' : `, ${breakText(breakingPoint)}`;
}

function breakText(breakingPoint: BreakingPoint): string {
  return `at ${rate(breakingPoint.brokenPerSecond ?? 0)} ${whatBroke(breakingPoint)}`;
}

function whatBroke({ broken }: BreakingPoint): string {
  if (broken === undefined) return 'the run was ended early';
  const threshold = parseThreshold(broken.threshold);
  if ('message' in threshold) return `${broken.threshold} does not hold`;
  const kind = kindOf(threshold.metric);
  const actual = renderBeside(kind, broken.actual, threshold.value);
  if (kind === 'count') return `${threshold.text} does not hold (${actual})`;
  const name = threshold.metric === 'errorRatio' ? 'error ratio' : nameOf(threshold.metric);
  return `${name} leaves ${renderQuantity(kind, threshold.value, 6)} (${actual})`;
}

const rate = (perSecond: number): string => renderQuantity('rate', perSecond, 4);
