import type { ErrorType, StatusRange, ThresholdMetric } from '../config/model.ts';
import type { LoadSlot } from '../http/load-slot.ts';
import type { Histogram } from '../stats/histogram.ts';

/** Why a request of a burst has no answer that can be judged; `aborted`: it was under way when the run was ended early. */
export type BurstErrorType = ErrorType | 'aborted';

/** `done` may also say `aborted`, which only the runner itself does. */
export type Slot = LoadSlot;

/** Sends the start with this number (0, 1, 2, …): what it sends, and with which data, follows from the number. Never throws. */
export type Send = (slot: Slot, start: number) => void;

/** The intended starts of an open run: a pure function of its stages. */
export type Schedule = {
  /** How many starts. */
  readonly total: number;
  readonly durationMs: number;
  /** When start `k` (0 … total − 1) is due, ms after the run's begin; computed from `k` alone, so that nothing drifts. */
  startMs(k: number): number;
  /** The rate at an instant of the run, per second. */
  ratePerSecond(atMs: number): number;
};

/**
 * What a run counted, in a form that adds up: two tallies of the same run merge into that of both together.
 * `requests` are those sent, each a success or a failure; `requests + dropped` is what was scheduled.
 */
export type Tally = {
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  /** From the intended start to the last byte. */
  readonly latency: Histogram;
  /** From the actual send to the last byte. */
  readonly serviceTime: Histogram;
  /** From the intended start to the moment at which this generator took it up. Waiting at the cap is the target's doing, and is in the latency alone. */
  readonly startLag: Histogram;
  readonly statusCodes: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<BurstErrorType, number>>>;
  /** Epoch ms of the run's begin. */
  readonly startedAt: number;
  /** From the begin to the moment at which the last request ended; to the end of the run where there was none. */
  readonly durationMs: number;
  /** One for each second of the run, from its begin on; by the moment at which a request ended. */
  readonly seconds: readonly Second[];
  /** Why it was ended early, in one sentence. */
  readonly aborted?: string;
};

/** One second of a run, for charts. */
export type Second = {
  readonly requests: number;
  readonly failures: number;
  /** Of the requests that ended in this second, from their intended start; 0 where none did. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Starts that were due in this second; in the closed model those that were sent. */
  readonly intended: number;
};

export type Distribution = {
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  readonly mean: number;
};

export type ThresholdResult = {
  readonly threshold: string;
  readonly passed: boolean;
  /** Of the threshold's own unit: ms, a ratio, requests a second, a count. */
  readonly actual: number;
};

/** Whether a run is worse than the last good ones of its own. */
export type Comparison = {
  /** `unknown`: there is too little to compare with, or it was too small to tell. */
  readonly verdict: 'same' | 'better' | 'worse' | 'unknown';
  /** How many earlier runs it was held against. */
  readonly baseline: number;
  readonly quantities: readonly ComparedQuantity[];
};
export type ComparedQuantity = {
  readonly quantity: 'p50' | 'p95' | 'errorRatio' | 'sustained';
  readonly baseline: number;
  readonly actual: number;
  /** actual ÷ baseline − 1; 0 where the baseline is 0. */
  readonly changeRatio: number;
  /** The chance of a change at least so large in its direction between equal runs: ½ where nothing changed, and less the larger it is. */
  readonly pValue: number;
  readonly verdict: 'same' | 'better' | 'worse';
};

/** What a search for the breaking point found. */
export type BreakingPoint = {
  /** The highest rate at which every threshold held, per second; 0 where none did. */
  readonly sustainedPerSecond: number;
  /** The lowest rate at which one broke; absent where none broke up to the end of the search. */
  readonly brokenPerSecond?: number;
  /** What broke there. */
  readonly broken?: ThresholdResult;
  /** Why the search ended: it closed in, it reached its highest rate, the generator could not do more, or the first rate broke. */
  readonly end: 'found' | 'highest' | 'generator' | 'lowest' | 'aborted' | 'time';
  /** In the order in which they were run. */
  readonly curve: readonly BreakingPointStep[];
};
export type BreakingPointStep = {
  readonly ratePerSecond: number;
  readonly throughputPerSecond: number;
  readonly errorRatio: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly dropped: number;
  readonly generatorSaturated: boolean;
  readonly passed: boolean;
};

/** What is said of a run: the contract of `burnwatch burst --json` and of an invocation by hand. Ratios 0..1, spans in ms with fractions. */
export type BurstSummary = {
  readonly burst: string;
  readonly model: 'open' | 'closed' | 'breakingPoint';
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly requests: number;
  readonly failures: number;
  readonly dropped: number;
  readonly aborted?: string;
  readonly errorRatio: number;
  /** Successes ÷ the time from the first start to the last answer, as vegeta counts it. */
  readonly throughputPerSecond: number;
  readonly latencyMs: Distribution;
  readonly serviceTimeMs: Distribution;
  readonly startLagMs: Distribution;
  readonly statusCodes: Readonly<Record<string, number>>;
  readonly errors: Readonly<Partial<Record<BurstErrorType, number>>>;
  /** This generator, not the target, was the bottleneck: the p99 of the start lag is above 10 ms. */
  readonly generatorSaturated: boolean;
  readonly thresholds: readonly ThresholdResult[];
  readonly comparison?: Comparison;
  readonly breakingPoint?: BreakingPoint;
  /** Where it was sent by several invocations. */
  readonly shards?: ShardReport;
};

/** Of the invocations that should have sent together: how many did, and what kept the others. */
export type ShardReport = { readonly expected: number; readonly merged: number; readonly missing: readonly string[] };

/** How a run stands while it is under way. `lastSecond` is the newest whole one. */
export type Progress = {
  readonly elapsedMs: number;
  /** Of an open run, the end of its stages; of a closed one its `forMs`, where it has one. */
  readonly durationMs?: number;
  /** Starts of the whole run, where they are known. */
  readonly scheduled?: number;
  readonly requests: number;
  readonly failures: number;
  readonly underWay: number;
  /** Starts that are due and wait at the cap. */
  readonly waiting: number;
  readonly lastSecond: Second;
  /** Of a search: the rate that is held now. */
  readonly ratePerSecond?: number;
};

/** Whether a status counts as one of these. */
export function isInRanges(status: number, ranges: readonly StatusRange[]): boolean {
  return ranges.some(({ from, to }) => status >= from && status <= to);
}

/** Which part of a summary a threshold looks at. */
export type ThresholdReading = Readonly<Record<ThresholdMetric, number>>;
