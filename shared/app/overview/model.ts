import type { Acknowledgement, HeldBack, Silence } from '../../alert/model.ts';
import type { BurstSummary, Second } from '../../burst/model.ts';
import type { BurstVerdict } from '../../burst/verdict.ts';
import type { CalendarUnit, ErrorType, Outcome, Severity } from '../../config/model.ts';
import type { Sights } from '../../ledger/model.ts';
import type { SpentBudget } from '../../message/model.ts';
import type { Lately, RuleAhead } from '../../slo/ahead.ts';
import type { Forecast } from '../../slo/forecast.ts';
import type { Span } from '../../slo/gaps.ts';
import type { Spending } from '../../slo/spending.ts';

/** How everything stands: what the console and `/api/state` show. Instants are epoch ms, ratios 0..1 (a budget may be below 0). */
export type Overview = {
  readonly service: string;
  readonly environment: string;
  readonly at: number;
  /** Home first; absent where there is one alone. */
  readonly locations?: readonly LocationView[];
  readonly monitors: readonly MonitorView[];
  readonly slos: readonly SloView[];
  /** Ids of SLOs of which nobody knows how they stand: what they count could not be read. Absent where there are none. */
  readonly unknownSlos?: readonly string[];
  readonly bursts: readonly BurstView[];
  /** Open ones first, then the newest closed ones. */
  readonly incidents: readonly IncidentView[];
  /** Those that hold, the one that ends first first. */
  readonly silences: readonly SilenceView[];
};

/** `titles` are the alerts that it keeps quiet, in words. */
export type SilenceView = Pick<Silence, 'id' | 'alerts' | 'fromAt' | 'untilAt' | 'by' | 'reason'> & {
  readonly titles: readonly string[];
};

/** `waiting` before its first tick, or once the last one has expired; `silent` where none has come for five minutes. */
export type LocationView = {
  readonly id: string;
  readonly state: 'heard' | 'silent' | 'waiting';
  readonly isHome: boolean;
  readonly lastTickAt?: number;
};

export type MonitorView = {
  readonly id: string;
  readonly type: string;
  /** The newest outcome; `waiting` before the first. */
  readonly state: Outcome | 'waiting';
  /** Since when it has been in this state without a break, as far back as the view reads. */
  readonly since?: number;
  readonly url: string;
  readonly intervalMs: number;
  /** How often it makes an event for an SLO: its interval, or the period of a heartbeat. */
  readonly eventIntervalMs: number;
  /** Of a heartbeat: how much later than its period a call may come. */
  readonly graceMs?: number;
  readonly isUnderMaintenance: boolean;
  readonly lastProbeAt?: number;
  /** Of the newest probe whose times can be trusted. */
  readonly latencyMs?: number;
  readonly degradedAfterMs?: number;
  readonly errorType?: ErrorType;
  readonly statusCode?: number;
  readonly message?: string;
  /** Where several locations look: which of them saw what last. */
  readonly seenFrom?: Sights;
  readonly alerts: readonly MonitorAlertView[];
  /** Oldest first: the last hours, one entry a tick. */
  readonly history: readonly {
    readonly at: number;
    readonly outcome: Outcome;
    /** null where nothing was measured, or where it cannot be trusted. */
    readonly latencyMs: number | null;
    readonly isMaintenance: boolean;
    /** This machine was short of CPU: the outcome counts, the time does not. */
    readonly isContaminated?: true;
  }[];
};

export type MonitorAlertView = {
  readonly id: string;
  readonly status: 'inactive' | 'pending' | 'firing';
  readonly firedAt?: number;
  /** It is pending and would fire, if these monitors, which this one depends on, were not down. */
  readonly heldBy?: readonly string[];
  readonly failures: number;
  readonly needed: number;
  readonly of: number;
  readonly notify: readonly string[];
};

export type SloView = {
  readonly id: string;
  readonly objective: string;
  readonly windowMs: number;
  /** Where its budget is that of a span of the calendar: which, and when the next one begins. */
  readonly calendar?: { readonly unit: CalendarUnit; readonly endsAt: number };
  readonly monitors: readonly string[];
  /** What it counts, in words: `probes of api`, `requests of the burst redirects`. */
  readonly counts: string;
  readonly budgetLeftRatio: number;
  /** Events that the whole budget allows, and how many bad ones there were. */
  readonly budgetEvents: number;
  readonly badEvents: number;
  readonly goodEvents: number;
  readonly unjudgedEvents: number;
  readonly coverageRatio: number;
  readonly isWarmingUp: boolean;
  /** Over the last hour. */
  readonly burnRate: number;
  /** When nothing will be left, if things go on as they do. */
  readonly forecast: Forecast;
  readonly rules: readonly BurnRuleView[];
  /** Oldest first: what was left of the budget, over the SLO window or as far back as there is history. */
  readonly burnDown: readonly { readonly at: number; readonly leftRatio: number }[];
};

/** Of the page about one SLO. Instants are epoch ms. */
export type SloDetailView = Omit<SloView, 'rules'> & {
  /** The span that its budget is judged over; of a rolling window it ends now. */
  readonly fromAt: number;
  readonly endsAt: number;
  /** For how long everything may fail until nothing is left; 0 where nothing is. */
  readonly outageLeftMs: number;
  /** Over the last six hours. */
  readonly slowBurnRate: number;
  /** The longest regular time between two events; 0 where none is scheduled. */
  readonly intervalMs: number;
  /** In which nothing came though something was expected, the oldest first. */
  readonly gaps: readonly Span[];
  /** Of any of its monitors, to come included. */
  readonly maintenance: readonly (Span & { readonly reason: string })[];
  /** What the rules' look ahead takes to go on. */
  readonly lately: Lately;
  readonly rules: readonly (BurnRuleView & { readonly ahead?: RuleAhead })[];
  readonly spending: Spending;
  /** Of its span, the newest first. */
  readonly incidents: readonly IncidentView[];
};

export type BurnRuleView = {
  readonly id: string;
  readonly severity: Severity;
  readonly longMs: number;
  readonly shortMs: number;
  readonly threshold: number;
  readonly longBurnRate: number;
  readonly shortBurnRate: number;
  readonly badEvents: number;
  readonly minBadEvents: number;
  /** `pending`: above the threshold, but with fewer bad events than the rule asks for. */
  readonly status: 'inactive' | 'pending' | 'firing' | 'unknown';
  readonly firedAt?: number;
  /** While it fires: the earliest instant at which it can resolve, if nothing more fails. */
  readonly resolvesAt?: number;
  readonly notify: readonly string[];
  /** While it fires: nobody has been told of it, and why not. */
  readonly heldBack?: HeldBack;
};

export type BurstView = {
  readonly id: string;
  /** By its newest run that was sent; `waiting` before the first. */
  readonly state: 'passed' | 'failed' | 'waiting';
  readonly model: BurstSummary['model'];
  /** What it sends, a line a unit; how; and what is asked of it (empty where nothing is): in words. */
  readonly sent: readonly string[];
  readonly load: string;
  readonly wanted: string;
  /** Its thresholds, as they were typed. */
  readonly thresholds: readonly string[];
  /** How long its starts take, where that is known before. */
  readonly plannedMs?: number;
  /** The rates that its stages ask for, as the corners of a line; empty where the target or a search sets them. */
  readonly rates: readonly { readonly atMs: number; readonly perSecond: number }[];
  /** As the Scheduler takes it; absent where it runs by hand alone. */
  readonly schedule?: string;
  readonly timezone?: string;
  /** By the schedule; where it is a rate, as if that had begun with the year 1970, as local mode takes it. */
  readonly nextRunAt?: number;
  /** Newest first. */
  readonly runs: readonly BurstRunView[];
  /** Of the newest run that was sent, second by second; empty before it. */
  readonly seconds: readonly Second[];
  readonly alerts: readonly BurstAlertView[];
};

/** `summary` is absent where nothing was sent; why stands in `reasons`. */
export type BurstRunView = Pick<BurstVerdict, 'runAt' | 'outcome' | 'reasons' | 'more'> & {
  readonly summary?: BurstSummary;
};

export type BurstAlertView = {
  readonly id: string;
  readonly severity: Severity;
  /** `pending`: the next evaluation will fire it. */
  readonly status: 'inactive' | 'pending' | 'firing';
  readonly firedAt?: number;
  readonly notify: readonly string[];
};

export type IncidentView = {
  readonly id: string;
  readonly openedAt: number;
  readonly closedAt: number | null;
  readonly severity: Severity;
  readonly monitors: readonly string[];
  readonly bursts: readonly string[];
  /** SLOs over bursts or metrics, whose alerts are about no monitor. Absent where there are none. */
  readonly slos?: readonly string[];
  readonly alerts: readonly {
    readonly id: string;
    readonly title: string;
    readonly firedAt: number;
    readonly resolvedAt: number | null;
    /** Nobody was told of it, at least not at once. */
    readonly heldBack?: HeldBack;
  }[];
  /** Who is at it. */
  readonly acknowledged?: Acknowledgement;
};

/** Of the page about one incident. */
export type IncidentDetailView = {
  readonly incident: IncidentView;
  /** The oldest first. */
  readonly moments: readonly Moment[];
  /** What it took of budgets, until now where it is open; the most first. */
  readonly spent: readonly SpentBudget[];
  /** Failed probes around it, the newest 50, the newest first; how many there are that are still known. */
  readonly failures: readonly ProbeFailureView[];
  readonly failureCount: number;
  readonly runbooks: readonly { readonly name: string; readonly runbook: string }[];
  /** Ids of the channels that were told of any of it. */
  readonly told: readonly string[];
};

/** One thing that happened in an incident. `alertId` and `title` are absent of what is about all of it. */
export type Moment = {
  readonly kind:
    | 'fired'
    | 'joined'
    | 'heldBack'
    | 'reminded'
    | 'escalated'
    | 'acknowledged'
    | 'silenced'
    | 'resolved'
    | 'closed';
  readonly at: number;
  readonly alertId?: string;
  readonly title?: string;
  /** Of what resolved or closed: since it fired or opened; of an acknowledgement, since the incident opened. */
  readonly lastedMs?: number;
  readonly heldBack?: HeldBack;
  /** Which reminder. */
  readonly n?: number;
  /** To which further channels it was escalated. */
  readonly to?: readonly string[];
  readonly by?: string;
  readonly note?: string;
  /** Until when it is silenced. */
  readonly untilAt?: number;
};

export type ProbeFailureView = {
  readonly monitor: string;
  readonly at: number;
  readonly errorType?: ErrorType;
  readonly statusCode?: number;
  readonly message?: string;
  /** Where several locations look. */
  readonly seenFrom?: Sights;
};
