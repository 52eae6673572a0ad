import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, writeRuntimeConfig } from '../../infra/build.ts';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { createVerdictReader } from '../../shared/aws/burst-verdicts.ts';
import type { BurstSummary } from '../../shared/burst/model.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { startBurstFunction, startFakeAws } from '../support/burst-function.ts';
import { startDynamoDb } from '../support/dynamodb.ts';

import.meta.jest.setTimeout(60_000);
const table = 'shop-test-ledger';
const secret = 'planted-secret-5d1e';
const outdir = mkdtempSync(join(tmpdir(), 'burnwatch-burst-'));
const seen: { at: number; url: string; key: string | undefined }[] = [];
let target: Server;
let db: Awaited<ReturnType<typeof startDynamoDb>>;
let aws: Awaited<ReturnType<typeof startFakeAws>>;
const running: ReturnType<typeof startBurstFunction>[] = [];

const configText = (origin: string) => `version: 1
service: shop
monitors:
  site: { type: http, allowPrivate: true, request: { url: "${origin}/health" } }
  buy:
    type: flow
    allowPrivate: true
    steps: [{ id: look, request: { url: "${origin}/flow" }, assertions: [status == 200] }]
bursts:
  demo:
    schedule: cron(0 3 * * ? *)
    allowPrivate: true
    request: { url: "${origin}/demo", headers: { x-api-key: "\${ssm:/shop/key}" } }
    stages: [{ hold: 100/s, for: 1200ms }]
    thresholds: [errorRatio < 1%, dropped == 0]
  together:
    schedule: cron(0 3 * * ? *)
    allowPrivate: true
    shards: 2
    mix: [{ weight: 3, request: { url: "${origin}/a" } }, { weight: 1, flow: buy }]
    stages: [{ hold: 100/s, for: 1s }]
  broken:
    allowPrivate: true
    request: { url: "${origin}/503" }
    concurrency: 5
    requests: 50
    thresholds: [errorRatio < 1%]
  guarded:
    allowPrivate: true
    requireBudget: { left: 50%, slos: [site] }
    request: { url: "${origin}/never" }
    concurrency: 1
    requests: 1
slos:
  site: { indicator: { monitors: [site] }, objective: 99%, window: 7d }
`;

beforeAll(async () => {
  target = createServer((request, response) => {
    const { url = '' } = request;
    seen.push({ at: Date.now(), url, key: request.headers['x-api-key'] as string | undefined });
    response.statusCode = url === '/503' ? 503 : 200;
    response.end('ok');
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const parsed = parseConfig(configText(`http://127.0.0.1:${(target.address() as AddressInfo).port}`), {
    file: 'monitors.yml',
    env: {},
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  await bundle(process.cwd(), outdir);
  writeRuntimeConfig(parsed.config, outdir);
}, 60_000);
afterAll(async () => {
  rmSync(outdir, { recursive: true, force: true });
  target.closeAllConnections();
  await new Promise((closed) => target.close(closed));
});
beforeEach(async () => {
  seen.length = 0;
  [db, aws] = await Promise.all([startDynamoDb(table), startFakeAws(secret)]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((each) => each.close()));
  await Promise.all([db.stop(), aws.close()]);
});

const start = () => {
  const environment = {
    LEDGER_TABLE: table,
    AWS_ENDPOINT_URL_DYNAMODB: db.endpoint,
    AWS_ENDPOINT_URL_CLOUDWATCH: aws.endpoint,
    AWS_ENDPOINT_URL_SSM: aws.endpoint,
  };
  const started = startBurstFunction(outdir, environment);
  running.push(started);
  return started;
};
const urls = () => seen.map(({ url }) => url);
const scheduled = (at: number, burst: string, shard = 0) => ({
  scheduledTime: new Date(at).toISOString(),
  burst,
  shard,
});

describe('the burst function by hand', () => {
  it('sends the burst, answers its summary, and asks AWS for nothing but its secret', async () => {
    const { isError, answer } = await start().invoke({ burst: 'demo' });
    expect(isError).toBe(false);
    expect(answer as BurstSummary).toMatchObject({
      burst: 'demo',
      requests: 120,
      failures: 0,
      dropped: 0,
      statusCodes: { '200': 120 },
      thresholds: [{ passed: true }, { passed: true }],
    });
    expect(seen).toHaveLength(120);
    expect(seen.every(({ key }) => key === secret)).toBe(true);
    expect([db.operations, aws.asked]).toEqual([[], ['GetParameter']]);
  });

  it('tells how it goes on in its log, and no secret', async () => {
    const burst = start();
    await burst.invoke({ burst: 'demo' });
    const [line] = burst.lines().filter(({ message }) => message === 'burst under way');
    expect(line).toMatchObject({ 'burnwatch.burst': 'demo', 'burnwatch.burst.scheduled': 120 });
    expect(burst.lines().map(({ message }) => message)).toContain('burst sent');
    expect(burst.log()).not.toContain(secret);
  });

  it('that is recorded is kept and published', async () => {
    const { answer } = await start().invoke({ burst: 'broken', record: true });
    expect(answer).toMatchObject({ requests: 50, failures: 50, thresholds: [{ passed: false, actual: 1 }] });
    const [run] = await createBurstStore(db.client, table).loadRuns('broken', Date.now(), 1);
    expect(run?.summary).toEqual(answer);
    expect(await createVerdictReader(db.client, table)()).toMatchObject([{ burst: 'broken', outcome: 'failed' }]);
    expect(aws.published.map(({ name, samples, burst }) => [name, samples, burst])).toEqual([
      ['BurstLatency', 50, 'broken'],
      ['BurstFailures', 50, 'broken'],
      ['BurstUnmet', 1, 'broken'],
    ]);
  });

  it.each([
    [{ burst: 'nobody' }, 'no burst is called nobody; there are demo, together, broken, guarded'],
    [{}, 'burst must be the id of a burst; by hand the event is {"burst": "id", "record": false}'],
    [{ burst: 'guarded' }, 'guarded was not sent: nothing is known of the SLO site yet'],
  ])('%j is refused: %s', async (event, message) => {
    const { isError, answer } = await start().invoke(event);
    expect([isError, answer.errorMessage]).toEqual([true, message]);
    expect(seen).toEqual([]);
  });
});

describe('the burst function on schedule', () => {
  it('sends once what is delivered twice, to two sandboxes at once', async () => {
    const at = Math.floor(Date.now() / 1_000) * 1_000;
    const answers = await Promise.all([start(), start()].map((each) => each.invoke(scheduled(at, 'demo'))));
    expect(answers.map(({ answer }) => answer.outcome).toSorted()).toEqual(['duplicate', 'sent']);
    expect(seen).toHaveLength(120);
    const [run] = await createBurstStore(db.client, table).loadRuns('demo', Date.now(), 1);
    expect(run).toMatchObject({ runAt: at, summary: { requests: 120 } });
    expect(aws.published).toEqual([
      { name: 'BurstLatency', samples: 120, at: new Date(at).toISOString(), burst: 'demo' },
    ]);
  });

  it('begins at the agreed instant in every shard, and merges them once', async () => {
    const beginsAt = Math.ceil(Date.now() / 1_000) * 1_000 + 3_000;
    const at = beginsAt - 60_000;
    const shards = [start(), start()];
    const answers = await Promise.all(shards.map((each, shard) => each.invoke(scheduled(at, 'together', shard))));
    expect(answers.map(({ answer }) => answer.outcome)).toEqual(['sent', 'sent']);
    expect(seen).toHaveLength(100);
    // Three requests and one flow in every four starts of the whole.
    expect(urls().filter((url) => url === '/flow')).toHaveLength(25);
    const first = seen.map((each) => each.at - beginsAt).toSorted((a, b) => a - b)[0] ?? -1;
    expect(first).toBeGreaterThanOrEqual(-5);
    expect(first).toBeLessThan(250);
    const [run] = await createBurstStore(db.client, table).loadRuns('together', Date.now(), 1);
    expect(run?.summary).toMatchObject({
      requests: 100,
      failures: 0,
      statusCodes: { '200': 75 },
      shards: { expected: 2, merged: 2, missing: [] },
    });
    expect(aws.published.map(({ name, samples }) => [name, samples])).toEqual([['BurstLatency', 100]]);
    expect(await createVerdictReader(db.client, table)()).toMatchObject([
      { burst: 'together', runAt: at, outcome: 'passed' },
    ]);
  });

  it('leaves out the shard that comes after the instant, and says so', async () => {
    const at = Math.floor(Date.now() / 1_000) * 1_000 - 61_000;
    const late = start();
    expect((await late.invoke(scheduled(at, 'together', 1))).answer).toEqual({ outcome: 'void' });
    expect(seen).toEqual([]);
    expect(late.lines().map(({ message }) => message)).toContain('burst void: nothing was sent');
    expect(await createVerdictReader(db.client, table)()).toMatchObject([{ outcome: 'void' }]);
  });

  it('keeps a run whose answers were lost, once', async () => {
    const lost = new Set<string>();
    db.setFault((operation) => {
      if (lost.has(operation) || operation === 'GetItem') return 'pass';
      lost.add(operation);
      return 'lose-answer';
    });
    const at = Math.floor(Date.now() / 1_000) * 1_000;
    expect((await start().invoke(scheduled(at, 'demo'))).answer).toEqual({ outcome: 'sent' });
    expect(lost).toEqual(new Set(['PutItem', 'UpdateItem']));
    expect(seen).toHaveLength(120);
    expect(aws.published).toHaveLength(1);
    expect(await createVerdictReader(db.client, table)()).toHaveLength(1);
  });

  it('fails, and sends nothing, while DynamoDB refuses', async () => {
    db.setFault(() => 'throttle');
    const { isError, answer } = await start().invoke(scheduled(Date.now(), 'demo'));
    expect([isError, answer.errorType]).toEqual([true, 'ThrottlingException']);
    expect(seen).toEqual([]);
  });
});
