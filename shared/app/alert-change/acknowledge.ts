import { acknowledgeIncident } from '../../alert/acknowledge.ts';
import type { Incident, Signature } from '../../alert/model.ts';
import { cleanText } from '../../message/clean.ts';
import { longestBy, longestNote } from '../../message/incident-text.ts';
import type { AlertStore } from '../ports.ts';
import { type ChangeDeps, changeAlerts } from './change-alerts.ts';

export type AcknowledgeDeps = ChangeDeps & { readonly alerts: Pick<AlertStore, 'load' | 'save' | 'loadIncidents'> };

/** `already`: somebody was quicker, or it is the same person once more. `unknown`: no incident of this id is kept. */
export type Acknowledged =
  | { readonly state: 'open' | 'acknowledged' | 'already' | 'closed'; readonly incident: Incident }
  | { readonly state: 'unknown' };

/** Closed incidents that are looked through for one that is not open any more. */
const mostClosed = 100;

/** Says that somebody is at an incident. Who, and why, may be any text: it is cleaned and cut. */
export async function acknowledge(
  incidentId: string,
  { by, note }: Signature,
  deps: AcknowledgeDeps,
): Promise<Acknowledged> {
  const said = cleanText(note ?? '', longestNote);
  const signature = { by: cleanText(by, longestBy) || 'somebody', ...(said === '' ? {} : { note: said }) };
  const { before, step, isChanged } = await changeAlerts(deps, (state) =>
    acknowledgeIncident(state, incidentId, signature, deps.now()),
  );
  const incident = incidentIn(step.state.incidents, incidentId);
  if (incident) return { state: isChanged ? 'acknowledged' : 'already', incident };
  return findClosed(incidentId, deps, before.incidents);
}

/** How an incident stands, changing nothing. */
export async function findIncident(incidentId: string, deps: Pick<AcknowledgeDeps, 'alerts'>): Promise<Acknowledged> {
  const { state } = await deps.alerts.load();
  const incident = incidentIn(state.incidents, incidentId);
  if (incident) return { state: incident.acknowledged ? 'already' : 'open', incident };
  return findClosed(incidentId, deps, state.incidents);
}

type Incidents = Readonly<Record<string, Incident>>;

const incidentIn = (incidents: Incidents, id: string): Incident | undefined =>
  Object.hasOwn(incidents, id) ? incidents[id] : undefined;

async function findClosed(
  id: string,
  { alerts }: Pick<AcknowledgeDeps, 'alerts'>,
  open: Incidents,
): Promise<Acknowledged> {
  const incident = incidentIn(open, id) ?? (await alerts.loadIncidents(mostClosed)).find((each) => each.id === id);
  return incident === undefined ? { state: 'unknown' } : { state: 'closed', incident };
}
