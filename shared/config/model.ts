/**
 * The configuration as plain objects: what `parse` makes of monitors.yml, what is written as JSON beside the
 * bundles, and what every room reads. Everything here survives JSON.stringify and JSON.parse unchanged.
 * Spans are milliseconds, instants are epoch milliseconds.
 */

import type { Alarm } from './alarm.ts';
import type { AllowedHost, Burst, BurstSchedule } from './burst.ts';
import type { Channel } from './channel.ts';
import type { DashboardName } from './dashboard.ts';
import type { Locations } from './locations.ts';
import type { Monitor } from './monitor.ts';
import type { Slo } from './slo.ts';

/** A string that may hold references. Plain text is a string; anything else is its parts in order. */
export type Text = string | readonly TextPart[];
export type TextPart = string | Reference;
/**
 * `${ssm:/path}` is a secret, read at run time. `${output:Name}` is an output of this very stack. `${vars.name}` is what an
 * earlier step of the same flow extracted. `${random.hex8}` (`uuid`, `hexN`, `digitsN`, N from 1 to 64) is made anew each
 * time that it is resolved. `${data.name}` is a value of the row of its burst's data that is at its turn.
 */
export type Reference =
  | { readonly ssm: string }
  | { readonly output: string }
  | { readonly vars: string }
  | { readonly random: string }
  | { readonly data: string };

export type Config = {
  readonly version: 1;
  /** Names every resource: `[a-z][a-z0-9-]{0,23}`. */
  readonly service: string;
  readonly channels: readonly Channel[];
  readonly monitors: readonly Monitor[];
  readonly slos: readonly Slo[];
  readonly bursts: readonly Burst[];
  /** Hosts that bursts may load beside those that monitors name. */
  readonly allow: readonly AllowedHost[];
  readonly maintenance: readonly Maintenance[];
  /** Plain alarms on metrics of CloudWatch; absent where there are none. */
  readonly alarms?: readonly Alarm[];
  /** Alerts are tried by themselves; absent where they are tried by hand only. */
  readonly drill?: ScheduledDrill;
  /** Those that are deployed; the usual three where absent. */
  readonly dashboards?: readonly DashboardName[];
  /** Messages carry a link by which somebody says that they are at it; without it there is the command alone. */
  readonly acknowledge?: 'link';
  /** Where probes run; absent where that is one place, the region of the stack. */
  readonly locations?: Locations;
};

export * from './alarm.ts';
export * from './burst.ts';
export * from './channel.ts';
export * from './dashboard.ts';
export * from './locations.ts';
export * from './monitor.ts';
export * from './slo.ts';

export const assertionSources = [
  'status',
  'latency',
  'phase',
  'header',
  'body',
  'json',
  'certificate',
  'tls',
  'dns',
  'redirects',
] as const;
export type AssertionSource = (typeof assertionSources)[number];

export const operators = [
  'equals',
  'notEquals',
  'lt',
  'lte',
  'gt',
  'gte',
  'in',
  'between',
  'contains',
  'notContains',
  'matches',
  'notMatches',
  'exists',
  'notExists',
  'empty',
  'notEmpty',
  'schema',
] as const;
export type Operator = (typeof operators)[number];

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Assertion = {
  /** The assertion in its short form, as people read it: `status == 200`, `json $.status equals "ok"`. */
  readonly text: string;
  readonly source: AssertionSource;
  /**
   * A header's name in lower case, a JSONPath (RFC 9535), a phase (`connect`), or what is looked at of a certificate
   * (`daysRemaining`), a TLS connection (`version`) or a DNS answer (`rcode`). Absent for status, latency, body and redirects.
   */
  readonly path?: string;
  readonly op: Operator;
  /**
   * Typed: a latency or phase is a number of milliseconds, `in` and `between` take arrays, `matches` an expression (RE2),
   * `schema` a JSON Schema without expressions. Absent for exists and empty.
   */
  readonly value?: Json;
  /** What a miss does to the outcome: `failed`, or `degraded`. */
  readonly severity: 'fail' | 'degrade';
};

export type Severity = 'page' | 'ticket';

/** What is told of an alert while it goes on, unless somebody has acknowledged its incident. */
export type FollowUp = {
  /** It is told of again so often, counted from its firing. */
  readonly repeatEveryMs?: number;
  /** Further channels are told, once. */
  readonly escalate?: Escalation;
};
/** `afterMs` from its firing; ids of channels. */
export type Escalation = { readonly afterMs: number; readonly notify: readonly string[] };

/** The follow-up of an alert alone. */
export function followUpOf({ repeatEveryMs, escalate }: FollowUp): FollowUp {
  return { ...(repeatEveryMs !== undefined && { repeatEveryMs }), ...(escalate && { escalate }) };
}

/** Every channel that an alert notifies, or is escalated to, in the order of the file. */
export function notifiedChannels({
  channels,
  monitors,
  slos,
  bursts,
}: Pick<Config, 'channels' | 'monitors' | 'slos' | 'bursts'>): readonly string[] {
  const alerts = [...monitors, ...slos, ...bursts].flatMap((each): readonly Notifying[] => each.alerts);
  const told = new Set(alerts.flatMap(({ notify, escalate }) => [...notify, ...(escalate?.notify ?? [])]));
  return channels.map(({ id }) => id).filter((id) => told.has(id));
}
type Notifying = FollowUp & { readonly notify: readonly string[] };

/** Fires when `failures` of the last `of` due probes failed; resolves when the last `recoverSuccesses` judged ones were good. */
export type MonitorAlert = FollowUp & {
  /** Unique in a Config: `monitor/<monitor id>/<index>`. */
  readonly id: string;
  readonly failures: number;
  readonly of: number;
  readonly recoverSuccesses: number;
  readonly severity: Severity;
  /** Ids of channels. */
  readonly notify: readonly string[];
  readonly runbook?: string;
};

export const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof weekdays)[number];

/** A planned span, each week on the given days, from a wall-clock time in a time zone. */
export type Maintenance = {
  readonly monitors: readonly string[];
  /** Local wall-clock time, minutes after midnight. */
  readonly startMinute: number;
  readonly durationMs: number;
  readonly every: readonly Weekday[];
  /** An IANA name. */
  readonly timezone: string;
  readonly reason: string;
};

/** When a drill of the alerts comes by itself, and the ids of the channels that it goes to: at least one. */
export type ScheduledDrill = { readonly schedule: BurstSchedule; readonly notify: readonly string[] };

/** How a probe ended. `unknown` is our own fault, `blocked` is policy: neither is good or bad. */
export const outcomes = ['passed', 'degraded', 'failed', 'unknown', 'blocked'] as const;
export type Outcome = (typeof outcomes)[number];

/** OpenTelemetry's `error.type`. `monitor` is our own fault, `blocked` our policy. */
export const errorTypes = [
  'resolve',
  'connect',
  'tls',
  'timeout',
  'protocol',
  'redirect',
  'body',
  'assertion',
  'blocked',
  'monitor',
] as const;
export type ErrorType = (typeof errorTypes)[number];

/** A stable code, a sentence that says what to do, and the cause: what our exceptions carry. */
export class BurnwatchError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BurnwatchError';
    this.code = code;
  }
}
