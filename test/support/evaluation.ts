import type { EvaluateDeps } from '../../shared/app/evaluate.ts';
import { renderTransitions } from '../../shared/app/render.ts';
import type { Config, Outcome } from '../../shared/config/model.ts';
import type { Tick } from '../../shared/ledger/model.ts';

/** What an evaluation needs beside the ledger, the alerts and whom it tells: everything well, and time enough. */
export const wellDeps: Omit<EvaluateDeps, 'ledger' | 'alerts' | 'notify'> = {
  loadVerdicts: async () => [],
  publishMetrics: async () => {},
  render: (transitions, view) =>
    renderTransitions(transitions, view, { environment: 'dev', outputs: () => undefined, links: [] }),
  identity: { service: 'shop', environment: 'dev' },
  location: 'eu-west-1',
  writer: 'writer',
  remainingMs: () => 30_000,
  onWarning: () => {},
};

/** A tick in which all monitors have the same outcome. */
export function tickOf({ monitors }: Config, at: number, outcome: Outcome): Tick {
  const outcomes = monitors.map(({ key }) => ({
    monitorKey: key,
    outcome,
    isMaintenance: false,
    isRetried: false,
    isContaminated: false,
  }));
  return { location: wellDeps.location, at, shard: 's00', outcomes, details: [] };
}
