import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient } from '@aws-sdk/client-sns';
import { createFunctionHost, type FunctionHost, type InvocationResult } from '../../infra/local/function/host.ts';
import { frameworkShare, mostResources, mostTemplateBytes } from '../../infra/template/stack-limits.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Monitor } from '../../shared/config/model.ts';
import type { Tick } from '../../shared/ledger/model.ts';
import { startAwsEndpoint } from '../support/aws-endpoint.ts';
import { aFleet } from '../support/fleet.ts';
import {
  copyProject,
  type PackagedTemplate,
  readTemplate,
  removeProject,
  serverless,
  templatePath,
} from '../support/package.ts';

import.meta.jest.setTimeout(180_000);

const monitorCount = 10_000;
const mostAtOnce = 10;
const [region, table] = ['eu-west-1', 'fleet-dev-ledger'];
/** That of the first monitor. */
const [broken, brokenUrl] = ['m00000', '/0'];
const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };

const asked = new Map<string, number>();
let targets: Server;
let aws: Awaited<ReturnType<typeof startAwsEndpoint>>;
let root = '';
let template: PackagedTemplate;
let probe: FunctionHost;
let evaluate: FunctionHost;
let judged: InvocationResult;
let topicArn = '';
let rows: readonly Tick[] = [];
let spent = '';

type Schedule = { readonly Properties: { readonly Target: { readonly Input: string } } };
/** What the Scheduler sends at an instant, from the template. */
function eventsAt(at: number): readonly string[] {
  const time = new Date(at).toISOString().replace('.000Z', 'Z');
  return Object.entries(template.Resources).flatMap(([id, resource]) => {
    if (!id.startsWith('ProbeSchedule')) return [];
    const { Target } = (resource as unknown as Schedule).Properties;
    return [Target.Input.replace('<aws.scheduler.scheduled-time>', time)];
  });
}

async function startTargets(): Promise<void> {
  targets = createServer(({ url = '' }, response) => {
    asked.set(url, (asked.get(url) ?? 0) + 1);
    response.writeHead(url === brokenUrl ? 503 : 200).end('ok');
  });
  targets.listen(0, '127.0.0.1', 4_096);
  await once(targets, 'listening');
}

async function startDeployment(): Promise<DynamoDBClient> {
  aws = await startAwsEndpoint();
  const client = new DynamoDBClient({ endpoint: aws.origin, region, credentials });
  const names = ['pk', 'sk'] as const;
  const KeySchema = names.map(
    (AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }) as const,
  );
  const AttributeDefinitions = names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }) as const);
  const sns = new SNSClient({ endpoint: aws.origin, region, credentials });
  topicArn = (await sns.send(new CreateTopicCommand({ Name: 'fleet-dev-alerts' }))).TopicArn ?? '';
  sns.destroy();
  await client.send(
    new CreateTableCommand({ TableName: table, BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions }),
  );
  return client;
}

/** A function as local mode runs it, with the memory that the template gives it. */
function startFunction(name: 'Probe' | 'Evaluate'): FunctionHost {
  const resource = template.Resources[`${name}LambdaFunction`] as unknown as { Properties: { MemorySize: number } };
  const { MemorySize } = resource.Properties;
  const functionName = `fleet-dev-${name.toLowerCase()}`;
  const settings = {
    name: name.toLowerCase(),
    functionName,
    functionArn: `arn:aws:lambda:${region}:000000000000:function:${functionName}`,
    file: join(root, 'dist', name.toLowerCase(), 'index.js'),
    environment: {
      ...{ LEDGER_TABLE: table, BURNWATCH_SERVICE: 'fleet', BURNWATCH_ENVIRONMENT: 'dev', AWS_REGION: region },
      ...{ AWS_ENDPOINT_URL: aws.origin, AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' },
      ALERT_TOPIC_ARN: topicArn,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
    },
    timeoutMs: 90_000,
    memoryMegabytes: MemorySize,
  };
  return createFunctionHost(settings, () => {});
}

/** Invokes one after the other, so many at a time; what went wrong. */
async function invokeAll(events: readonly string[]): Promise<readonly string[]> {
  const waiting = [...events];
  const failures: string[] = [];
  const work = async () => {
    for (let event = waiting.shift(); event !== undefined; event = waiting.shift()) {
      const { isError, payload } = await probe.invoke(event);
      if (isError) failures.push(`${event}: ${payload}`);
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, work));
  return failures;
}

/** The tick before a tick. */
function aMinuteBefore(event: string): string {
  const { scheduledTime, ...rest } = JSON.parse(event) as { readonly scheduledTime: string };
  return JSON.stringify({ scheduledTime: new Date(Date.parse(scheduledTime) - 60_000).toISOString(), ...rest });
}

const shardOf = (id: string): string | undefined =>
  shardFiles()
    .find((file) => readFileSync(join(root, 'dist/probe/shards', file), 'utf8').includes(`"id":"${id}"`))
    ?.replace('.json', '');
const shardFiles = () => readdirSync(join(root, 'dist/probe/shards'));
const packaged = () =>
  shardFiles().flatMap(
    (file) =>
      (JSON.parse(readFileSync(join(root, 'dist/probe/shards', file), 'utf8')) as { monitors: Monitor[] }).monitors,
  );

beforeAll(async () => {
  await startTargets();
  const { port } = targets.address() as AddressInfo;
  root = copyProject();
  const fleet = { target: (index: number) => `http://127.0.0.1:${port}/${index}`, isRich: true, isPrivate: true };
  writeFileSync(join(root, 'fleet.yml'), aFleet(monitorCount, fleet));
  const packagedAt = performance.now();
  const { code, stdout, stderr } = await serverless(root, [
    'package',
    '--param',
    'config=fleet.yml',
    '--param',
    'shortener=off',
  ]);
  if (code !== 0) throw new Error(stdout + stderr);
  const packageMs = performance.now() - packagedAt;
  template = readTemplate(root);
  const client = await startDeployment();
  probe = startFunction('Probe');
  const at = Math.floor(Date.now() / 60_000) * 60_000;
  const unreadable = join(root, 'dist/probe/shards/unreadable.json');
  writeFileSync(unreadable, '{');
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  const failures = await invokeAll(eventsAt(at));
  const [wallMs, { user, system }] = [performance.now() - startedAt, process.cpuUsage(cpu)];
  rmSync(unreadable);
  if (failures.length > 0) throw new Error(failures.slice(0, 3).join('\n'));
  rows = await createLedgerStore(client, table).loadTicks(region, at, at);
  client.destroy();
  const ofBroken = eventsAt(at).filter((event) => shardOf(broken) === JSON.parse(event).shard);
  await invokeAll(ofBroken.map(aMinuteBefore));
  evaluate = startFunction('Evaluate');
  judged = await evaluate.invoke(JSON.stringify({ scheduledTime: new Date(at).toISOString() }));
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  spent = `${monitorCount.toLocaleString('en-US')} monitors: packaged in ${seconds(packageMs)}; a minute of ${rows.length} shards, ${mostAtOnce} at once: ${seconds(wallMs)} wall, ${seconds((user + system) / 1_000)} CPU, targets and AWS included`;
});

afterAll(async () => {
  console.log(spent);
  await Promise.all([probe?.close(0), evaluate?.close(0)]);
  await aws?.close();
  targets?.closeAllConnections();
  targets?.close();
  if (root !== '') removeProject(root);
});

describe('10,000 monitors, packaged', () => {
  it('are a stack that CloudFormation takes, in which the framework has no more than its share', () => {
    const bytes = readFileSync(templatePath(root)).byteLength;
    expect(bytes).toBeLessThan(mostTemplateBytes);
    const own = /^(Serverless|HttpApi|\w+LambdaFunction$|\w+LambdaPermission)/;
    const ids = Object.keys(template.Resources);
    expect(ids.filter((id) => own.test(id)).length).toBeLessThanOrEqual(frameworkShare.resources);
    expect(ids.length).toBeLessThan(mostResources);
  });

  it('have a shard file for each schedule, and a schedule for each shard file', () => {
    const scheduled = eventsAt(0).map((event) => `${JSON.parse(event).shard}.json`);
    expect(scheduled).toHaveLength(100);
    expect(scheduled.toSorted()).toEqual(shardFiles().toSorted());
  });

  it('give their functions the memory that a large fleet takes', () => {
    expect(template.Resources).toMatchObject({
      ProbeLambdaFunction: { Properties: { MemorySize: 1_024 } },
      EvaluateLambdaFunction: { Properties: { MemorySize: 2_048 } },
    });
  });

  it('are each in one of them', () => {
    expect(new Set(packaged().map(({ id }) => id)).size).toBe(monitorCount);
    expect(packaged()).toHaveLength(monitorCount);
  });
});

describe('one minute of 10,000 monitors', () => {
  it('asks every target, each of them its own', () => {
    expect(asked.size).toBe(monitorCount);
  });

  it('leaves exactly one outcome of each in the ledger, all of them good but the one that was broken', () => {
    const outcomes = rows.flatMap((row) => row.outcomes);
    expect(outcomes).toHaveLength(monitorCount);
    const keys = packaged().map(({ key }) => key);
    expect(outcomes.map(({ monitorKey }) => monitorKey).toSorted((a, b) => a - b)).toEqual(
      keys.toSorted((a, b) => a - b),
    );
    const key = packaged().find(({ id }) => id === broken)?.key;
    const bad = outcomes.filter(({ outcome }) => outcome !== 'passed');
    expect(bad.map(({ monitorKey, outcome }) => [monitorKey, outcome])).toEqual([[key, 'failed']]);
  });

  it('writes a row for each shard, having read no other', () => {
    expect(rows.map(({ shard }) => `${shard}.json`).toSorted()).toEqual(shardFiles().toSorted());
  });

  it('is judged as a whole: after two minutes of the broken one its alert fires, and no other', () => {
    expect(JSON.parse(judged.payload)).toEqual({ firing: 1, fired: 1, resolved: 0, sent: 1 });
  });
});
