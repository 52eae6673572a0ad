import type { Overview } from '../../../shared/app/overview/model.ts';
import type { BurstSummary } from '../../../shared/burst/model.ts';
import type { ProbeRow } from '../../../shared/probe/row.ts';

/**
 * What `GET /api/state` answers and every `state` event of `GET /api/events` carries: how everything stands, and what
 * only local mode has. Instants are epoch ms.
 */
export type ConsoleState = Overview & {
  /** Every message that SNS would have sent, the newest first. */
  readonly inbox: readonly InboxMessage[];
  /** What the shortener is told to do wrong; null when it is left alone. */
  readonly faults: Faults | null;
  readonly alarms: readonly AlarmView[];
  /** Runs of bursts that local mode has begun since its start: those under way, and of each burst the one that ended last. */
  readonly liveRuns: readonly LiveRun[];
  readonly addresses: Addresses;
  /** Why the newest monitors.yml was not taken, one rendered problem a line; the one before it goes on. Empty when all is well. */
  readonly configErrors: readonly string[];
  /** The pace of local mode: probe, then evaluate, every so often. */
  readonly tickMs: number;
  readonly nextTickAt: number;
};

/** A message as its reader would see it. The id is stable and unique in the inbox. */
export type InboxMessage = {
  readonly id: string;
  readonly subject: string;
  readonly text: string;
  readonly at: number;
  /** An address, or a channel and its type. */
  readonly to: string;
  /** Of an alert: its incident, and what it tells of it. */
  readonly about?: MailAbout;
  /** What came of it, where it was sent to a channel. */
  readonly delivery?: DeliveryView;
};

/** The incident that a message is about, and what it tells of it: `fired`, `reminded`, `mixed` … */
export type MailAbout = { readonly incident: string; readonly kind: string };

export type DeliveryView = {
  readonly state: 'sending' | 'delivered' | 'skipped' | 'failed';
  /** In words: what the service answered, or why it was not told. */
  readonly detail: string;
};

export type Faults = {
  /** 0..1: the share of requests that is answered with 503. */
  readonly errorRatio: number;
  readonly latencyMs: number;
  readonly databaseDown: boolean;
  readonly cacheCold: boolean;
  /** CPU that each request burns first. */
  readonly cpuMs: number;
  /** When it ends by itself. */
  readonly until: number;
};

/** A CloudWatch alarm of the template, as local mode evaluates it. */
export type AlarmView = { readonly name: string; readonly state: AlarmState; readonly since: number };
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Origins without a trailing slash, and the folder that holds everything local mode remembers. */
export type Addresses = {
  readonly console: string;
  readonly shortener: string;
  readonly aws: string;
  readonly data: string;
};

/** A run of a burst as local mode sees it go on; a `run` event of `GET /api/events` carries it with its newest point alone. */
export type LiveRun = {
  /** Unique since the start. */
  readonly id: string;
  readonly burst: string;
  readonly trigger: 'schedule' | 'hand';
  /** Whether it is kept; other runs leave no trace but this. */
  readonly isRecorded: boolean;
  readonly beganAt: number;
  /** One for each second that is over, the oldest first. */
  readonly points: readonly LivePoint[];
  /** Absent while it is under way. */
  readonly end?: LiveEnd;
};

/** How a run stood when one of its seconds was over. Of several shards, counts are added, and quantiles those of the slowest. */
export type LivePoint = {
  /** 0 is the first second of the run. */
  readonly second: number;
  readonly elapsedMs: number;
  /** Starts of the whole run, where they are known. */
  readonly scheduled?: number;
  /** Begun, and failed, so far. */
  readonly requests: number;
  readonly failures: number;
  readonly underWay: number;
  /** Starts that are due and wait at the cap. */
  readonly waiting: number;
  /** Requests that ended in this second, and their latencies from the intended start. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of a search for the breaking point: the rate that is held now. */
  readonly ratePerSecond?: number;
};

export type LiveEnd = {
  readonly at: number;
  /** `refused` by policy; `failed` by a fault that is not the target's. */
  readonly outcome: 'sent' | 'refused' | 'failed';
  /** Why it was not sent, or not kept, where its function said so. */
  readonly message?: string;
  /** Of a run that is not kept. */
  readonly summary?: BurstSummary;
};

/** What `POST /api/bursts` answers once the run has begun. */
export type BurstAnswer = { readonly burst: string; readonly run: string };

/** What `POST /api/probe` answers. */
export type ProbeAnswer = { readonly results: readonly ProbeRow[] };

/** What every refusal of the console's API carries, as `application/problem+json`. */
export type ConsoleProblem = { readonly title: string; readonly detail?: string };
