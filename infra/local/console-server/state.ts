import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createMemory } from '../../../shared/app/history.ts';
import { type OverviewDeps, overview } from '../../../shared/app/overview/overview.ts';
import type { AlertStore } from '../../../shared/app/ports.ts';
import { createAlertStore } from '../../../shared/aws/alert-store.ts';
import { createBurstStore } from '../../../shared/aws/burst-store.ts';
import { createVerdictReader } from '../../../shared/aws/burst-verdicts.ts';
import { boundedClient } from '../../../shared/aws/client.ts';
import { createCountedStore } from '../../../shared/aws/counted-store.ts';
import { createLedgerStore } from '../../../shared/aws/ledger-store.ts';
import { createMetricReader } from '../../../shared/aws/metric-reader.ts';
import { createRunCountsReader } from '../../../shared/aws/run-counts.ts';
import type { Config, Monitor } from '../../../shared/config/model.ts';
import { renderTarget } from '../../../shared/message/command.ts';
import type { Outputs } from '../../../shared/message/shell.ts';
import { region } from '../aws/service.ts';
import type { ConsoleState } from '../console/state.ts';
import { apiId, environment, type Origins } from '../stack.ts';
import { createDetails, type Details } from './details.ts';

/** What only local mode knows, beside the overview and the runs that are under way. */
export type LocalFacts = Omit<ConsoleState, keyof Awaited<ReturnType<typeof overview>> | 'liveRuns'>;

export type StateReader = {
  /** How everything stands; calls at the same time share one reading. Rejects when the database does not answer. */
  read(): Promise<ConsoleState>;
  /** As `read`, with a reading that begins after this call. */
  readAnew(): Promise<ConsoleState>;
  readonly details: Details;
  /** The alerts' state, to be changed by hand. */
  alerts(): AlertStore;
  close(): void;
};

/** Reads the same ledger and alert state that the functions write, through the same adapters. */
export function createStateReader(
  config: () => Config,
  origins: Origins,
  facts: () => Promise<LocalFacts>,
  liveRuns: () => ConsoleState['liveRuns'],
  now: () => number,
): StateReader {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const local = { ...boundedClient, endpoint: origins.aws, region, credentials };
  const clients = { dynamoDb: new DynamoDBClient(local), cloudWatch: new CloudWatchClient(local) };
  let deps = createDeps(clients, config(), origins);
  let running: Promise<ConsoleState> | undefined;

  const current = (): LocalDeps => {
    if (deps.config !== config()) deps = createDeps(clients, config(), origins);
    return deps;
  };
  const compute = async (): Promise<ConsoleState> => {
    const [view, local] = await Promise.all([overview(current(), now()), facts()]);
    // Read last: of a run that goes on meanwhile, pages have heard more than what was read before.
    return { ...view, ...local, liveRuns: liveRuns() };
  };
  const read = (): Promise<ConsoleState> => {
    running ??= compute().finally(() => {
      running = undefined;
    });
    return running;
  };
  const readAnew = async (): Promise<ConsoleState> => {
    if (running !== undefined) await running.catch(() => undefined);
    return read();
  };
  const close = () => {
    clients.dynamoDb.destroy();
    clients.cloudWatch.destroy();
  };
  return { read, readAnew, details: createDetails(current, now), alerts: () => current().alerts, close };
}

type Clients = { readonly dynamoDb: DynamoDBClient; readonly cloudWatch: CloudWatchClient };

type LocalDeps = OverviewDeps & { readonly alerts: AlertStore; readonly onWarning: () => void };

function createDeps({ dynamoDb: client, cloudWatch }: Clients, config: Config, origins: Origins): LocalDeps {
  const table = `${config.service}-${environment}-ledger`;
  const outputs = (name: string) => outputsOf(origins)[name];
  return {
    config,
    environment,
    location: region,
    // What cannot be read `evaluate` says in its log.
    ledger: createLedgerStore(client, table, () => {}),
    alerts: createAlertStore(client, table, Date.now, () => {}),
    memory: createMemory(),
    counted: {
      loadRunCounts: createRunCountsReader(client, table),
      metrics: { readMetrics: createMetricReader(cloudWatch), store: createCountedStore(client, table), outputs },
    },
    loadVerdicts: createVerdictReader(client, table),
    loadRuns: createBurstStore(client, table).loadRuns,
    runMemory: new Map(),
    // What cannot be read is shown as such.
    onWarning: () => {},
    outputs,
    showUrl: (monitor) => showTarget(monitor, outputs, origins),
  };
}

/** What the outputs of the stack are in local mode. */
const outputsOf = ({ shortener }: Origins): Readonly<Record<string, string>> => ({
  ShortenerUrl: shortener,
  StatusUrl: shortener,
  ApiId: apiId,
});

/** What is asked, in a line: the method too, where it is not GET; of a heartbeat, where it is called, without its token. */
function showTarget(monitor: Monitor, outputs: Outputs, { shortener }: Origins): string {
  if (monitor.type === 'heartbeat')
    return `${shortener}/heartbeats/${monitor.id}/… (npx burnwatch heartbeat ${monitor.id} prints it whole)`;
  const { verb, target } = renderTarget(monitor, outputs);
  return monitor.type === 'http' && verb !== 'GET' ? `${verb} ${target}` : target;
}
