import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { numbersPeriodMs, readAppNumbers } from '../app/exposition/app-numbers.ts';
import type { ExposeDeps } from '../app/exposition/expose.ts';
import type { MetricsPackage } from '../app/exposition/package.ts';
import { createMemory } from '../app/history.ts';
import { overview } from '../app/overview/overview.ts';
import { createAlertStore } from './alert-store.ts';
import { createBurstStore } from './burst-store.ts';
import { createVerdictReader } from './burst-verdicts.ts';
import { createCountedStore } from './counted-store.ts';
import { createLedgerStore } from './ledger-store.ts';
import { createRunCountsReader } from './run-counts.ts';
import { createStatisticsReader } from './statistics-reader.ts';

/** Where one stack is, and what its numbers are about. */
export type MetricsPlace = {
  readonly table: string;
  readonly environment: string;
  readonly location: string;
  readonly outputs: (name: string) => string | undefined;
  readonly functions: readonly string[];
  readonly packaged: MetricsPackage;
  /** Of how long the app's numbers are, and how often they are read: five minutes where it is not said. */
  readonly periodMs?: number | undefined;
};

/**
 * What `/metrics` reads: the ledger as evaluations left it (what is counted of CloudWatch included, which evaluations read), and the
 * app's numbers from CloudWatch.
 */
export function createMetricsReaders(
  client: DynamoDBClient,
  place: MetricsPlace,
): Pick<ExposeDeps, 'loadOverview' | 'loadNumbers' | 'numbersFreshMs'> {
  const { table, environment, location, outputs, functions, periodMs = numbersPeriodMs } = place;
  const { config, routes, caches } = place.packaged;
  const deps = {
    config,
    environment,
    location,
    // What cannot be read `evaluate` says in its log.
    ledger: createLedgerStore(client, table, () => {}),
    alerts: createAlertStore(client, table, Date.now, () => {}),
    memory: createMemory(),
    counted: {
      loadRunCounts: createRunCountsReader(client, table),
      metrics: { store: createCountedStore(client, table), outputs },
    },
    loadVerdicts: createVerdictReader(client, table),
    loadRuns: createBurstStore(client, table).loadRuns,
    runMemory: new Map(),
    outputs,
    showUrl: () => '',
  };
  const scope = { service: config.service, environment, apiId: outputs('ApiId'), functions, routes, caches };
  const read = createStatisticsReader();
  return {
    loadOverview: (now) => overview(deps, now),
    loadNumbers: (now, signal) => readAppNumbers(scope, read, now, signal, periodMs),
    numbersFreshMs: periodMs,
  };
}
