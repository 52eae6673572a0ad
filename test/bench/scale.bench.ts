import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { costOf } from '../../infra/cost/index.ts';
import { localhostCertificate } from '../support/certificates.ts';
import { costOptions } from '../support/cost-example.ts';
import { copyProject, removeProject } from '../support/package.ts';
import { type Child, startChild } from './budgets/child.ts';
import { measureEvaluate, measureProbe, region, type World } from './scale/lambda.ts';
import { packageFleet } from './scale/package.ts';
import { answerMs } from './scale/targets-model.ts';

const sizes = [10, 100, 1_000, 10_000];
const worldCore = 1;

/**
 * What fleets of each size take, an SLO for each ten monitors: to package, of CloudFormation, of Lambda, and a month of dollars. The
 * functions are the packaged bundles in fresh processes, each with the part of a core that its memory gives (see `giveCore`);
 * targets speak https and answer after 350 ms, DynamoDB is dynalite, both on the other core. Takes about six minutes;
 * `npm run bench -- scale 10 100` takes other sizes.
 */
export async function run(flags: readonly string[]): Promise<void> {
  const chosen = flags.length > 0 ? flags.map(Number) : sizes;
  const targets: Child<number> = await startChild(new URL('./scale/targets.ts', import.meta.url), worldCore);
  const root = copyProject();
  try {
    console.log(`Targets answer after ${answerMs} ms; Lambda on the part of a core that its memory gives`);
    console.log(head);
    for (const count of chosen) console.log(await measure(root, targets.first, count));
  } finally {
    removeProject(root);
    await targets.end();
  }
}

const columns = [
  ['monitors', 8],
  ['package s', 11],
  ['template kB', 13],
  ['resources', 11],
  ['probe ms/min', 14],
  ['evaluate ms/min', 17],
  ['ms/min each', 13],
  ['cold ms', 14],
  ['peak MB', 10],
  ['$/month', 10],
  ['$ each', 8],
] as const;
const head = columns.map(([name, width]) => name.padStart(width)).join('');

async function measure(root: string, port: number, count: number): Promise<string> {
  const packaged = await packageFleet(root, count, port);
  const database: Child<string> = await startChild(new URL('./budgets/servers.ts', import.meta.url), worldCore);
  try {
    const world: World = { root, endpoint: database.first, table: 'fleet-dev-ledger', ca: join(root, 'ca.pem') };
    writeFileSync(world.ca, localhostCertificate.cert);
    await createTable(world);
    const probe = await measureProbe(world, packaged);
    const evaluate = await measureEvaluate(world, packaged);
    const dollars = costOf(packaged.config, costOptions).ours.list;
    const cells = [
      count.toLocaleString('en-US'),
      packaged.seconds.toFixed(1),
      (packaged.templateBytes / 1_000).toFixed(0),
      packaged.resources,
      probe.msPerMinute.toFixed(0),
      evaluate.msPerMinute.toFixed(0),
      ((probe.msPerMinute + evaluate.msPerMinute) / count).toFixed(1),
      `${probe.coldMs.toFixed(0)} / ${evaluate.coldMs.toFixed(0)}`,
      `${probe.peakMB.toFixed(0)} / ${evaluate.peakMB.toFixed(0)}`,
      dollars.toFixed(2),
      (dollars / count).toFixed(3),
    ];
    return cells.map((cell, index) => String(cell).padStart(columns[index]?.[1] ?? 0)).join('');
  } finally {
    await database.end();
  }
}

async function createTable({ endpoint, table }: World): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } });
  const names = ['pk', 'sk'] as const;
  const KeySchema = names.map(
    (AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }) as const,
  );
  const AttributeDefinitions = names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const);
  const billing = { TableName: table, BillingMode: 'PAY_PER_REQUEST' } as const;
  await client.send(new CreateTableCommand({ ...billing, KeySchema, AttributeDefinitions }));
  await new Promise((done) => setTimeout(done, 200));
  client.destroy();
}
