import type { FlowMonitor, FollowUp, HttpRequest, Severity, Text } from './model.ts';

/** One bounded load run. Spans are milliseconds, rates are per second, ratios are parts per million. */
export type Burst = {
  /** `[a-z0-9-]{1,64}`: its history hangs on it. */
  readonly id: string;
  /** When it runs by itself; by hand only where absent. */
  readonly schedule?: BurstSchedule;
  /** What is sent: each start takes one of them, as often as its weight says. At least one. */
  readonly mix: readonly BurstUnit[];
  /** Rows for `${data.name}`: each time that a request is sent it takes the next one, and after the last the first again. */
  readonly data: readonly DataRow[];
  readonly load: Load;
  /** The wall clock of one request, connecting and redirects included; of a flow, the flow's own where that is shorter. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  /** A connection for each request, rather than connections that are kept alive. */
  readonly freshConnections: boolean;
  readonly limits: BurstLimits;
  /** Answers with one of these are failures, beside requests without a valid answer. 400–599 by default. */
  readonly failureStatuses: readonly StatusRange[];
  readonly abortIf?: AbortIf;
  readonly thresholds: readonly Threshold[];
  readonly compare?: Compare;
  readonly requireBudget?: RequireBudget;
  /** How many invocations send it together, 1 and up. */
  readonly shards: number;
  readonly alerts: readonly BurstAlert[];
};

/** `flow` is the id of a monitor of type flow, whose steps are sent as one unit. */
export type BurstUnit = { readonly weight: number } & (
  | { readonly request: HttpRequest }
  | { readonly flow: FlowMonitor['id'] }
);
export type DataRow = Readonly<Record<string, string>>;

/** An expression as the Scheduler of EventBridge takes it: `cron(0 3 * * ? *)`, `rate(1 hour)`; and an IANA time zone. */
export type BurstSchedule = { readonly expression: string; readonly timezone: string };

export type Load = OpenLoad | ClosedLoad | BreakingPointLoad;
/** Starts happen when the stages say so, whatever the target does. */
export type OpenLoad = { readonly model: 'open'; readonly stages: readonly Stage[] };
/** From one rate to another in a straight line; the same twice holds it. */
export type Stage = { readonly fromPerSecond: number; readonly toPerSecond: number; readonly durationMs: number };
/**
 * `concurrency` callers, each of which sends its next request when the one before has ended; until `requests` are sent, or
 * `forMs` is over, whichever there is and comes first. At least one of both.
 */
export type ClosedLoad = {
  readonly model: 'closed';
  readonly concurrency: number;
  readonly requests?: number;
  readonly forMs?: number;
};
/**
 * Holds `fromPerSecond` for `holdMs`, then `factor` times as much, and so on up to `toPerSecond`, until a threshold breaks; then
 * halves the gap until it is at most `precisionPpm` of the rate.
 */
export type BreakingPointLoad = {
  readonly model: 'breakingPoint';
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  readonly holdMs: number;
  readonly factor: number;
  readonly precisionPpm: number;
};

export type BurstLimits = {
  /** Requests under way at once, and so sockets. A start that finds so many waits. */
  readonly concurrency: number;
  /** Requests of a run. What the stages schedule beyond it is an error of the configuration. */
  readonly requests: number;
  /** The whole run, without the time that the last requests take. */
  readonly durationMs: number;
};

/** From one status to another, both included. */
export type StatusRange = { readonly from: number; readonly to: number };

/** Ends a run early as soon as one of these is true, not before `afterMs`. */
export type AbortIf = {
  readonly afterMs: number;
  /** Failures ÷ ended requests is above this. */
  readonly errorRatioPpm?: number;
  /** The p99 of the latency so far is above this. */
  readonly latencyMs?: number;
  /** What the error ratio counts, beside requests without a valid answer; the burst's `failureStatuses` where absent. Without an error ratio one such answer is enough. */
  readonly statuses?: readonly StatusRange[];
};

export const thresholdMetrics = [
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
  'mean',
  'errorRatio',
  'throughput',
  'requests',
  'failures',
  'dropped',
] as const;
export type ThresholdMetric = (typeof thresholdMetrics)[number];

/** One predicate on the summary. */
export type Threshold = {
  /** As it was typed: `p99 < 300ms`. */
  readonly text: string;
  readonly metric: ThresholdMetric;
  readonly op: 'lt' | 'lte' | 'gt' | 'gte' | 'equals' | 'notEquals';
  /** ms of a latency, a ratio from 0 to 1, requests a second, or a count. */
  readonly value: number;
};

/** Against the last `baseline` good runs of the same burst: worse by more than `toleratePpm` is a regression, when it is no chance. */
export type Compare = { readonly baseline: number; readonly toleratePpm: number };

/** Not run while one of these SLOs has less of its budget left, or an incident of their monitors is open. At least one SLO. */
export type RequireBudget = { readonly leftPpm: number; readonly slos: readonly string[] };

/** Fires when the last run did not hold what was asked of it; resolves with the next that does. */
export type BurstAlert = FollowUp & {
  /** Unique in a Config: `burst/<burst id>/<index>`. */
  readonly id: string;
  readonly severity: Severity;
  readonly notify: readonly string[];
  readonly runbook?: string;
};

/** A host that bursts may load beside those that monitors name; without brackets and port, in lower case. */
export type AllowedHost = Text;

/** Most sockets of one sandbox: Lambda gives 1,024 file descriptors, and the function needs some for itself. */
export const mostConcurrency = 800;
/** What nobody means to send by one burst. */
export const mostRequests = 2_000_000;
export const mostPerSecond = 50_000;
/** Lambda ends a function after 15 minutes: what a run may take, with room for its last requests and its summary. */
export const longestRunMs = 13 * 60_000;
