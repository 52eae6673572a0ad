import type { ErrorType, Outcome } from '../config/model.ts';

/** One monitor's outcome in one tick, as the ledger keeps it. */
export type TickOutcome = {
  readonly monitorKey: number;
  readonly outcome: Outcome;
  readonly errorType?: ErrorType;
  /** Milliseconds; absent where nothing was measured. */
  readonly latencyMs?: number;
  /** Under maintenance: neither good nor bad. */
  readonly isMaintenance: boolean;
  /** The first attempt failed and a later one decided. */
  readonly isRetried: boolean;
  /** The monitor itself was short of CPU: the outcome counts, the latency does not. */
  readonly isContaminated: boolean;
  /** Repeats a judgement that counted already (a heartbeat is judged every minute, and is one event a period): in no count. */
  readonly isRepeat?: true;
};

/** Why a monitor failed, in words; kept beside the outcomes of a tick, for the first few that failed. */
export type FailureDetail = { readonly monitorKey: number; readonly statusCode?: number; readonly message: string };

/** Which locations saw what in one tick, by their names, home first. Silent ones have nothing fresh to say. */
export type Sights = {
  readonly failed: readonly string[];
  /** They passed, or were degraded. */
  readonly good: readonly string[];
  readonly silent: readonly string[];
};

/** One scheduled run of a shard: its scheduled time in whole seconds is its identity. */
export type Tick = {
  readonly location: string;
  /** Epoch ms, a multiple of 1000. */
  readonly at: number;
  /** The shard's id, or `manual-<request id>` for a recorded run by hand. */
  readonly shard: string;
  readonly outcomes: readonly TickOutcome[];
  readonly details: readonly FailureDetail[];
  /** Of a tick that is the verdict of several locations: by key. No row holds it. */
  readonly sights?: ReadonlyMap<number, Sights>;
};

/** How many outcomes of each kind: integers, added up and never averaged. `unjudged` is unknown and blocked. */
export type Counts = {
  readonly passed: number;
  readonly degraded: number;
  readonly failed: number;
  readonly unjudged: number;
  /** Outcomes under maintenance, whatever they were; they are in none of the others. */
  readonly maintenance: number;
};
export const noCounts: Counts = { passed: 0, degraded: 0, failed: 0, unjudged: 0, maintenance: 0 };

/** A closed hour of one location, folded: counts by monitor and minute (60 of them, the absent ones empty). */
export type HourRollup = {
  readonly location: string;
  /** Epoch ms of the hour's start. */
  readonly hourAt: number;
  readonly monitors: ReadonlyMap<number, readonly Counts[]>;
};

/** A closed UTC day of one location, folded: counts by monitor. */
export type DayRollup = {
  readonly location: string;
  /** Epoch ms of the day's start. */
  readonly dayAt: number;
  readonly monitors: ReadonlyMap<number, Counts>;
};
