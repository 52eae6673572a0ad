import type { Severity } from '../config/model.ts';
import { sloOf } from './alert-id.ts';
import { burstOf } from './burst.ts';
import { stableId } from './identity.ts';
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
 * Puts alerts that fire in the same instant into incidents. Alerts that share a monitor (or are of one burst or SLO), directly
 * or through others of the same step, go together: into the oldest open incident that shares one of these with any of them,
 * else into one of their own. Where they bridge two open incidents the older takes them and the other stays as it is: what was
 * announced under an id keeps it. Answers the incidents, and the incident id of each alert. Does not depend on the order of `fired`.
 */
export function joinIncidents(
  incidents: Incidents,
  fired: readonly NewlyFired[],
): { readonly incidents: Incidents; readonly incidentOf: ReadonlyMap<string, string> } {
  const next: Record<string, Incident> = { ...incidents };
  const incidentOf = new Map<string, string>();
  for (const group of connected(fired)) {
    const joined = oldestSharing(Object.values(next), group) ?? open(group);
    next[joined.id] = withAlerts(joined, group);
    for (const alert of group) incidentOf.set(alert.alertId, joined.id);
  }
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

/** Splits alerts into groups in which each shares something with at least one other; groups and members in a fixed order. */
function connected(fired: readonly NewlyFired[]): NewlyFired[][] {
  let groups: NewlyFired[][] = [];
  for (const alert of [...fired].sort(byInstantThenId)) {
    const touching = groups.filter((group) => group.some((member) => sharesSubject(member, alert)));
    const merged = [...touching.flat(), alert].sort(byInstantThenId);
    groups = [...groups.filter((group) => !touching.includes(group)), merged];
  }
  return groups;
}

function sharesSubject(a: NewlyFired, b: NewlyFired): boolean {
  const mine = subjectsOf(a);
  return subjectsOf(b).some((subject) => mine.includes(subject));
}

/** What an alert is about: monitors, a burst, an SLO. */
function subjectsOf({ alertId, monitors }: NewlyFired): readonly string[] {
  return [...monitors.map((id) => `monitor/${id}`), ...sourceOf(alertId)];
}

function sourceOf(alertId: string): readonly string[] {
  const [burst, slo] = [burstOf(alertId), sloOf(alertId)];
  return [...(burst === undefined ? [] : [`burst/${burst}`]), ...(slo === undefined ? [] : [`slo/${slo}`])];
}

function byInstantThenId(a: NewlyFired, b: NewlyFired): number {
  return a.firedAt - b.firedAt || (a.alertId < b.alertId ? -1 : 1);
}

function oldestSharing(incidents: readonly Incident[], group: readonly NewlyFired[]): Incident | undefined {
  const subjects = new Set(group.flatMap(subjectsOf));
  return incidents
    .filter(
      ({ monitors, alerts }) =>
        monitors.some((id) => subjects.has(`monitor/${id}`)) ||
        alerts.some(({ alertId }) => sourceOf(alertId).some((source) => subjects.has(source))),
    )
    .sort((a, b) => a.openedAt - b.openedAt || (a.id < b.id ? -1 : 1))[0];
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
