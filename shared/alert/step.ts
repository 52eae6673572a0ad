import { burstOf, noBurstFacts } from './burst.ts';
import { stableId } from './identity.ts';
import { joinIncidents, resolveInIncident } from './incident.ts';
import type { AlertFacts, AlertState, FiringAlert, Incident, Observation, OutboxEntry, Transition } from './model.ts';

export type AlertStep = { readonly state: AlertState; readonly entries: readonly OutboxEntry[] };

/**
 * One step brings at most this many outbox entries, because one conditional write carries them all. What is left over
 * stays undecided: stepping the answer again with the same observations goes on with it, until nothing changes.
 */
export const maxEntriesPerStep = 50;

/** A forgotten resolution is worth a write of its own only when it has been due for this long: one write a day at most. */
const staleMs = 86_400_000;

/**
 * Steps every alert by one evaluation. `observations` must speak of every alert that is configured: a firing alert
 * without one has left the configuration and is resolved as withdrawn. Where two speak of one alert the first wins.
 *
 * - `met` fires what is not firing, unless it is held. Fired alerts are put into incidents (see incident.ts).
 * - `clear` resolves what is firing, once it has been clear for `resolveDelayMs` without a break; 0 resolves at once.
 * - `met` and `holding` break the clear time. So does `unknown`: a stretch that nobody saw must not count as a stretch
 *   without trouble, or an alert would resolve itself in the middle of a gap. Apart from that `unknown` changes nothing.
 *
 * When nothing changes, the very same state comes back without entries. Otherwise the version is one higher, and it is
 * the batch of every transition. Instants never run backwards inside an alert, even where `now` does.
 */
export function stepAlerts(state: AlertState, observations: readonly Observation[], now: number): AlertStep {
  const seen = new Map<string, Observation>();
  for (const observation of observations)
    if (!seen.has(observation.alertId)) seen.set(observation.alertId, observation);
  const { fires, resolves } = chosen(state, seen, now);
  const draft: Draft = { alerts: { ...state.alerts }, resolvedAt: { ...state.resolvedAt }, incidents: state.incidents };
  const batch = state.version + 1;
  const isTimed = keepClearTimes(draft, seen, new Set(resolves.map(([id]) => id)), now);
  const transitions = [...fire(draft, fires, now, batch), ...resolve(draft, resolves, seen, now, batch)];
  const closed = takeClosed(draft);
  const isChanged = isTimed || transitions.length > 0;
  if (!forget(draft, seen, now, isChanged ? 0 : staleMs) && !isChanged) return { state, entries: [] };
  return { state: { schema: 1, version: batch, ...draft }, entries: [...transitions.map(toEntry), ...closed] };
}

type Draft = {
  alerts: Record<string, FiringAlert>;
  resolvedAt: Record<string, number>;
  incidents: Readonly<Record<string, Incident>>;
};
type Seen = ReadonlyMap<string, Observation>;
type Firing = readonly [id: string, alert: FiringAlert];

/** What this step decides, in a fixed order: what fires before what resolves, pages before tickets, then by id. */
function chosen(state: AlertState, seen: Seen, now: number): { fires: Observation[]; resolves: Firing[] } {
  const fires = [...seen.values()]
    .filter((each) => each.condition === 'met' && !each.heldBy && !Object.hasOwn(state.alerts, each.alertId))
    .sort((a, b) => compare(a.severity, b.severity) || compare(a.alertId, b.alertId))
    .slice(0, maxEntriesPerStep);
  const resolves = Object.entries(state.alerts)
    .filter(([id, alert]) => mayResolve(alert, seen.get(id), now))
    .sort(([a], [b]) => compare(a, b));
  // A resolution may bring a second entry with it: the incident that it closes.
  return { fires, resolves: resolves.slice(0, Math.floor((maxEntriesPerStep - fires.length) / 2)) };
}

function mayResolve(alert: FiringAlert, observation: Observation | undefined, now: number): boolean {
  if (!observation) return true;
  return observation.condition === 'clear' && now - (alert.clearSince ?? now) >= observation.resolveDelayMs;
}

/** Starts the clear time of what has become clear and drops it where it was broken; says whether anything changed. */
function keepClearTimes(draft: Draft, seen: Seen, leaving: ReadonlySet<string>, now: number): boolean {
  let isChanged = false;
  for (const [id, alert] of Object.entries(draft.alerts)) {
    const observation = seen.get(id);
    if (!observation || leaving.has(id)) continue;
    const { clearSince, ...rest } = alert;
    const next = observation.condition === 'clear' ? Math.min(clearSince ?? now, now) : undefined;
    if (next === clearSince) continue;
    draft.alerts[id] = next === undefined ? rest : { ...rest, clearSince: next };
    isChanged = true;
  }
  return isChanged;
}

function fire(draft: Draft, fires: readonly Observation[], now: number, batch: number): Transition[] {
  // Later than the last resolution, so that no two firings of an alert can share an id.
  const timed = fires.map((each) => ({ ...each, firedAt: Math.max(now, (draft.resolvedAt[each.alertId] ?? -1) + 1) }));
  const { incidents, incidentOf } = joinIncidents(draft.incidents, timed);
  draft.incidents = incidents;
  return timed.map(({ alertId, severity, notify, monitors, facts, firedAt }) => {
    const alert = { firedAt, incidentId: incidentOf.get(alertId) ?? '', severity, notify, monitors };
    draft.alerts[alertId] = alert;
    delete draft.resolvedAt[alertId];
    return transition('fired', alertId, alert, firedAt, batch, facts);
  });
}

function resolve(draft: Draft, resolves: readonly Firing[], seen: Seen, now: number, batch: number): Transition[] {
  return resolves.map(([id, alert]) => {
    const observation = seen.get(id);
    const at = Math.max(now, alert.firedAt);
    delete draft.alerts[id];
    // Nobody resolved what was withdrawn: should it come back, its old failures count. Its firing is remembered only
    // while the clock has not moved on (`forget` sees to that), lest the next one share its id.
    draft.resolvedAt[id] = observation ? at : alert.firedAt;
    const incident = draft.incidents[alert.incidentId];
    if (incident) draft.incidents = { ...draft.incidents, [incident.id]: resolveInIncident(incident, id, at) };
    const told = transition('resolved', id, alert, at, batch, observation?.facts ?? noFacts(id));
    return observation ? told : { ...told, isWithdrawn: true };
  });
}

function takeClosed(draft: Draft): OutboxEntry[] {
  const closed = Object.values(draft.incidents).filter((incident) => incident.closedAt !== undefined);
  if (closed.length === 0) return [];
  draft.incidents = Object.fromEntries(
    Object.entries(draft.incidents).filter(([, incident]) => incident.closedAt === undefined),
  );
  return closed.map((incident) => ({ kind: 'incident', id: incident.id, incident }));
}

/** Forgets the resolutions that nobody needs any more, if one of them has been due for longer than `dueMs`. */
function forget(draft: Draft, seen: Seen, now: number, dueMs: number): boolean {
  const due = Object.entries(draft.resolvedAt)
    .map(([id, at]) => ({ id, dueMs: now - at - (seen.get(id)?.rememberResolvedMs ?? 0) }))
    .filter((each) => each.dueMs > 0);
  if (!due.some((each) => each.dueMs > dueMs)) return false;
  for (const { id } of due) delete draft.resolvedAt[id];
  return true;
}

function transition(
  kind: Transition['kind'],
  alertId: string,
  { firedAt, severity, notify, incidentId }: FiringAlert,
  at: number,
  batch: number,
  facts: AlertFacts,
): Transition {
  const id = stableId([alertId, firedAt, kind], 16);
  return { id, kind, alertId, severity, notify, at, firedAt, incidentId, batch, facts };
}

/** The facts of an alert that nobody looks at any more: its kind, and no numbers. */
function noFacts(alertId: string): AlertFacts {
  if (burstOf(alertId) !== undefined) return noBurstFacts;
  if (alertId.startsWith('coverage/')) return { kind: 'coverage', lastJudgedAt: 0 };
  if (alertId.startsWith('monitor/'))
    return { kind: 'monitor', failures: 0, of: 0, firstFailureAt: 0, lastFailureAt: 0 };
  const counts = { longBad: 0, longExpected: 0, shortBad: 0, shortExpected: 0 };
  return { kind: 'burn', ...counts, budgetLeftPpm: 0, lastFailureAt: 0 };
}

function toEntry(told: Transition): OutboxEntry {
  return { kind: 'transition', id: told.id, transition: told };
}

/** `page` comes before `ticket`. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
