import { createMemory } from '../../../shared/app/history.ts';
import { type IncidentDetailDeps, incidentDetailView } from '../../../shared/app/incident/detail.ts';
import { sloDetailView } from '../../../shared/app/overview/detail.ts';
import type { IncidentDetailView, SloDetailView } from '../../../shared/app/overview/model.ts';

/** What pages about one thing are made from. */
export type Details = {
  /** `unknown` where there is none of this id, `unreadable` where nobody knows how it stands. */
  slo(id: string): Promise<SloDetailView | 'unknown' | 'unreadable'>;
  incident(id: string): Promise<IncidentDetailView | 'unknown'>;
};

/** Reads further back than the overview, and so remembers for itself. One reading at a time: what was read serves the next one. */
export function createDetails(deps: () => Omit<IncidentDetailDeps, 'memory'>, now: () => number): Details {
  let [config, memory] = [deps().config, createMemory()];
  let last: Promise<unknown> = Promise.resolve();

  const current = (): IncidentDetailDeps => {
    const given = deps();
    if (given.config !== config) [config, memory] = [given.config, createMemory()];
    return { ...given, memory };
  };
  const inTurn = <Answer>(read: () => Promise<Answer>): Promise<Answer> => {
    const next = last.then(read, read);
    last = next.catch(() => undefined);
    return next;
  };
  return {
    slo: (id) =>
      inTurn(async () => {
        const given = current();
        const slo = given.config.slos.find((each) => each.id === id);
        return slo === undefined ? 'unknown' : ((await sloDetailView(slo, given, now())) ?? 'unreadable');
      }),
    incident: (id) => inTurn(async () => (await incidentDetailView(id, current(), now())) ?? 'unknown'),
  };
}
