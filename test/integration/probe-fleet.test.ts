import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPacing } from '../../shared/app/probe/batch.ts';
import { type ProbeTickDeps, probeTick } from '../../shared/app/probe/probe.ts';
import { watchRunProbe } from '../../shared/app/probe/run.ts';
import type { Shard } from '../../shared/app/tick.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import type { HttpMonitor } from '../../shared/config/model.ts';
import { prepareHttp, runHttpAttempt } from '../../shared/http/attempt.ts';
import { planStarts } from '../../shared/probe/pacing.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { httpMonitor } from '../support/http-monitor.ts';
import { memoryLedger } from '../support/memory-ports.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const answerAfterMs = 50;
const monitorCount = 100;
/** Every third one, up to 30. */
const isHanging = (index: number) => index % 3 === 1 && index < 90;
/** The probe function has 30 s, and keeps 8 s of them for the row and the metrics. */
const deadlineMs = 22_000;

let healthy: Server;
let silent: RawServer;
/** When the healthy server got each request, by the id of its monitor; monotonic ms. */
const receivedAt = new Map<string, number>();

beforeAll(async () => {
  healthy = createServer((request, response) => {
    receivedAt.set(String(request.headers['x-probe']), performance.now());
    setTimeout(() => response.end('ok'), answerAfterMs);
  });
  healthy.listen(0, '127.0.0.1');
  await once(healthy, 'listening');
  silent = await startRawServer({});
});
afterAll(async () => {
  healthy.close();
  await silent.close();
});

function monitorAt(index: number): HttpMonitor {
  const id = `m${index}`;
  const { port } = healthy.address() as AddressInfo;
  const url = isHanging(index) ? silent.origin : `http://127.0.0.1:${port}/`;
  const retry = { limit: 1, delayMs: 1_000 };
  return httpMonitor({ id, key: index, timeoutMs: 5_000, retry, request: { url, headers: { 'x-probe': id } } });
}

/** Ticks as the probe function does, on a Lambda of 1,024 MB. */
async function tick(monitors: readonly HttpMonitor[]) {
  const ledger = memoryLedger();
  const pacing = createPacing(1_024 / 1_769);
  const plan = planStarts(monitors, pacing.costs, pacing.cpuShare);
  const { runProbe, stop } = watchRunProbe({
    clock: systemClock,
    runHttp: runHttpAttempt,
    allowOrigins: [],
    signer: () => async () => ({}),
    loadHeartbeat: async () => undefined,
    references: { parameter: async () => undefined, output: () => undefined },
  });
  const deadline = AbortSignal.timeout(deadlineMs);
  const startedAt = performance.now();
  let savedAfterMs = Number.POSITIVE_INFINITY;
  const deps: ProbeTickDeps = {
    clock: systemClock,
    runProbe,
    prepare: () => prepareHttp({ clock: systemClock }),
    pacing,
    loadLedger: async () => ({
      saveTick: async (row, id) => {
        savedAfterMs = performance.now() - startedAt;
        return ledger.store.saveTick(row, id);
      },
    }),
    loadPublisher: async () => async () => {},
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    invocationId: 'one',
    onWarning: () => {},
  };
  const shard: Shard = { service: 'shop', shard: 's00', monitors, maintenance: [] };
  const at = Math.floor(Date.now() / 60_000) * 60_000;
  const { results } = await probeTick(shard, at, deps, deadline);
  stop();
  return { results, plan, savedAfterMs, isInTime: !deadline.aborted, row: [...ledger.ticks.values()][0]?.tick };
}

const quantile = (values: readonly number[], q: number) =>
  values.toSorted((a, b) => a - b)[Math.ceil(q * values.length) - 1] ?? Number.NaN;
const latenciesOf = (results: readonly ProbeResult[]) =>
  results.filter(({ isContaminated }) => !isContaminated).map(({ latencyMs }) => latencyMs);

describe('a shard of 100 monitors of which 30 hang', () => {
  const monitors = () => Array.from({ length: monitorCount }, (_, index) => monitorAt(index));
  let alone: readonly ProbeResult[];
  let fleet: Awaited<ReturnType<typeof tick>>;

  beforeAll(async () => {
    const healthyOnes = monitors().filter((_, index) => !isHanging(index));
    const batches: ProbeResult[] = [];
    for (const monitor of healthyOnes.slice(0, 20)) batches.push(...(await tick([monitor])).results);
    alone = batches;
    receivedAt.clear();
    fleet = await tick(monitors());
  }, 40_000);

  const healthyResults = () => fleet.results.filter((_, index) => !isHanging(index));

  it('sends every other one within 100 ms of its planned start', () => {
    const [first = 0] = [receivedAt.get('m0')];
    const late = fleet.plan.flatMap(({ atMs }, index) =>
      isHanging(index) ? [] : [Math.abs((receivedAt.get(`m${index}`) ?? Number.NaN) - first - atMs)],
    );
    expect(late).toHaveLength(70);
    expect(Math.max(...late)).toBeLessThan(100);
  });

  it('measures every other one as if alone', () => {
    const [together, one] = [latenciesOf(healthyResults()), latenciesOf(alone)];
    expect(healthyResults().every(({ outcome, attempts }) => outcome === 'passed' && attempts === 1)).toBe(true);
    expect(together.length).toBeGreaterThan(35);
    expect(Math.abs(quantile(together, 0.5) - quantile(one, 0.5))).toBeLessThan(5);
    expect(quantile(together, 0.95) - quantile(one, 0.95)).toBeLessThan(20);
  });

  it('finds those that hang, confirmed by a second attempt', () => {
    const hanging = fleet.results.filter((_, index) => isHanging(index));
    expect(hanging).toHaveLength(30);
    for (const { outcome, errorType, attempts } of hanging)
      expect({ outcome, errorType, attempts }).toEqual({ outcome: 'failed', errorType: 'timeout', attempts: 2 });
  });

  it('writes its row at most 12 s after the tick, inside its deadline, and leaves no connection', async () => {
    expect(fleet.savedAfterMs).toBeLessThan(12_000);
    expect(fleet.isInTime).toBe(true);
    expect(fleet.row?.outcomes).toHaveLength(monitorCount);
    await silent.drained();
    expect(silent.openCount()).toBe(0);
  });
});
