import type { FollowUp, Severity, Text } from './model.ts';

/** What is promised: how much of what is counted must be good. Spans are milliseconds, shares are parts per million. */
export type Slo = {
  /** `[a-z0-9-]{1,64}` */
  readonly id: string;
  readonly indicator: Indicator;
  /** As it was typed, e.g. `99.9%`. */
  readonly objective: string;
  /** The objective in parts per million: 99.9 % is 999000. Always between 1 and 999999. */
  readonly objectivePpm: number;
  /** The SLO window. Of a calendar window, what thresholds take it for: a month is 30 days. */
  readonly windowMs: number;
  /** Where it is there, the budget is that of the calendar's span; alerts look back over rolling windows all the same. */
  readonly calendar?: CalendarWindow;
  /** Where it is there, slices of time are counted, not single events. */
  readonly slices?: Timeslices;
  readonly alerts: readonly BurnRule[];
};

/** What is counted, by its kind. */
export type Indicator = ProbeIndicator | LatencyIndicator | BurstIndicator | MetricIndicator;

/** The probes of these monitors: `failed` is bad, `passed` is good, `degraded` is as said. */
export type ProbeIndicator = {
  readonly kind: 'probes';
  readonly monitors: readonly string[];
  readonly isDegradedBad: boolean;
};

/** The same probes, of which those that took `belowMs` or longer are bad too; what could not be measured well is unjudged. */
export type LatencyIndicator = {
  readonly kind: 'latency';
  readonly monitors: readonly string[];
  readonly isDegradedBad: boolean;
  readonly belowMs: number;
  /** The key in the ledger of what each monitor's probes are for this SLO, by the monitor's id; unique in a Config, monitors included. */
  readonly keys: Readonly<Record<string, number>>;
};

/** The requests of the recorded runs of these bursts. */
export type BurstIndicator = { readonly kind: 'bursts'; readonly bursts: readonly string[] };

/** What others count in CloudWatch: sums of two metrics that share their dimensions, one of which is a part of the other. */
export type MetricIndicator = {
  readonly kind: 'cloudwatch';
  readonly namespace: string;
  readonly dimensions: Readonly<Record<string, Text>>;
  /** Names of metrics. */
  readonly counts: { readonly bad: string; readonly total: string } | { readonly good: string; readonly total: string };
};

export const calendarUnits = ['week', 'month', 'quarter', 'year'] as const;
export type CalendarUnit = (typeof calendarUnits)[number];
/** From midnight to midnight in an IANA time zone; a week begins on Monday. */
export type CalendarWindow = { readonly unit: CalendarUnit; readonly timezone: string };

/** A slice is good when at least `targetPpm` of its events are; one without any is unjudged. Slices divide the hour. */
export type Timeslices = { readonly sliceMs: number; readonly targetPpm: number };

/** Fires when more than `budget` of the SLO window's error budget burns at the pace of the long and of the short window. */
export type BurnRule = FollowUp & {
  /** Unique in a Config: `slo/<slo id>/<severity>-<long as typed>`. */
  readonly id: string;
  readonly severity: Severity;
  /** The budget share in parts per million: 2 % is 20000. */
  readonly budgetPpm: number;
  readonly longMs: number;
  /** The longer of long ÷ 12 and three intervals of the slowest monitor, in whole minutes. */
  readonly shortMs: number;
  readonly minBadEvents: number;
  readonly notify: readonly string[];
  readonly runbook?: string;
};

/** The monitors that an SLO judges; none where it counts bursts or metrics. */
export function monitorIdsOf({ indicator }: Pick<Slo, 'indicator'>): readonly string[] {
  switch (indicator.kind) {
    case 'probes':
    case 'latency':
      return indicator.monitors;
    case 'bursts':
    case 'cloudwatch':
      return [];
    default:
      return indicator satisfies never;
  }
}
