import type { AlertState, Incident, OutboxEntry } from '../alert/model.ts';
import type { BurstSummary, Tally } from '../burst/model.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import type { DayRollup, HourRollup, Tick } from '../ledger/model.ts';
import type { Message } from '../message/model.ts';
import type { Datum } from '../metrics/model.ts';
import type { MetricSpan } from '../slo/metric-plan.ts';
import type { CountedDay, CountedHour, Sums } from './metric/hours.ts';

/** The ledger: rows that are written once and never rewritten. Instants are epoch ms; ranges include both ends. */
export type LedgerStore = {
  /** `duplicate` when a row of this location, instant and shard is there from another invocation. */
  saveTick(tick: Tick, invocationId: string): Promise<'saved' | 'duplicate'>;
  loadTicks(location: string, fromAt: number, toAt: number): Promise<readonly Tick[]>;
  /** Keeps the first rollup of an hour; a second one is dropped. */
  saveHour(rollup: HourRollup): Promise<void>;
  loadHours(location: string, fromAt: number, toAt: number): Promise<readonly HourRollup[]>;
  saveDay(rollup: DayRollup): Promise<void>;
  loadDays(location: string, fromAt: number, toAt: number): Promise<readonly DayRollup[]>;
};

export type AlertStore = {
  load(): Promise<{ readonly state: AlertState; readonly outbox: readonly OutboxEntry[] }>;
  /** Writes the state and its outbox entries together, if the stored version is still `state.version - 1`. */
  save(state: AlertState, entries: readonly OutboxEntry[], writer: string): Promise<'saved' | 'conflict'>;
  /** Takes delivered entries out of the outbox; those that are gone already are no error. */
  acknowledge(ids: readonly string[]): Promise<void>;
  /** Archives a closed incident; a second time changes nothing. */
  saveIncident(incident: Incident): Promise<void>;
  /** Closed incidents, the newest first. */
  loadIncidents(limit: number): Promise<readonly Incident[]>;
};

/** Answers the id that SNS gave the message, where it says so. */
export type Notify = (message: Message) => Promise<unknown>;
export type PublishMetrics = (datums: readonly Datum[]) => Promise<void>;

/** The kept verdicts of every burst: of each the newest runs, the newest first. */
export type LoadVerdicts = () => Promise<readonly BurstVerdict[]>;
/** Keeps the verdict of a run; of the same run twice it is one, and an older run never takes the place of a newer. */
export type SaveVerdict = (verdict: BurstVerdict) => Promise<void>;

/** The sums of one CloudWatch metric over a span. */
export type MetricQuery = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly span: MetricSpan;
};
/**
 * Reads sums, in the order of the queries; `failure` says in a few words why one could not be read, whole as it is asked. Never
 * rejects, and ends when the signal is aborted.
 */
export type ReadMetrics = (
  queries: readonly MetricQuery[],
  signal: AbortSignal,
) => Promise<readonly ({ readonly sums: Sums } | { readonly failure: string })[]>;

/** What was counted of metrics, folded by the hour and the UTC day, for each series for itself. The first of each stays. */
export type CountedStore = {
  /** Those that begin in a range, both ends included: counts by the minute. */
  loadHours(series: string, fromAt: number, toAt: number): Promise<readonly CountedHour[]>;
  saveHour(series: string, hour: CountedHour): Promise<void>;
  /** Counts by the hour. */
  loadDays(series: string, fromAt: number, toAt: number): Promise<readonly CountedDay[]>;
  saveDay(series: string, day: CountedDay): Promise<void>;
};

/** One run of a burst. `runAt` is its scheduled time, or the moment at which it was begun by hand; epoch ms. */
export type RunKey = { readonly burst: string; readonly runAt: number };

/** What one invocation made of its part of a run. `void`: nothing was sent, through our own fault; `refused`: through policy. */
export type PartResult =
  | { readonly state: 'sent'; readonly tally: Tally }
  | { readonly state: 'void' | 'refused'; readonly reason: string };
/** `claimed`: an invocation has begun it, and has not said yet what came of it. */
export type KeptPart = { readonly shard: number } & (PartResult | { readonly state: 'claimed' });

/** A whole run: its summary with everything that adds up, or why nothing was sent. */
export type KeptRun = RunKey & (SentRun | { readonly state: 'void' | 'refused'; readonly reason: string });
export type SentRun = { readonly state: 'sent'; readonly summary: BurstSummary; readonly tally: Tally };

/** What the requests of a run came to. They count in the minute in which the last of them ended; instants are epoch ms. */
export type RunCounts = RunKey & { readonly endedAt: number; readonly good: number; readonly bad: number };
/** Of the runs of a burst whose own instants lie in a range, both ends included: the oldest first. */
export type LoadRunCounts = (burst: string, fromAt: number, toAt: number) => Promise<readonly RunCounts[]>;

/** What is kept of bursts. Invocation ids tell a write whose answer was lost from one of somebody else. */
export type BurstStore = {
  /** Only one invocation gets a part of a run. */
  claim(run: RunKey, shard: number, invocationId: string): Promise<'claimed' | 'duplicate'>;
  /** One invocation at a time gets a burst that is sent by hand, until an instant (epoch ms). */
  occupy(burst: string, now: number, untilAt: number, invocationId: string): Promise<'occupied' | 'busy'>;
  /** Throws where the part was claimed by another invocation. */
  savePart(run: RunKey, shard: number, result: PartResult, invocationId: string): Promise<void>;
  /** In the order of their shards; those that nobody has claimed are not in it. */
  loadParts(run: RunKey): Promise<readonly KeptPart[]>;
  /** Keeps the first run of its instant, and before it what its requests came to, for SLOs. */
  saveRun(run: KeptRun, invocationId: string): Promise<'saved' | 'duplicate'>;
  /** Runs that were sent before an instant, the newest first: at most `limit`, of as many as a few reads find. */
  loadRuns(burst: string, beforeAt: number, limit: number): Promise<readonly (RunKey & SentRun)[]>;
};
