import type { Incident, Silence } from '../../alert/model.ts';
import type { AlertStore } from '../ports.ts';

export type IncidentsNow = {
  /** The newest first. */
  readonly open: readonly Incident[];
  readonly closed: readonly Incident[];
  /** Those that hold. */
  readonly silences: readonly Silence[];
};

/** Every open incident, the newest of those that are over, and what is silenced; changes nothing. */
export async function loadIncidentsNow(
  alerts: Pick<AlertStore, 'load' | 'loadIncidents'>,
  most: number,
  now: number,
): Promise<IncidentsNow> {
  const [{ state }, archived] = await Promise.all([alerts.load(), alerts.loadIncidents(most)]);
  return {
    open: Object.values(state.incidents).sort((a, b) => b.openedAt - a.openedAt),
    // What was archived while we read may be open in what we read.
    closed: archived.filter(({ id }) => !Object.hasOwn(state.incidents, id)),
    silences: Object.values(state.silences ?? {}).filter(({ untilAt }) => untilAt > now),
  };
}
