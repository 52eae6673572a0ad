import type { Severity } from '../config/model.ts';
import { sloOf } from './alert-id.ts';
import { burstOf } from './burst.ts';
import { drillOf } from './drill.ts';
import { stableId } from './identity.ts';
import { locationOf } from './location.ts';
import type { HeldBack, Incident, IncidentAlert } from './model.ts';

/** An alert that begins to fire, as far as incidents care. */
export type NewlyFired = {
  readonly alertId: string;
  readonly firedAt: number;
  readonly severity: Severity;
  readonly monitors: readonly string[];
  readonly heldBack?: HeldBack;
};
export type Incidents = Readonly<Record<string, Incident>>;

/**
 * An incident that stays open for weeks (a ticket over three days, say) may see an alert come and go a thousand times.
 * Beyond this many entries the oldest resolved ones are dropped, save the first, which the incident is named after.
 */
const longestAlertList = 200;

/**
 * More unrelated alerts than this in one instant have one cause, whatever it is: the network, or whoever looks. They are one
 * incident, since nobody can handle, or read of, thousands.
 */
const mostOpenedAtOnce = 20;

/**
 * Puts alerts that fire in the same instant into incidents. Alerts that share a monitor (or are of one burst or SLO, or are of silent locations), directly
 * or through others of the same step, go together: into the oldest open incident that shares one of these with any of them,
 * else into one of their own; where that would open more than `mostOpenedAtOnce`, into a single one. Where they bridge two
 * open incidents the older takes them and the other stays as it is: what was announced under an id keeps it. Answers the
 * incidents, and the incident id of each alert. Does not depend on the order of `fired`.
 */
export function joinIncidents(
  incidents: Incidents,
  fired: readonly NewlyFired[],
): { readonly incidents: Incidents; readonly incidentOf: ReadonlyMap<string, string> } {
  const next: Record<string, Incident> = { ...incidents };
  const incidentOf = new Map<string, string>();
  const join = (incident: Incident, group: readonly NewlyFired[]) => {
    next[incident.id] = withAlerts(next[incident.id] ?? incident, group);
    for (const alert of group) incidentOf.set(alert.alertId, incident.id);
  };
  const known = oldestBySubject(Object.values(incidents));
  const fresh: NewlyFired[][] = [];
  for (const group of connected(fired)) {
    const joined = oldestSharing(known, group);
    if (joined === undefined) fresh.push(group);
    else join(joined, group);
  }
  const [drills, real] = [fresh.filter(isDrill), fresh.filter((group) => !isDrill(group))];
  const opened = real.length > mostOpenedAtOnce ? [real.flat()] : real;
  for (const group of [...opened, ...drills]) join(open(group), group);
  return { incidents: next, incidentOf };
}

/**
 * Marks one alert of an incident as resolved. When nothing in it fires any more it is closed: `closedAt` is set, and
 * the caller takes it out of the state.
 */
export function resolveInIncident(incident: Incident, alertId: string, resolvedAt: number): Incident {
  const alerts = incident.alerts.map((entry) =>
    entry.alertId === alertId && entry.resolvedAt === undefined ? { ...entry, resolvedAt } : entry,
  );
  if (alerts.some((entry) => entry.resolvedAt === undefined)) return { ...incident, alerts };
  const last = Math.max(incident.openedAt, resolvedAt, ...alerts.map((entry) => entry.resolvedAt ?? 0));
  return { ...incident, alerts, closedAt: last };
}

/** An incident as it is kept once it is over: of a great many alerts and monitors the first ones, since an item ends at 400 KB. */
export function archived(incident: Incident): Incident {
  const omittedAlerts = Math.max(0, incident.alerts.length - mostArchived);
  return {
    ...incident,
    monitors: incident.monitors.slice(0, mostArchived),
    alerts: incident.alerts.slice(0, mostArchived),
    ...(omittedAlerts > 0 && { omittedAlerts }),
  };
}
const mostArchived = 500;

/** Splits alerts into groups in which each shares something with at least one other; groups and members in a fixed order. */
function connected(fired: readonly NewlyFired[]): readonly NewlyFired[][] {
  const groups = new Set<NewlyFired[]>();
  const groupOf = new Map<string, NewlyFired[]>();
  const add = (group: NewlyFired[], alerts: readonly NewlyFired[]) => {
    for (const alert of alerts) {
      group.push(alert);
      for (const subject of subjectsOf(alert)) groupOf.set(subject, group);
    }
  };
  for (const alert of [...fired].sort(byInstantThenId)) {
    const touching = new Set(subjectsOf(alert).map((subject) => groupOf.get(subject)));
    const [group = [], ...others] = [...touching].filter((each) => each !== undefined);
    groups.add(group);
    for (const other of others) {
      groups.delete(other);
      add(group, other);
    }
    add(group, [alert]);
  }
  return [...groups].map((group) => group.sort(byInstantThenId));
}

/** A drill shares nothing with what is real. */
function isDrill(group: readonly NewlyFired[]): boolean {
  return group.some(({ alertId }) => drillOf(alertId) !== undefined);
}

/** What an alert is about: monitors, a burst, an SLO, the locations. */
function subjectsOf({ alertId, monitors }: NewlyFired): readonly string[] {
  return [...monitors.map((id) => `monitor/${id}`), ...sourceOf(alertId)];
}

function sourceOf(alertId: string): readonly string[] {
  const [burst, slo] = [burstOf(alertId), sloOf(alertId)];
  return [
    ...(burst === undefined ? [] : [`burst/${burst}`]),
    ...(slo === undefined ? [] : [`slo/${slo}`]),
    ...(locationOf(alertId) === undefined ? [] : ['locations']),
  ];
}

function byInstantThenId(a: NewlyFired, b: NewlyFired): number {
  return a.firedAt - b.firedAt || (a.alertId < b.alertId ? -1 : 1);
}

/** Of each subject the oldest open incident that is about it. */
function oldestBySubject(incidents: readonly Incident[]): ReadonlyMap<string, Incident> {
  const oldest = new Map<string, Incident>();
  for (const incident of [...incidents].sort(byAgeThenId)) {
    const { monitors, alerts } = incident;
    for (const subject of [
      ...monitors.map((id) => `monitor/${id}`),
      ...alerts.flatMap((each) => sourceOf(each.alertId)),
    ])
      if (!oldest.has(subject)) oldest.set(subject, incident);
  }
  return oldest;
}

function oldestSharing(known: ReadonlyMap<string, Incident>, group: readonly NewlyFired[]): Incident | undefined {
  const sharing = group.flatMap(subjectsOf).map((subject) => known.get(subject));
  return sharing.filter((incident) => incident !== undefined).sort(byAgeThenId)[0];
}

function byAgeThenId(a: Incident, b: Incident): number {
  return a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1);
}

function open(group: readonly NewlyFired[]): Incident {
  const first = group[0];
  if (!first) throw new RangeError('an incident needs an alert');
  const id = stableId(['incident', first.alertId, first.firedAt], 12);
  return { id, openedAt: first.firedAt, severity: first.severity, monitors: [], alerts: [] };
}

function withAlerts(incident: Incident, group: readonly NewlyFired[]): Incident {
  const entries = group.map(
    ({ alertId, firedAt, heldBack }): IncidentAlert => ({ alertId, firedAt, ...(heldBack && { heldBack }) }),
  );
  return {
    ...incident,
    severity: [incident, ...group].some((each) => each.severity === 'page') ? 'page' : 'ticket',
    monitors: [...new Set([...incident.monitors, ...group.flatMap((alert) => alert.monitors)])].sort(),
    alerts: trimmed([...incident.alerts, ...entries]),
  };
}

function trimmed(alerts: readonly IncidentAlert[]): readonly IncidentAlert[] {
  let surplus = alerts.length - longestAlertList;
  if (surplus <= 0) return alerts;
  return alerts.filter((entry, index) => index === 0 || entry.resolvedAt === undefined || surplus-- <= 0);
}
