import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createMemory } from '../../shared/app/history.ts';
import { type OverviewDeps, overview } from '../../shared/app/overview.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { createVerdictReader } from '../../shared/aws/burst-verdicts.ts';
import { boundedClient } from '../../shared/aws/client.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { createRunCountsReader } from '../../shared/aws/run-counts.ts';
import type { Config, Monitor } from '../../shared/config/model.ts';
import { renderTarget } from '../../shared/message/command.ts';
import type { Outputs } from '../../shared/message/shell.ts';
import { region } from './aws/service.ts';
import type { ConsoleState } from './console/state.ts';
import { environment, type Origins } from './stack.ts';

/** What only local mode knows, beside the overview and the runs that are under way. */
export type LocalFacts = Omit<ConsoleState, keyof Awaited<ReturnType<typeof overview>> | 'liveRuns'>;

export type StateReader = {
  /** How everything stands; calls at the same time share one reading. Rejects when the database does not answer. */
  read(): Promise<ConsoleState>;
  /** As `read`, with a reading that begins after this call. */
  readAnew(): Promise<ConsoleState>;
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
  const client = new DynamoDBClient({
    ...boundedClient,
    endpoint: origins.aws,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  let deps = createDeps(client, config(), origins);
  let running: Promise<ConsoleState> | undefined;

  const compute = async (): Promise<ConsoleState> => {
    if (deps.config !== config()) deps = createDeps(client, config(), origins);
    const [view, local] = await Promise.all([overview(deps, now()), facts()]);
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
  return { read, readAnew, close: () => client.destroy() };
}

function createDeps(client: DynamoDBClient, config: Config, origins: Origins): OverviewDeps {
  const table = `${config.service}-${environment}-ledger`;
  const outputs = (name: string) => (name === 'ShortenerUrl' ? origins.shortener : undefined);
  return {
    config,
    environment,
    location: region,
    ledger: createLedgerStore(client, table),
    alerts: createAlertStore(client, table),
    memory: createMemory(),
    counted: { loadRunCounts: createRunCountsReader(client, table) },
    loadVerdicts: createVerdictReader(client, table),
    loadRuns: createBurstStore(client, table).loadRuns,
    runMemory: new Map(),
    outputs,
    showUrl: (monitor) => showTarget(monitor, outputs, origins),
  };
}

/** What is asked, in a line: the method too, where it is not GET; of a heartbeat, where it is called, without its token. */
function showTarget(monitor: Monitor, outputs: Outputs, { shortener }: Origins): string {
  if (monitor.type === 'heartbeat')
    return `${shortener}/heartbeats/${monitor.id}/… (npx burnwatch heartbeat ${monitor.id} prints it whole)`;
  const { verb, target } = renderTarget(monitor, outputs);
  return monitor.type === 'http' && verb !== 'GET' ? `${verb} ${target}` : target;
}
