import { type AlertStep, draftOf, finish, keepIncident, tellOfIncident } from './draft.ts';
import type { AlertState, Signature } from './model.ts';

/**
 * Marks an open incident as taken: nothing of it reminds or escalates until something new joins it, and all who were told of
 * it are told who is at it. The very same state comes back for one that is not open, or acknowledged already.
 */
export function acknowledgeIncident(
  state: AlertState,
  incidentId: string,
  { by, note }: Signature,
  now: number,
): AlertStep {
  const incident = Object.hasOwn(state.incidents, incidentId) ? state.incidents[incidentId] : undefined;
  if (incident === undefined || incident.acknowledged) return { state, entries: [] };
  const draft = draftOf(state, now);
  const told = toldOfIncident(state, incidentId);
  const [at, n] = [Math.max(now, incident.openedAt), (incident.acknowledgements ?? 0) + 1];
  const signature = { by, ...(note === undefined ? {} : { note }) };
  const next = { ...incident, told, acknowledged: { at, ...signature }, acknowledgements: n };
  keepIncident(draft, next);
  tellOfIncident(draft, next, 'acknowledged', at, { n, ...signature });
  return finish(state, draft);
}

/** What was written before channels were remembered: those of its alerts. */
function toldOfIncident({ incidents, alerts }: AlertState, incidentId: string): readonly string[] {
  const known = incidents[incidentId]?.told;
  if (known !== undefined) return known;
  const mine = Object.values(alerts).filter((alert) => alert.incidentId === incidentId && !alert.heldBack);
  return [...new Set(mine.flatMap(({ notify }) => notify))].sort();
}
