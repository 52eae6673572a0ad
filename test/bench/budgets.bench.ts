import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { bundle, writeRuntimeConfig } from '../../infra/build.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { minuteMs } from '../../shared/ledger/keys.ts';
import { type Child, startChild } from './budgets/child.ts';
import { buildFleet, burning, location, size, startAt } from './budgets/fleet.ts';
import { fillLedger, saveTicks } from './budgets/history.ts';
import { printCold, printWarm, type Run } from './budgets/report.ts';
import type { Invoked, Loaded } from './budgets/sandbox.ts';
import type { Counted } from './budgets/servers.ts';

const table = 'shop-dev-ledger';
/** The first of them folds the hour that ended before the cold one. */
const warmRuns = 10;
const [databaseCore, functionCore] = [1, 0];

/**
 * What an evaluation takes: 1,000 SLOs over 1,000 monitors with 30 days of history, ten of them burning, by the bundle of the function in
 * a fresh process, cold and then minute by minute warm. DynamoDB is dynalite, in a process on another core. Takes about a minute.
 */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'burnwatch-bench-'));
  const database: Child<string> = await startChild(new URL('./budgets/servers.ts', import.meta.url), databaseCore);
  try {
    await measure(folder, database);
  } finally {
    await database.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, database: Child<string>): Promise<void> {
  const config = buildFleet();
  await bundle(resolve('.'), folder);
  writeRuntimeConfig(config, folder);
  const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
  const client = new DynamoDBClient({ endpoint: database.first, region: location, credentials });
  await createTable(client);
  const ledger = createLedgerStore(client, table);
  await fillLedger(ledger, config);
  await database.ask('reset');

  const sandbox = await startSandbox(join(folder, 'evaluate', 'index.js'), database.first);
  const evaluateAt = async (at: number): Promise<Run> => {
    await database.ask('reset');
    const invoked = (await sandbox.ask(at)) as Invoked;
    return { ...invoked, served: (await database.ask('read')) as Counted };
  };
  try {
    const [ours, theirs] = [sandbox.prefer(), database.prefer()];
    const { importMs } = (await sandbox.ask('import')) as Loaded;
    const what = `${size} SLOs over ${size} monitors, 30 days, ${burning} burning`;
    console.log(`${what}; a core each by ${ours}, ${theirs}; import ${importMs.toFixed(0)} ms`);
    const cold = await evaluateAt(startAt);
    printCold(cold);
    const warm: Run[] = [];
    for (let minute = 1; minute <= warmRuns; minute += 1) {
      await saveTicks(ledger, config, startAt + minute * minuteMs);
      warm.push(await evaluateAt(startAt + minute * minuteMs));
    }
    printWarm(cold, warm);
  } finally {
    await sandbox.end();
    client.destroy();
  }
}

function startSandbox(bundleFile: string, endpoint: string): Promise<Child<string>> {
  return startChild(new URL('./budgets/sandbox.ts', import.meta.url), functionCore, {
    BUNDLE: bundleFile,
    LEDGER_TABLE: table,
    ALERT_TOPIC_ARN: `arn:aws:sns:${location}:000000000000:shop-dev-alerts`,
    BURNWATCH_ENVIRONMENT: 'dev',
    AWS_REGION: location,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
}

async function createTable(client: DynamoDBClient): Promise<void> {
  const names = ['pk', 'sk'] as const;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' })),
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
  await new Promise((done) => setTimeout(done, 200));
}
