import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { gigabytesOf } from '../../../infra/template/memory.ts';
import { isLarge } from '../../../infra/template/shards.ts';
import { createLedgerStore } from '../../../shared/aws/ledger-store.ts';
import type { Config } from '../../../shared/config/model.ts';
import { dayMs, dayStart, hourMs, hourStart, minuteMs } from '../../../shared/ledger/keys.ts';
import { noCounts } from '../../../shared/ledger/model.ts';
import { type Child, startChild } from '../budgets/child.ts';
import { saveTicks } from '../budgets/history.ts';
import type { Invoked } from '../budgets/sandbox.ts';
import type { Packaged } from './package.ts';

export const region = 'eu-west-1';
const functionCore = 0;
const coreMegabytes = 1_769;
const mostShare = 0.99;
const daysKept = 30;
/** More shards than these are alike: so many of them are measured, and the rest is taken to be as they are. */
const mostShards = 12;
const warmRuns = 5;
const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };

/** Milliseconds that Lambda would bill: of a minute, and of the first invocation of a sandbox. */
export type Billed = { readonly coldMs: number; readonly msPerMinute: number; readonly peakMB: number };
export type World = { readonly root: string; readonly endpoint: string; readonly table: string; readonly ca: string };

/** Every shard's tick of one minute, one after the other in one sandbox, which has the part of a core that its memory gives. */
export async function measureProbe(world: World, { config, shards }: Packaged): Promise<Billed> {
  const sandbox = await startSandbox(world, 'probe', config);
  const step = Math.max(1, Math.floor(shards.length / mostShards));
  const chosen = shards.filter((_, index) => index % step === 0).slice(0, mostShards);
  const tick = async (shard: string, minutesAgo: number) => {
    const at = Math.floor(Date.now() / minuteMs) * minuteMs - minutesAgo * minuteMs;
    return (await sandbox.ask({ scheduledTime: new Date(at).toISOString(), shard })) as Invoked;
  };
  try {
    const cold = await tick(chosen[0] ?? 's00', 1);
    const warm: Invoked[] = [];
    for (const shard of chosen) warm.push(await tick(shard, 0));
    const mean = warm.reduce((sum, { ms }) => sum + ms, 0) / warm.length;
    const peakMB = Math.max(cold.peakMB, ...warm.map((each) => each.peakMB));
    return { coldMs: cold.ms, msPerMinute: mean * shards.length, peakMB };
  } finally {
    await sandbox.end();
  }
}

/** An evaluation over 30 calm days, cold, and then the median of a few minutes warm. */
export async function measureEvaluate(world: World, { config }: Packaged): Promise<Billed> {
  const startAt = Date.parse('2026-03-02T10:04:20Z');
  const client = new DynamoDBClient({ endpoint: world.endpoint, region, credentials });
  const ledger = createLedgerStore(client, world.table);
  const passed = { ...noCounts, passed: 1 };
  const hour = new Map(config.monitors.map(({ key }) => [key, Array.from({ length: 60 }, () => passed)]));
  const day = new Map(config.monitors.map(({ key }) => [key, { ...noCounts, passed: 1_440 }]));
  const unfoldedAt = hourStart(startAt) - hourMs;
  for (let dayAt = dayStart(startAt) - daysKept * dayMs; dayAt < startAt; dayAt += dayMs) {
    for (let hourAt = dayAt; hourAt < Math.min(dayAt + dayMs, unfoldedAt); hourAt += hourMs)
      await ledger.saveHour({ location: region, hourAt, monitors: hour });
    if (dayAt + dayMs <= startAt) await ledger.saveDay({ location: region, dayAt, monitors: day });
  }
  const isBad = () => false;
  for (let at = unfoldedAt; at <= startAt; at += minuteMs) await saveTicks(ledger, config, at, isBad);
  const sandbox = await startSandbox(world, 'evaluate', config);
  try {
    const cold = (await sandbox.ask(startAt)) as Invoked;
    const warm: Invoked[] = [];
    for (let minute = 1; minute <= warmRuns; minute += 1) {
      await saveTicks(ledger, config, startAt + minute * minuteMs, isBad);
      warm.push((await sandbox.ask(startAt + minute * minuteMs)) as Invoked);
    }
    const sorted = warm.map(({ ms }) => ms).sort((a, b) => a - b);
    const peakMB = Math.max(cold.peakMB, ...warm.map((each) => each.peakMB));
    return { coldMs: cold.ms, msPerMinute: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN, peakMB };
  } finally {
    await sandbox.end();
    client.destroy();
  }
}

async function startSandbox(
  { root, endpoint, table, ca }: World,
  name: 'probe' | 'evaluate',
  { monitors }: Pick<Config, 'monitors'>,
): Promise<Child<string>> {
  const megabytes = 1_024 * gigabytesOf(name, { isLarge: isLarge(monitors.length) });
  const sandbox: Child<string> = await startChild(new URL('../budgets/sandbox.ts', import.meta.url), functionCore, {
    FUNCTION: name,
    BUNDLE: join(root, 'dist', name, 'index.js'),
    LEDGER_TABLE: table,
    ALERT_TOPIC_ARN: `arn:aws:sns:${region}:000000000000:fleet-dev-alerts`,
    BURNWATCH_SERVICE: 'fleet',
    BURNWATCH_ENVIRONMENT: 'dev',
    AWS_REGION: region,
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(megabytes),
    NODE_EXTRA_CA_CERTS: ca,
  });
  // Lambda lets a function start on a whole core. Not by real-time priority: its threads, all on one core, could wait for each other.
  await sandbox.ask('import');
  sandbox.prefer(Math.min(mostShare, megabytes / coreMegabytes));
  return sandbox;
}
