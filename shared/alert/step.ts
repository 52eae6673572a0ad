import { burstOf, noBurstFacts } from './burst.ts';
import {
  type AlertStep,
  type Draft,
  draftOf,
  dropAlert,
  finish,
  instantOf,
  keepAlert,
  keepIncident,
  maxEntriesPerStep,
  roomOf,
  type Seen,
  type Told,
  tell,
  tellOfIncident,
  toldOf,
} from './draft.ts';
import { drillOf, pathAlertId } from './drill.ts';
import { announce, escalate, expireSilences, remind } from './follow-up.ts';
import { holdReason } from './hold.ts';
import { archived, joinIncidents, resolveInIncident } from './incident.ts';
import { locationOf } from './location.ts';
import type { AlertFacts, AlertState, FiringAlert, Observation } from './model.ts';
import { latenessMs } from './monitor.ts';

export type { AlertStep } from './draft.ts';

/** A forgotten resolution is worth a write of its own only when it has been due for this long: one write a day at most. */
const staleMs = 86_400_000;
/** A resolution may bring two more entries with it: the end of its incident, told and archived. */
const entriesPerResolution = 3;

/**
 * Steps every alert by one evaluation. `observations` must speak of every alert that is configured: a firing alert
 * without one has left the configuration and is resolved as withdrawn. Where two speak of one alert the first wins.
 *
 * - `met` fires what is not firing, unless it is held. Fired alerts are put into incidents (see incident.ts).
 * - `clear` resolves what is firing, once it has been clear for `resolveDelayMs` without a break; 0 resolves at once.
 * - `met` and `holding` break the clear time. So does `unknown`: a stretch that nobody saw must not count as a stretch
 *   without trouble, or an alert would resolve itself in the middle of a gap. Apart from that `unknown` changes nothing.
 * - What fires under a silence, or as a ticket under a page of its SLO, announces nothing until that is over; nobody is told of
 *   its end, either, if that comes first (see hold.ts). The end of what was announced is always told.
 * - What goes on firing reminds and escalates (see follow-up.ts), unless its incident is acknowledged. An acknowledgement ends
 *   when something new is announced in its incident: all times of that then count from now on.
 * - The end of the last alert of an incident closes it, which is told to everyone who was told of any of it.
 *
 * When nothing changes, the very same state comes back without entries. Otherwise the version is one higher, and it is
 * the batch of every transition. Instants never run backwards inside an alert, even where `now` does. An evaluation that comes
 * so late that a later one has changed something decides nothing: what it would fire may have fired, resolved and been forgotten,
 * and would fire again under the id that it had.
 */
export function stepAlerts(
  state: AlertState,
  observations: readonly Observation[],
  now: number,
  mostEntries: number = maxEntriesPerStep,
): AlertStep {
  if (isOvertaken(state, now)) return { state, entries: [] };
  const seen = new Map<string, Observation>();
  for (const observation of observations)
    if (!seen.has(observation.alertId)) seen.set(observation.alertId, observation);
  const draft = draftOf(state, now, mostEntries);
  // Pages first: what is open of them by now holds their tickets back.
  announce(draft, seen, 'page');
  fire(draft, seen);
  resolve(draft, seen);
  keepClearTimes(draft, seen);
  announce(draft, seen, 'ticket');
  remind(draft, seen);
  escalate(draft, seen);
  expireSilences(draft);
  forget(draft, seen);
  const step = finish(state, draft);
  return step.state === state ? step : { ...step, state: { ...step.state, steppedAt: now } };
}

/** No invocation comes later than that; what lies farther ahead was written by a clock that was wrong. */
function isOvertaken({ steppedAt = 0 }: AlertState, now: number): boolean {
  return now < steppedAt && steppedAt - now <= latenessMs;
}

/** Fires in a fixed order: pages before tickets, then by id, and drills after all that is real. */
function fire(draft: Draft, seen: Seen): void {
  const fires = [...seen.values()]
    .filter((each) => each.condition === 'met' && !each.heldBy && !Object.hasOwn(draft.alerts, each.alertId))
    .sort(
      (a, b) => drillsLast(a.alertId, b.alertId) || compare(a.severity, b.severity) || compare(a.alertId, b.alertId),
    )
    .slice(0, roomOf(draft))
    .map((each) => toFiring(draft, each));
  if (fires.length === 0) return;
  const newly = fires.map(({ observation: { alertId }, alert }) => ({ alertId, ...alert }));
  const { incidents, incidentOf } = joinIncidents(draft.incidents, newly);
  draft.incidents = { ...incidents };
  for (const { observation, alert: fired } of fires) {
    const { alertId, facts } = observation;
    const alert = { ...fired, incidentId: incidentOf.get(alertId) ?? '' };
    keepAlert(draft, alertId, alert);
    delete draft.resolvedAt[alertId];
    if (alert.heldBack) continue;
    tell(draft, alertId, alert, { kind: 'fired', at: alert.firedAt, notify: alert.notify, facts });
    endAcknowledgement(draft, alert);
  }
}

type Fires = { readonly observation: Observation; readonly alert: Omit<FiringAlert, 'incidentId'> };

/** Puts it among the firing ones at once, so that tickets that come after a page know of it. */
function toFiring(draft: Draft, observation: Observation): Fires {
  const { alertId, severity, notify, monitors } = observation;
  const heldBack = holdReason(draft, alertId, observation);
  // Later than the last resolution, so that no two firings of an alert can share an id.
  const firedAt = Math.max(draft.now, (draft.resolvedAt[alertId] ?? -1) + 1);
  const alert = { firedAt, severity, notify, monitors, ...(heldBack && { heldBack }) };
  keepAlert(draft, alertId, { ...alert, incidentId: '' });
  return { observation, alert };
}

function endAcknowledgement(draft: Draft, { incidentId, firedAt }: FiringAlert): void {
  const incident = draft.incidents[incidentId];
  if (incident?.acknowledged === undefined) return;
  const { acknowledged: _, ...rest } = incident;
  keepIncident(draft, rest);
  for (const [id, alert] of Object.entries(draft.alerts))
    if (alert.incidentId === incidentId && alert.firedAt < firedAt)
      keepAlert(draft, id, { ...alert, countedFrom: Math.max(firedAt, alert.countedFrom ?? 0) });
}

/** Resolves in the order of the ids, as many as there is room for; the rest in the next step. */
function resolve(draft: Draft, seen: Seen): void {
  const candidates = Object.entries(draft.alerts).filter(([id, alert]) => mayResolve(alert, seen.get(id), draft.now));
  for (const [id, alert] of candidates.sort(([a], [b]) => drillsLast(a, b) || compare(a, b))) {
    if (roomOf(draft) < entriesPerResolution) return;
    resolveOne(draft, id, alert, seen.get(id));
  }
}

function mayResolve(alert: FiringAlert, observation: Observation | undefined, now: number): boolean {
  if (!observation) return true;
  return observation.condition === 'clear' && now - (alert.clearSince ?? now) >= observation.resolveDelayMs;
}

function resolveOne(draft: Draft, id: string, alert: FiringAlert, observation: Observation | undefined): void {
  const at = instantOf(draft, alert);
  dropAlert(draft, id);
  // Nobody resolved what was withdrawn: should it come back, its old failures count. Its firing is remembered only
  // while the clock has not moved on (`forget` sees to that), lest the next one share its id.
  draft.resolvedAt[id] = observation ? at : alert.firedAt;
  const facts = observation?.facts ?? noFacts(id);
  const end: Told = { kind: 'resolved', at, notify: toldOf(alert), facts };
  if (alert.heldBack === undefined) tell(draft, id, alert, observation ? end : { ...end, isWithdrawn: true });
  const incident = draft.incidents[alert.incidentId];
  if (incident === undefined) return;
  const next = resolveInIncident(incident, id, at);
  keepIncident(draft, next);
  if (next.closedAt === undefined) return;
  delete draft.incidents[next.id];
  tellOfIncident(draft, next, 'closed', next.closedAt);
  draft.entries.push({ kind: 'incident', id: next.id, incident: archived(next) });
}

/** Starts the clear time of what has become clear and drops it where it was broken. */
function keepClearTimes(draft: Draft, seen: Seen): void {
  for (const [id, alert] of Object.entries(draft.alerts)) {
    const observation = seen.get(id);
    if (!observation) continue;
    const { clearSince, ...rest } = alert;
    const next = observation.condition === 'clear' ? Math.min(clearSince ?? draft.now, draft.now) : undefined;
    if (next !== clearSince) keepAlert(draft, id, next === undefined ? rest : { ...rest, clearSince: next });
  }
}

/** Forgets the resolutions that nobody needs any more, beside another change, or if one of them is long due. */
function forget(draft: Draft, seen: Seen): void {
  const due = Object.entries(draft.resolvedAt)
    .map(([id, at]) => ({ id, dueMs: draft.now - at - (seen.get(id)?.rememberResolvedMs ?? 0) }))
    .filter((each) => each.dueMs > 0);
  if (!due.some((each) => each.dueMs > (draft.isChanged ? 0 : staleMs))) return;
  for (const { id } of due) delete draft.resolvedAt[id];
  draft.isChanged = true;
}

/** The facts of an alert that nobody looks at any more: its kind, and no numbers. */
function noFacts(alertId: string): AlertFacts {
  if (burstOf(alertId) !== undefined) return noBurstFacts;
  if (drillOf(alertId) !== undefined) return { kind: 'drill', startedAt: 0, isScheduled: false };
  if (alertId === pathAlertId) return { kind: 'path', startedAt: 0, hop: '', seen: '' };
  if (locationOf(alertId) !== undefined) return { kind: 'location', lastRowAt: 0 };
  if (alertId.startsWith('coverage/')) return { kind: 'coverage', lastJudgedAt: 0 };
  if (alertId.startsWith('monitor/'))
    return { kind: 'monitor', failures: 0, of: 0, firstFailureAt: 0, lastFailureAt: 0 };
  const counts = { longBad: 0, longExpected: 0, shortBad: 0, shortExpected: 0 };
  return { kind: 'burn', ...counts, budgetLeftPpm: 0, lastFailureAt: 0 };
}

function drillsLast(a: string, b: string): number {
  return Number(drillOf(a) !== undefined) - Number(drillOf(b) !== undefined);
}

/** `page` comes before `ticket`. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
