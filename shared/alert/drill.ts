import type { AlertState, Observation } from './model.ts';

/** A wish to see that alerts arrive: one row of the ledger, which `evaluate` takes up as it takes up everything else. */
export type Drill = {
  /** When it was asked for, in UTC, and by what: `20261130t090000-auto`. Later ones sort behind earlier ones. */
  readonly id: string;
  readonly startedAt: number;
  /** By then each hop must have held. Nothing fires after it. */
  readonly untilAt: number;
  /** Channel ids. */
  readonly notify: readonly string[];
  /** Nobody looks on: what is broken is told as an alert of its own. */
  readonly isScheduled: boolean;
};

/** Rows are looked at for so long, ms: longer than any drill takes. */
export const drillHorizonMs = 2 * 3_600_000;
/** The longest that a drill may be given, ms. */
export const longestDrillMs = 3_600_000;
/** What a scheduled one is given, ms: Lambda tries a channel for three minutes and a half, and each evaluation takes one. */
export const scheduledDrillMs = 15 * 60_000;

/** The alert that tells that a scheduled drill did not come through. */
export const pathAlertId = 'path/alerts';

const prefix = 'drill/';
export const drillAlertId = (id: string): string => prefix + id;

/** The drill whose test alert this is, by the alert's id. */
export function drillOf(alertId: string): string | undefined {
  return alertId.startsWith(prefix) ? alertId.slice(prefix.length) : undefined;
}

/** The id of a drill that is asked for at an instant (epoch ms); `suffix` tells those of one second apart. */
export function drillId(startedAt: number, suffix: string): string {
  return `${secondOf(startedAt)}-${suffix}`;
}

/** What sorts before the id of each drill of that second and of every later one. */
export function secondOf(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase();
}

/**
 * The test alert of a drill: it fires once, as long as the drill has time, and is clear at the first later evaluation. That
 * it has been resolved is remembered for as long as its row may be looked at, so that no second one is ever fired.
 */
export function observeDrill(drill: Drill, state: AlertState, now: number): Observation {
  const { id, startedAt, untilAt, notify, isScheduled } = drill;
  const alertId = drillAlertId(id);
  return {
    alertId,
    ...common,
    notify,
    condition: conditionOf(alertId, untilAt, state, now),
    facts: { kind: 'drill', startedAt, isScheduled },
  };
}

const common = {
  severity: 'ticket',
  monitors: [],
  resolveDelayMs: 0,
  rememberResolvedMs: drillHorizonMs,
} as const;

function conditionOf(
  alertId: string,
  untilAt: number,
  { alerts, resolvedAt }: AlertState,
  now: number,
): Observation['condition'] {
  const firing = alerts[alertId];
  if (firing) return firing.firedAt < now ? 'clear' : 'holding';
  return resolvedAt[alertId] === undefined && now <= untilAt ? 'met' : 'holding';
}

/** Drills of which nobody could read the rows: what fires goes on, and nothing is fired twice. */
export function observeUnread({ alerts, resolvedAt }: AlertState): readonly Observation[] {
  const ids = [...Object.keys(alerts), ...Object.keys(resolvedAt)].filter((id) => drillOf(id) !== undefined);
  return ids.map((alertId) => ({
    alertId,
    ...common,
    notify: [],
    condition: 'unknown',
    facts: { kind: 'drill', startedAt: 0, isScheduled: false },
  }));
}

/** How a drill that is over came out: every hop held, or which one did not, and what was seen. */
export type DrillEnd =
  | { readonly isHeld: true }
  | { readonly isHeld: false; readonly hop: string; readonly seen: string };
export type EndedDrill = { readonly drill: Drill; readonly end: DrillEnd };

/**
 * The alert on scheduled drills that did not come through, told to `notify`: met by the newest that is over where it broke, clear
 * where it held. One by hand can only clear it, and only if it went to all the `channels` of the schedule. Where none is known
 * any more, whatever is stays.
 */
export function observePath(
  ended: readonly EndedDrill[],
  channels: readonly string[],
  notify: readonly string[],
): Observation {
  const telling = ended
    .filter(({ drill, end }) => drill.isScheduled || (end.isHeld && channels.every((id) => drill.notify.includes(id))))
    .toSorted((a, b) => b.drill.startedAt - a.drill.startedAt)[0];
  const end = telling?.end;
  const broken = end?.isHeld === false ? { hop: end.hop, seen: end.seen } : { hop: '', seen: '' };
  return {
    alertId: pathAlertId,
    ...common,
    rememberResolvedMs: 0,
    notify,
    condition: end === undefined ? 'holding' : end.isHeld ? 'clear' : 'met',
    facts: { kind: 'path', startedAt: telling?.drill.startedAt ?? 0, ...broken },
  };
}
