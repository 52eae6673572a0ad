import type { BurstRunView, BurstView } from '../../../shared/app/overview/model.ts';
import type { BreakingPoint, BreakingPointStep, BurstSummary, Second } from '../../../shared/burst/model.ts';
import { kindOf } from '../../../shared/burst/quantity.ts';
import { parseThreshold } from '../../../shared/burst/threshold.ts';
import type { ThresholdMetric } from '../../../shared/config/model.ts';
import type { LivePoint, LiveRun } from './state.ts';

/** A run that was sent. */
export type SentView = BurstRunView & { readonly summary: BurstSummary };

/** What a card shows. */
export type BurstCardView = {
  readonly burst: BurstView;
  /** The run under way, or one that has just ended and is not in the state yet. */
  readonly live: LiveRun | undefined;
  /** The run that ended last, where no state tells of it: it is not kept. */
  readonly unkept: LiveRun | undefined;
};

/** A second of a run in the charts. Latencies are null where no request ended. */
export type ChartSecond = {
  readonly second: number;
  readonly requests: number;
  readonly failures: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
};

/** A run that ended is looked for in the state for so long. */
const settleMs = 10_000;

/**
 * What is known of runs with what an event says of one: a new run, or its next point, or its end. Saying the same once more changes
 * nothing. Of runs that ended the newest of each burst is kept.
 */
export function withRun(runs: readonly LiveRun[], told: LiveRun): readonly LiveRun[] {
  const known = runs.find(({ id }) => id === told.id);
  const run = { ...told, points: withPoints(known?.points ?? [], told.points) };
  const isOlder = (each: LiveRun) => run.end !== undefined && each.end !== undefined && each.burst === run.burst;
  return [run, ...runs.filter((each) => each.id !== run.id && !isOlder(each))];
}

function withPoints(known: readonly LivePoint[], told: readonly LivePoint[]): readonly LivePoint[] {
  const first = told[0];
  return first === undefined ? known : [...known.filter(({ second }) => second < first.second), ...told];
}

/** Each burst with its run. `now` is epoch ms. */
export function cardsOf(bursts: readonly BurstView[], runs: readonly LiveRun[], now: number): readonly BurstCardView[] {
  return bursts.map((burst) => {
    const own = runs.filter((run) => run.burst === burst.id);
    const underWay = own.find(({ end }) => end === undefined);
    const ended = own.find(({ end }) => end !== undefined);
    const isSettling = ended !== undefined && isAwaited(burst, ended, now);
    return {
      burst,
      live: underWay ?? (isSettling ? ended : undefined),
      unkept: underWay === undefined && ended !== undefined && isUnkept(ended) ? ended : undefined,
    };
  });
}

/** What was sent by hand and is not kept, or was not even sent, stands in no state. */
function isUnkept({ trigger, isRecorded, end }: LiveRun): boolean {
  return trigger === 'hand' && (!isRecorded || end?.outcome !== 'sent');
}

/** Whether a run that was sent has not come with a state yet. */
function isAwaited({ runs }: BurstView, { beganAt, isRecorded, end }: LiveRun, now: number): boolean {
  if (end?.outcome !== 'sent' || !isRecorded || now - end.at > settleMs) return false;
  return !runs.some(({ summary }) => summary !== undefined && Date.parse(summary.startedAt) >= beganAt);
}

export function newestSent({ runs }: Pick<BurstView, 'runs'>): SentView | undefined {
  return runs.find((run): run is SentView => run.summary !== undefined);
}

/** The seconds of a run that has ended. */
export function secondsOfRun(seconds: readonly Second[]): readonly ChartSecond[] {
  return seconds.map(({ requests, failures, p50Ms, p99Ms }, second) =>
    chartSecond(second, requests, failures, p50Ms, p99Ms),
  );
}

/** Those of one under way: its failures are told as a sum, and a second of which nothing was told has none. */
export function secondsOfLive(points: readonly LivePoint[]): readonly ChartSecond[] {
  return points.map(({ second, perSecond, failures, p50Ms, p99Ms }, index) => {
    const before = points[index - 1]?.failures ?? 0;
    return chartSecond(second, perSecond, Math.max(0, failures - before), p50Ms, p99Ms);
  });
}

function chartSecond(second: number, requests: number, failures: number, p50Ms: number, p99Ms: number): ChartSecond {
  const isEmpty = requests === 0;
  return { second, requests, failures, p50Ms: isEmpty ? null : p50Ms, p99Ms: isEmpty ? null : p99Ms };
}

/** A latency that must not be exceeded. */
export type Limit = { readonly text: string; readonly valueMs: number };

/** Of thresholds as they were typed, those that are an upper limit of a latency in the charts. */
export function limitsOf(thresholds: readonly string[]): readonly Limit[] {
  return thresholds.flatMap((text) => {
    const threshold = parseThreshold(text);
    if ('message' in threshold || kindOf(threshold.metric) !== 'span' || !/^lte?$/.test(threshold.op)) return [];
    return [{ text, valueMs: threshold.value }];
  });
}

/** What both charts of a run draw. */
export type BurstChartModel = {
  readonly seconds: readonly ChartSecond[];
  /** Where the time axis ends at the earliest. */
  readonly plannedMs: number | undefined;
  /** The rates that are asked for, as the corners of a line. */
  readonly rates: readonly { readonly atMs: number; readonly perSecond: number }[];
  readonly limits: readonly Limit[];
};

/** The top of the chart of rates: room above what came and what was asked for. */
export function rateTop({ seconds, rates }: Pick<BurstChartModel, 'seconds' | 'rates'>): number {
  const all = [...seconds.map(({ requests }) => requests), ...rates.map(({ perSecond }) => perSecond)];
  return Math.max(1, ...all) * 1.15;
}

/** The top of the chart of latencies: room above the data, and up to a limit where that does not flatten it. */
export function latencyTop({ seconds, limits }: Pick<BurstChartModel, 'seconds' | 'limits'>): number {
  const highest = seconds.reduce((top, { p99Ms }) => Math.max(top, p99Ms ?? 0), 0);
  const roomy = Math.max(1, highest * 1.2);
  const reachable = limits.map(({ valueMs }) => valueMs * 1.2).filter((top) => top <= roomy * 3);
  return Math.max(roomy, ...reachable);
}

/** The rates of a search, from low to high; of one that was held twice what came the second time. */
export function curveOf({ curve }: Pick<BreakingPoint, 'curve'>): readonly BreakingPointStep[] {
  const newest = new Map(curve.map((step) => [step.ratePerSecond, step]));
  return [...newest.values()].toSorted((a, b) => a.ratePerSecond - b.ratePerSecond);
}

/** What a run missed of what its thresholds look at. */
export function missedMetrics({ thresholds }: Pick<BurstSummary, 'thresholds'>): ReadonlySet<ThresholdMetric> {
  const missed = thresholds.filter(({ passed }) => !passed).map(({ threshold }) => parseThreshold(threshold));
  return new Set(missed.flatMap((threshold) => ('message' in threshold ? [] : [threshold.metric])));
}

/** How much of a run is done, 0 to 1; undefined where nobody can know. */
export function progressOf({ plannedMs }: Pick<BurstView, 'plannedMs'>, { points }: LiveRun): number | undefined {
  const newest = points.at(-1);
  if (newest === undefined) return plannedMs === undefined ? undefined : 0;
  if (plannedMs !== undefined) return Math.min(1, newest.elapsedMs / plannedMs);
  return newest.scheduled === undefined ? undefined : Math.min(1, newest.requests / newest.scheduled);
}
