import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import type { HttpMonitor } from '../../shared/config/model.ts';
import { aConfig, aMonitor } from '../support/config.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';
import { packageFor } from './outage.ts';
import { type OwnStack, openOwnStack, startOwnFunction } from './own-stack.ts';

const minuteMs = 60_000;
const paceMs = 30_000;
const folder = temporaryFolder();
let startedAt: number;
let local: Running;
let silent: RawServer;
let target: { readonly origin: string; hits: number; close(): void };

beforeAll(async () => {
  startedAt = Date.now();
  local = await startLocalMode(join(folder.path, 'data'), '--interval', '30s');
  silent = await startRawServer({});
  target = await startTarget();
}, 30_000);
afterAll(async () => {
  await endAll(local);
  await silent.close();
  target.close();
  folder.remove();
});

/** A healthy target that takes its time, always the same. */
async function startTarget() {
  const counted = { hits: 0 };
  const server = createServer((_, response) => {
    counted.hits += 1;
    setTimeout(() => response.end('ok'), answerMs);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(counted, { origin, close: () => server.close() });
}
const answerMs = 100;

const scheduled = (at: number) => ({ scheduledTime: new Date(at).toISOString(), shard: 's00' });

/** Invokes the probe that local mode runs, over the endpoint of Lambda. */
async function invokeProbe(at: number): Promise<void> {
  const address = `${local.aws}/2015-03-31/functions/probe/invocations`;
  const answer = await fetch(address, { method: 'POST', body: JSON.stringify(scheduled(at)) });
  expect([answer.status, answer.headers.get('x-amz-function-error')]).toEqual([200, null]);
}

describe('a tick', () => {
  const samplesAt = async (at: number) => {
    const client = new CloudWatchClient({
      endpoint: local.aws,
      region: 'us-east-1',
      credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    });
    const { Datapoints } = await client.send(
      new GetMetricStatisticsCommand({
        Namespace: 'Burnwatch',
        MetricName: 'ProbeLatency',
        Dimensions: [
          { Name: 'Service', Value: 'shortener' },
          { Name: 'Environment', Value: 'local' },
          { Name: 'Monitor', Value: 'shortener-health' },
        ],
        StartTime: new Date(at),
        EndTime: new Date(at + paceMs),
        Period: paceMs / 1_000,
        Statistics: ['SampleCount'],
      }),
    );
    client.destroy();
    return Datapoints?.map(({ SampleCount }) => SampleCount);
  };

  it('counts once however often it is delivered, and two at once count once each', async () => {
    await local.until(({ monitors }) => monitors[0]?.state !== 'waiting', 10_000);
    // Ticks from before local mode began, so that nobody else speaks for them; still young enough to be taken.
    const [one, other] = [1, 2].map((ago) => Math.floor(startedAt / paceMs - ago) * paceMs) as [number, number];
    await Promise.all([one, one, one, other, other].map(invokeProbe));
    await invokeProbe(other);
    await invokeProbe(one);
    const { slos, monitors } = await local.state();
    const history = monitors[0]?.history.map(({ at }) => at) ?? [];
    expect(history.filter((at) => at <= one)).toEqual([other, one]);
    expect((slos[0]?.goodEvents ?? 0) + (slos[0]?.badEvents ?? 0)).toBe(history.length);
    // Of a sample that was taken without CPU there is no latency: on a busy machine a tick may have none, and never two.
    const measured = (at: number) => (monitors[0]?.history.find((each) => each.at === at)?.isContaminated ? [] : [1]);
    expect([await samplesAt(one), await samplesAt(other)]).toEqual([measured(one), measured(other)]);
  }, 30_000);
});

describe('a shard in which targets hang', () => {
  const good = Array.from({ length: 14 }, (_, index) => monitorOf(`good-${index}`, () => target.origin));
  const hanging = (timeoutMs: number) =>
    Array.from({ length: 6 }, (_, index) => monitorOf(`hangs-${index}`, () => silent.origin, timeoutMs));

  function monitorOf(id: string, origin: () => string, timeoutMs = 2_000): () => HttpMonitor {
    const request = () => ({ ...aMonitor().request, url: `${origin()}/` });
    return () =>
      aMonitor({
        id,
        timeoutMs,
        retry: { limit: 1, delayMs: 200 },
        allowPrivate: true,
        alerts: [],
        request: request(),
      });
  }

  /** One tick of a shard of these monitors, in a function that may run so long; what its row says. */
  async function tickOf(name: string, monitors: readonly (() => HttpMonitor)[], timeoutMs: number) {
    const config = aConfig({ monitors: monitors.map((make) => make()), slos: [] });
    const outdir = packageFor(local, config, join(folder.path, name));
    const stack: OwnStack = await openOwnStack(local);
    const probe = startOwnFunction('probe', outdir, stack, local.aws, timeoutMs);
    await probe.invoke({ monitors: [] }); // warm, as in all ticks but the first
    const at = Math.floor(Date.now() / minuteMs) * minuteMs;
    const { isError, durationMs } = await probe.invoke(scheduled(at));
    await probe.kill();
    const [tick] = await stack.ledger.loadTicks('us-east-1', at, at);
    const keys = new Map(config.monitors.map(({ id, key }) => [key, id]));
    const rows = (tick?.outcomes ?? []).map((row) => ({ ...row, id: keys.get(row.monitorKey) ?? '' }));
    const outcomes = (prefix: string) => [
      ...new Set(rows.filter(({ id }) => id.startsWith(prefix)).map(({ outcome }) => outcome)),
    ];
    const latencies = rows.flatMap(({ id, latencyMs }) => (id.startsWith('good') ? [latencyMs ?? 0] : []));
    return {
      isError,
      durationMs,
      count: rows.length,
      outcomes,
      median: medianOf(latencies),
      worst: Math.max(...latencies),
    };
  }
  const medianOf = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

  it('the others are measured as if they were alone, and the row is written as soon as the hanging ones are known', async () => {
    const alone = await tickOf('alone', good, 30_000);
    const together = await tickOf('together', [...good, ...hanging(1_000)], 30_000);
    expect([alone.isError, together.isError, together.count]).toEqual([false, false, 20]);
    expect([together.outcomes('good'), together.outcomes('hangs')]).toEqual([['passed'], ['failed']]);
    process.stdout.write(
      `${alone.median.toFixed(1)} ms alone, ${together.median.toFixed(1)} ms beside 6 that hang (worst ${alone.worst.toFixed(1)} and ${together.worst.toFixed(1)} ms); the tick took ${together.durationMs.toFixed(0)} ms\n`,
    );
    expect(Math.abs(together.median - alone.median)).toBeLessThan(30);
    expect(together.durationMs).toBeLessThan(2 * 1_000 + 200 + 2_000);
  }, 30_000);

  it('ends inside the deadline of its function, even when they may hang for longer', async () => {
    const { isError, durationMs, count, outcomes, worst } = await tickOf(
      'deadline',
      [...good, ...hanging(60_000)],
      11_000,
    );
    expect([isError, count, outcomes('good'), outcomes('hangs')]).toEqual([false, 20, ['passed'], ['unknown']]);
    expect([durationMs < 6_000, worst < 1_000]).toEqual([true, true]);
  }, 30_000);
});
