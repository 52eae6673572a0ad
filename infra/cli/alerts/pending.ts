import { createMemory } from '../../../shared/app/history.ts';
import { overview } from '../../../shared/app/overview/overview.ts';
import { type PendingAlert, pendingOf } from '../../../shared/app/overview/pending.ts';
import type { AlertStore } from '../../../shared/app/ports.ts';
import type { Config } from '../../../shared/config/model.ts';
import type { Io } from '../command.ts';
import type { DeployedStack } from '../stack.ts';
import { paint, renderTable } from '../terminal.ts';

/**
 * What is on its way to fire in a stack, from its ledger. SLOs over metrics of CloudWatch are left out: to count them takes
 * longer than anybody waits for a list.
 */
export async function loadPending(
  config: Config,
  { client, table, region, environment }: DeployedStack,
  alerts: Pick<AlertStore, 'load' | 'loadIncidents'>,
  now: number,
): Promise<readonly PendingAlert[]> {
  const [{ createLedgerStore }, { createBurstStore }, { createVerdictReader }, { createRunCountsReader }] =
    await Promise.all([
      import('../../../shared/aws/ledger-store.ts'),
      import('../../../shared/aws/burst-store.ts'),
      import('../../../shared/aws/burst-verdicts.ts'),
      import('../../../shared/aws/run-counts.ts'),
    ]);
  const view = await overview(
    {
      ...{ config, environment, location: region, alerts },
      ledger: createLedgerStore(client, table),
      memory: createMemory(),
      counted: { loadRunCounts: createRunCountsReader(client, table) },
      loadVerdicts: createVerdictReader(client, table),
      loadRuns: createBurstStore(client, table).loadRuns,
      runMemory: new Map(),
      outputs: () => undefined,
      showUrl: () => '',
    },
    now,
  );
  return pendingOf(view);
}

/** A table of what is pending; empty where nothing is. */
export function renderPending(pending: readonly PendingAlert[], io: Io): string {
  if (pending.length === 0) return '';
  const head = ['pending', 'severity', 'why'].map((word) => paint(word, 'dim', io));
  const rows = pending.map(({ name, severity, why }) => [paint(name, 'yellow', io), severity ?? '-', why]);
  return `${renderTable([head, ...rows], { columns: io.isTerminal ? io.columns : Number.POSITIVE_INFINITY })}\n`;
}
