import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { bundle, writeRuntimeConfig } from '../../infra/build.ts';
import { createFunctionHost, type FunctionHost } from '../../infra/local/function/host.ts';
import { parseConfig } from '../../shared/config/parse/index.ts';
import { decodeTick } from '../../shared/ledger/codec.ts';
import { installTools, NoEmulator, python } from './emulator.ts';

/** A Tuesday that is over long ago would be refused by CloudWatch: the minute that has just begun. */
const at = Math.floor(Date.now() / 60_000) * 60_000;
const stampOf = (instant: number) => new Date(instant).toISOString();

const configText = (origin: string) => `
version: 1
service: shop
channels:
  oncall: { type: email, to: oncall@example.com }
monitors:
  good: { type: http, allowPrivate: true, retry: { limit: 0 }, request: { url: "${origin}/200" } }
  bad:
    type: http
    allowPrivate: true
    retry: { limit: 0 }
    request: { url: "${origin}/500" }
    alerts: [{ for: { failures: 1, of: 1 }, recover: { successes: 1 }, notify: [oncall] }]
slos:
  availability: { indicator: { monitors: [good, bad] }, objective: 99%, window: 7d }
`;

const problem = await installTools().catch((error: unknown) => error);
if (problem instanceof NoEmulator) test.skip(`one tick, call by call (not run: ${problem.message})`, () => {});
else describe('one tick and its evaluation, call by call, against moto', story);

function story(): void {
  const outdir = mkdtempSync(join(tmpdir(), 'burnwatch-tick-'));
  let target: Server;
  let moto: Moto;
  let probe: FunctionHost;
  let evaluate: FunctionHost;

  beforeAll(async () => {
    target = createServer((request, response) => response.writeHead(Number(request.url?.slice(1))).end('ok'));
    await new Promise<void>((done) => target.listen(0, '127.0.0.1', done));
    const { port } = target.address() as AddressInfo;
    const parsed = parseConfig(configText(`http://127.0.0.1:${port}`), { file: 'monitors.yml', env: {} });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
    await bundle(process.cwd(), outdir);
    writeRuntimeConfig(parsed.config, outdir);
    moto = await startMoto();
    probe = start('probe');
    evaluate = start('evaluate');
  }, 300_000);

  afterAll(async () => {
    await Promise.all([probe?.close(1_000), evaluate?.close(1_000)]);
    await moto?.stop();
    target.closeAllConnections();
    await new Promise((done) => target.close(done));
    rmSync(outdir, { recursive: true, force: true });
  }, 30_000);

  const start = (name: string) =>
    createFunctionHost(
      {
        name,
        functionName: `shop-test-${name}`,
        functionArn: `arn:aws:lambda:us-east-1:123456789012:function:shop-test-${name}`,
        file: join(outdir, name, 'index.js'),
        environment: {
          AWS_ENDPOINT_URL: moto.endpoint,
          AWS_REGION: 'us-east-1',
          AWS_ACCESS_KEY_ID: 'x',
          AWS_SECRET_ACCESS_KEY: 'x',
          BURNWATCH_SERVICE: 'shop',
          BURNWATCH_ENVIRONMENT: 'test',
          LEDGER_TABLE: 'shop-test-ledger',
          ALERT_TOPIC_ARN: moto.topic,
        },
        timeoutMs: 60_000,
        memoryMegabytes: 512,
      },
      () => {},
    );

  const invoke = async (host: FunctionHost, event: object) => {
    const { isError, payload, logTail } = await host.invoke(JSON.stringify(event));
    if (isError) throw new Error(`${payload}\n${logTail}`);
    return payload;
  };

  test('probe writes one row and publishes its datums, however often it is told to', async () => {
    const event = { scheduledTime: stampOf(at), shard: 's00' };
    await invoke(probe, event);
    await invoke(probe, event);
    const { datums, items, published } = await moto.dump();
    expect(published).toEqual([]);
    expect(items).toHaveLength(1);
    const { pk, sk } = items[0] ?? {};
    expect(pk).toEqual({ S: `tick#us-east-1#${stampOf(at).slice(0, 13)}` });
    expect(sk).toEqual({ S: `${stampOf(at).slice(14, 19)}#s00` });
    const outcomes = outcomesOf(items[0]);
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'passed']);
    // Where this machine was short of CPU the row says so, and the latency is not published as the target's.
    const measured = outcomes.filter(({ isContaminated }) => !isContaminated);
    const latencies = measured.map(({ outcome }) =>
      datum('ProbeLatency', 'Milliseconds', outcome === 'failed' ? 'bad' : 'good', 'a latency'),
    );
    expect(datums.map(withoutTime).sort(byName)).toEqual(
      [datum('ProbeFailures', 'Count', 'bad', 1), ...latencies].sort(byName),
    );
    expect(new Set(datums.map((each) => each.at))).toEqual(new Set([at]));
  }, 300_000);

  test('evaluate tells of the failure once, and writes its state before and after', async () => {
    const event = { scheduledTime: stampOf(at) };
    await invoke(evaluate, event);
    await invoke(evaluate, event);
    const { datums, items, published } = await moto.dump();
    expect(published).toHaveLength(1);
    const [{ subject, text, attributes } = { subject: '', text: '', attributes: {} }] = published;
    expect(subject).toContain('bad');
    expect(Object.keys(JSON.parse(text)).sort()).toEqual(['default', 'email']);
    expect(attributes).toMatchObject({ kind: { Value: 'fired' }, channels: { Value: '["oncall"]' } });
    const state = items.filter(({ pk }) => pk?.S === 'alerts');
    expect(state).toHaveLength(1);
    expect(Object.keys(state[0] ?? {}).filter((name) => name.startsWith('o#'))).toEqual([]);
    expect(items.map(({ pk }) => pk?.S?.split('#')[0]).sort()).toEqual(['alerts', 'tick']);
    // One bad event of the 120 that an hour expects, at an objective of 99 %.
    const [burnRate, ...others] = datums.filter(({ dimensions }) => 'Slo' in dimensions);
    expect(others.map(({ name }) => name)).toEqual(['BurnRate']);
    expect(burnRate?.value).toBeCloseTo(1 / 120 / 0.01, 6);
  }, 300_000);
}

type Item = Readonly<Record<string, { readonly S?: string; readonly B?: string | { readonly base64: string } }>>;
type MotoDatum = {
  readonly namespace: string;
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly at: number;
  readonly dimensions: Readonly<Record<string, string>>;
};
type Dump = {
  readonly datums: readonly MotoDatum[];
  readonly items: readonly Item[];
  readonly published: readonly {
    readonly subject: string;
    readonly text: string;
    readonly attributes: Readonly<Record<string, unknown>>;
  }[];
};
type Moto = { readonly endpoint: string; readonly topic: string; dump(): Promise<Dump>; stop(): Promise<void> };

/** What moto was really sent, read from its own memory: it alone keeps every datum and every message as it came. */
async function startMoto(): Promise<Moto> {
  const child: ChildProcessWithoutNullStreams = spawn(python, [resolve('test', 'deploy', 'tick.py')]);
  child.stderr.resume();
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const read = async () => JSON.parse(String((await lines.next()).value));
  const stop = () =>
    new Promise<void>((done) => {
      child.once('exit', () => done());
      child.stdin.end('\n');
    });
  const ask = async () => {
    child.stdin.write('dump\n');
    return (await read()) as Dump;
  };
  return { ...((await read()) as { endpoint: string; topic: string }), dump: ask, stop };
}

function outcomesOf(item: Item | undefined) {
  const { data } = item ?? {};
  const bytes = typeof data?.B === 'string' ? data.B : data?.B?.base64;
  return decodeTick(Buffer.from(bytes ?? '', 'base64'));
}

function datum(name: string, unit: string, monitor: string, value: number | string) {
  const dimensions = { Service: 'shop', Environment: 'test', Monitor: monitor };
  return { namespace: 'Burnwatch', name, unit, value, dimensions };
}

function withoutTime({ namespace, name, unit, value, dimensions }: MotoDatum) {
  return { namespace, name, unit, value: name.endsWith('Latency') && value > 0 ? 'a latency' : value, dimensions };
}

const byName = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
