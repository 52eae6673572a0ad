import type { ErrorType, FollowUp, Severity } from '../config/model.ts';

/** What an evaluation saw of one alert, ready to step. Only plain numbers: the messages are rendered from them. */
export type Observation = FollowUp & {
  readonly alertId: string;
  readonly severity: Severity;
  /** Channel ids. */
  readonly notify: readonly string[];
  /** Monitors that the alert speaks about: alerts that share one belong to one incident. */
  readonly monitors: readonly string[];
  /**
   * `met` fires; `clear` lets a firing alert go, once it has been clear for `resolveDelayMs`; `holding` is between
   * the two (hysteresis); `unknown` is no data. The last two keep whatever is.
   */
  readonly condition: 'met' | 'clear' | 'holding' | 'unknown';
  /** It is met, and does not fire: monitors that this one depends on are down. Never on what fires already. */
  readonly heldBy?: readonly string[];
  /** All of its monitors are under maintenance: whoever planned that needs neither a reminder nor an escalation of what fires. */
  readonly isPlanned?: boolean;
  readonly resolveDelayMs: number;
  /** For how long after its resolution the alert's instant is remembered (an m-of-n window starts afresh). */
  readonly rememberResolvedMs: number;
  readonly facts: AlertFacts;
};

/** The numbers of the moment, kept with a transition. */
export type AlertFacts =
  | {
      readonly kind: 'monitor';
      readonly failures: number;
      readonly of: number;
      readonly errorType?: ErrorType;
      /** First and last failed probe of the window, epoch ms; 0 where there is none. */
      readonly firstFailureAt: number;
      readonly lastFailureAt: number;
    }
  | {
      readonly kind: 'burn';
      readonly longBad: number;
      readonly longExpected: number;
      readonly shortBad: number;
      readonly shortExpected: number;
      /** Budget left over the SLO window in parts per million of the whole budget; may be negative. */
      readonly budgetLeftPpm: number;
      readonly lastFailureAt: number;
    }
  | { readonly kind: 'coverage'; readonly lastJudgedAt: number }
  /** 0 where none is known. */
  | { readonly kind: 'location'; readonly lastRowAt: number }
  | {
      readonly kind: 'burst';
      /** The run that it was decided by, epoch ms; 0 where there is none. */
      readonly runAt: number;
      /** How many things did not hold in it. */
      readonly unmet: number;
      /** The gravest of them, at most 64 characters. */
      readonly reason?: string;
    }
  /** Nothing is wrong: somebody, or the schedule, tries whether alerts arrive. */
  | { readonly kind: 'drill'; readonly startedAt: number; readonly isScheduled: boolean }
  /** A scheduled drill did not come through: when it began, at which hop it broke, and what was seen there; empty where it held. */
  | { readonly kind: 'path'; readonly startedAt: number; readonly hop: string; readonly seen: string }
  /** Of what is told of an incident as a whole: by whom it was acknowledged, where it was. */
  | ({ readonly kind: 'incident' } & Partial<Signature>);

/** Who says something, and why; clean, one short line each. */
export type Signature = { readonly by: string; readonly note?: string };

/** Alerts that are not inactive. Pending is seen, never stored: it follows from the ledger. */
export type FiringAlert = {
  readonly firedAt: number;
  readonly incidentId: string;
  readonly severity: Severity;
  readonly notify: readonly string[];
  readonly monitors: readonly string[];
  /** Since when the condition has been clear without a break. */
  readonly clearSince?: number;
  /** Nobody has been told of it yet, and why not. */
  readonly heldBack?: HeldBack;
  /** The last reminder, and how many there have been. */
  readonly remindedAt?: number;
  readonly reminders?: number;
  /** Since when further channels know of it, and which. */
  readonly escalatedAt?: number;
  readonly escalatedTo?: readonly string[];
  /** When the time to its escalation began anew, and before which no reminder is due: its firing where absent. */
  readonly countedFrom?: number;
};

/**
 * Why an alert that fires announces nothing: a page of the same SLO is open, which says all that the ticket would; or somebody
 * has silenced it.
 */
export type HeldBack = 'page' | 'silence';

/** From its first fired to its last resolved alert; what a person handles. */
export type Incident = {
  readonly id: string;
  readonly openedAt: number;
  /** Absent while it is open. */
  readonly closedAt?: number;
  readonly severity: Severity;
  readonly monitors: readonly string[];
  readonly alerts: readonly IncidentAlert[];
  /** How many more there were of one that is over. */
  readonly omittedAlerts?: number;
  /** Every channel that has been told of any of it. */
  readonly told?: readonly string[];
  /** Somebody is at it: it is silent until something new joins. */
  readonly acknowledged?: Acknowledgement;
  /** How often it has been acknowledged. */
  readonly acknowledgements?: number;
};
export type IncidentAlert = {
  readonly alertId: string;
  readonly firedAt: number;
  readonly resolvedAt?: number;
  /** Nobody was told of it, at least not at once. */
  readonly heldBack?: HeldBack;
};
export type Acknowledgement = Signature & { readonly at: number };

/** Keeps alerts from announcing anything until an instant. What they do goes on, and what still fires then is told. */
export type Silence = {
  readonly id: string;
  /** Ids of alerts, or beginnings of them that end in a slash. */
  readonly alerts: readonly string[];
  readonly fromAt: number;
  readonly untilAt: number;
  /** Who wanted it, and why; clean, one short line each. */
  readonly by: string;
  readonly reason: string;
};

export const transitionKinds = ['fired', 'resolved', 'reminded', 'escalated', 'acknowledged', 'closed'] as const;
export type TransitionKind = (typeof transitionKinds)[number];

/** A change of an alert's state, or of its incident's, to be told. */
export type Transition = {
  /** Stable: the same transition has the same id however often it is announced. 16 hex digits. */
  readonly id: string;
  /** `acknowledged` and `closed` are of the whole incident. */
  readonly kind: TransitionKind;
  /** `incident/<id>` of what is told of the whole incident. */
  readonly alertId: string;
  readonly severity: Severity;
  readonly notify: readonly string[];
  readonly at: number;
  /** Of an incident, when it opened. */
  readonly firedAt: number;
  readonly incidentId: string;
  /** The version of the state that wrote it: what shares a batch was decided together and is told together. */
  readonly batch: number;
  /** The alert has left the configuration; nobody resolved it. */
  readonly isWithdrawn?: boolean;
  /** Which reminder, or which acknowledgement, from 1. */
  readonly n?: number;
  /** It fired at `firedAt`, and was held back until now by this. */
  readonly heldBack?: HeldBack;
  readonly facts: AlertFacts;
};

export const stateSchema = 1;
/** The highest format of an undelivered entry that is understood here; an entry without one has 1. */
export const outboxFormat = 1;

/** The remembered state of all alerts: small as a rule, changed together with its outbox in one conditional write. */
export type AlertState = {
  /** Raised where an older release would misread it; see `formats` in shared/aws/format.ts. */
  readonly schema: typeof stateSchema;
  /** 0 before the first write. */
  readonly version: number;
  /** The instant of the newest evaluation that changed it. */
  readonly steppedAt?: number;
  readonly alerts: Readonly<Record<string, FiringAlert>>;
  /** When alerts that are quiet again were resolved, while their window may still hold older failures. */
  readonly resolvedAt: Readonly<Record<string, number>>;
  readonly incidents: Readonly<Record<string, Incident>>;
  /** By their ids. Those that are over stay until what they held back is told. */
  readonly silences?: Readonly<Record<string, Silence>>;
};
export const emptyAlertState: AlertState = { schema: 1, version: 0, alerts: {}, resolvedAt: {}, incidents: {} };

/** One thing to deliver and then to acknowledge. `format` is that of a release that writes what older ones would misread. */
export type OutboxEntry = { readonly format?: number } & (
  | { readonly kind: 'transition'; readonly id: string; readonly transition: Transition }
  /** A closed incident on its way to the archive. */
  | { readonly kind: 'incident'; readonly id: string; readonly incident: Incident }
);

/** False for what a newer release has written, in a format or of a kind that is not known here: it must wait for one. */
export function isReadableEntry(entry: OutboxEntry): boolean {
  if ((entry.format ?? 1) > outboxFormat) return false;
  return entry.kind === 'incident' || (entry.kind === 'transition' && transitionKinds.includes(entry.transition.kind));
}
