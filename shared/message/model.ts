import type { HeldBack, Transition, TransitionKind } from '../alert/model.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import type { BurnRule, Burst, CalendarUnit, Json, Monitor, Severity, Slo } from '../config/model.ts';

/**
 * What one message is about: the transitions that one evaluation decided for one incident, as one channel sees them,
 * with what a reader needs beside them.
 */
export type Notice = {
  /** Stable: the same notice has the same id however often it is sent. */
  readonly id: string;
  /** Nothing is wrong: somebody tries whether it arrives. */
  readonly isTest?: boolean;
  /** It is the drill of this id, and nothing else. */
  readonly drill?: string;
  readonly service: string;
  readonly environment: string;
  readonly channels: readonly string[];
  readonly incident: { readonly id: string; readonly openedAt: number; readonly closedAt?: number };
  /** What there is to say of alerts: the fired ones first, pages before tickets. */
  readonly items: readonly NoticeItem[];
  /** What there is to say of the incident as a whole; where that is nothing, there is at least one item. */
  readonly whole: readonly IncidentItem[];
  /** Where somebody says that they are at it; absent where there is no such page, and where nothing fires. */
  readonly acknowledgeUrl?: string;
  /** Where to look: the dashboard, the logs. */
  readonly links: readonly { readonly label: string; readonly url: string }[];
};

export type NoticeItem = { readonly transition: Transition } & (
  | {
      readonly kind: 'monitor';
      readonly monitor: Monitor;
      readonly target: Target;
      /** What repeats its probe by hand; absent where nothing can. */
      readonly command?: string;
      /** It depends on this monitor, which was down until a moment ago. */
      readonly dependency?: Dependency;
      /** Since when it fails without a break, epoch ms: perhaps longer than the window of its alert. */
      readonly failingSinceAt?: number;
      readonly runbook?: string;
      /** What the newest failed probe of the window said, where the ledger knows. */
      readonly failure?: { readonly statusCode?: number; readonly message: string };
      /** Which locations saw the newest failure; absent where one looks alone. */
      readonly seen?: SeenFrom;
      /** How the SLOs over this monitor stand. */
      readonly slos: readonly SloStanding[];
    }
  | {
      readonly kind: 'burn';
      readonly slo: Slo;
      readonly rule: BurnRule;
      /** Absent where nobody knows at the moment. */
      readonly standing?: SloStanding;
      /** What it counts, in words, where that is more than whether probes passed. */
      readonly counts?: string;
      /** What shows its events by hand, where no probe does. */
      readonly command?: string;
      readonly runbook?: string;
      readonly failure?: {
        readonly monitor: Monitor;
        readonly statusCode?: number;
        readonly message: string;
        readonly command?: string;
        readonly seen?: SeenFrom;
      };
      /** The earliest instant at which it can resolve, if nothing more fails. */
      readonly resolvesAt?: number;
      /** Of a page: tickets of the same SLO that fire and say nothing of their own while it is open. */
      readonly also: readonly QuietTicket[];
    }
  | { readonly kind: 'coverage'; readonly monitor: Monitor; readonly target: Target }
  /** Nothing comes from one of several locations. */
  | { readonly kind: 'location'; readonly location: string }
  | {
      readonly kind: 'burst';
      readonly burst: Burst;
      /** What it sends, a line a unit; references to secrets are left as `$NAME`. */
      readonly sent: readonly string[];
      /** The run that it is about, while its verdict is kept. */
      readonly run?: BurstVerdict;
      /** The newest runs of the burst, the newest first. */
      readonly runs: readonly BurstVerdict[];
      /** What sends it once more, in this environment, and keeps the run. */
      readonly again: string;
      readonly runbook?: string;
    }
  /** Nothing is wrong: alerts are tried. */
  | { readonly kind: 'drill'; readonly drill: string }
  /** A scheduled drill did not come through; `command` tries it by hand. */
  | { readonly kind: 'path'; readonly command: string }
  /** The alert is no longer in the configuration. */
  | { readonly kind: 'withdrawn' }
);

/** Which of several locations saw what, by name; silent ones have nothing new to say. */
export type SeenFrom = {
  readonly failed: readonly string[];
  readonly good: readonly string[];
  readonly silent: readonly string[];
};

export type QuietTicket = { readonly rule: BurnRule; readonly firedAt: number };

/** That an incident was acknowledged, or is over. */
export type IncidentItem = {
  readonly transition: Transition;
  /** What fired in it, in its order; empty where nobody knows any more. */
  readonly members: readonly IncidentMember[];
  /** How many more fired in it. */
  readonly omittedMembers: number;
  /** Of its end: what it cost. */
  readonly spent: readonly SpentBudget[];
};
export type IncidentMember = {
  readonly alertId: string;
  readonly firedAt: number;
  readonly resolvedAt?: number;
  readonly heldBack?: HeldBack;
};

/** What one incident took of an SLO's budget. */
export type SpentBudget = {
  readonly sloId: string;
  readonly badEvents: number;
  /** Of the whole budget. */
  readonly spentPpm: number;
};

/** What a monitor asks: references to secrets are left as `$NAME`, outputs are resolved. */
export type Target = { readonly verb: string; readonly target: string };

/** A monitor's last outage, over by now; epoch ms. */
export type Dependency = { readonly monitor: string; readonly downAt: number; readonly upAt: number };

export type SloStanding = {
  readonly sloId: string;
  readonly objective: string;
  readonly windowMs: number;
  /** Where its budget is that of a calendar's span. */
  readonly calendar?: CalendarUnit;
  readonly budgetLeftPpm: number;
  /** Events that the whole budget allows; a fraction where it does not come out even. */
  readonly budgetEvents: number;
  readonly badEvents: number;
  /** Over the last hour; 1 lands exactly on the objective. */
  readonly burnRate: number;
  /**
   * When the budget will be gone if things go on as they do: as likely before `exhaustedAt` as after it, and with a chance of 90 %
   * between the other two. What is absent is not in sight; all are where it does not burn, or is gone already.
   */
  readonly exhaustedAt?: number;
  readonly exhaustedEarliestAt?: number;
  readonly exhaustedLatestAt?: number;
};

/** A rendered message: a subject and a text for e-mail, JSON for machines. */
export type Message = {
  readonly id: string;
  /** ASCII without control characters, at most 99 characters. */
  readonly subject: string;
  readonly text: string;
  readonly json: Json;
  readonly channels: readonly string[];
  readonly severity: Severity;
  /** That of all that it says; `resolved` where the incident ends with it, too. */
  readonly kind: TransitionKind | 'mixed';
  /** It is of the drill of this id. */
  readonly drill?: string;
};
