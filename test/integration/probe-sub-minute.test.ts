import { createPacing } from '../../shared/app/probe/batch.ts';
import { type ProbeTickDeps, probeTick } from '../../shared/app/probe/probe.ts';
import { watchRunProbe } from '../../shared/app/probe/run.ts';
import type { Shard } from '../../shared/app/tick.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { prepareHttp, runHttpAttempt } from '../../shared/http/attempt.ts';
import type { Datum } from '../../shared/metrics/model.ts';
import { httpMonitor } from '../support/http-monitor.ts';
import { memoryLedger } from '../support/memory-ports.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

/** A span of four seconds stands for the minute: everything but its length is real. */
const spanMs = 4_000;
const intervalMs = 1_000;
let server: RawServer;
const receivedAt: number[] = [];

beforeAll(async () => {
  server = await startRawServer({
    onRequest: (socket) => {
      receivedAt.push(performance.now());
      // The second one hangs for longer than two intervals.
      setTimeout(
        () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'),
        receivedAt.length === 2 ? 2_300 : 10,
      );
    },
  });
});
afterAll(() => server.close());

describe('a shard of monitors with sub-minute intervals, against a real target', () => {
  it('is probed at the pace of its interval, with a row each and one publication, although one probe hangs', async () => {
    const ledger = memoryLedger();
    const published: (readonly Datum[])[] = [];
    const { runProbe, stop } = watchRunProbe({
      clock: systemClock,
      runHttp: runHttpAttempt,
      allowOrigins: [],
      signer: () => async () => ({}),
      loadHeartbeat: async () => undefined,
      references: { parameter: async () => undefined, output: () => undefined },
    });
    const deps: ProbeTickDeps = {
      clock: systemClock,
      runProbe,
      prepare: () => prepareHttp({ clock: systemClock }),
      pacing: createPacing(1),
      loadLedger: async () => ledger.store,
      loadPublisher: async () => async (datums) => void published.push(datums),
      identity: { service: 'shop', environment: 'dev' },
      location: 'eu-west-1',
      invocationId: 'one',
      onWarning: () => {},
    };
    await deps.prepare([]);
    const monitor = httpMonitor({ intervalMs, timeoutMs: 5_000, request: { url: server.origin } });
    const shard: Shard = { service: 'shop', shard: 'f00', monitors: [monitor], maintenance: [], spanMs };
    const at = Math.floor(Date.now() / intervalMs) * intervalMs;
    const summary = await probeTick(shard, at, deps, AbortSignal.timeout(20_000));
    stop();

    const [first = 0] = receivedAt;
    const offsets = receivedAt.map((received) => received - first);
    expect(offsets).toHaveLength(4);
    for (const [index, offset] of offsets.entries()) expect(Math.abs(offset - index * intervalMs)).toBeLessThan(100);
    const rows = [...ledger.ticks.values()].map(({ tick }) => [(tick.at - at) / intervalMs, tick.outcomes[0]?.outcome]);
    // In the order in which they were written: the slow one came after its successors.
    expect(rows.map(([offset]) => offset)).toEqual([0, 2, 3, 1]);
    expect(rows.map(([, outcome]) => outcome)).toEqual(['passed', 'passed', 'passed', 'passed']);
    expect(summary.saved).toBe('saved');
    const [datums = []] = published;
    expect(published).toHaveLength(1);
    expect(datums.map(({ name, at: datumAt }) => [name, datumAt])).toEqual([['ProbeLatency', at]]);
  }, 20_000);
});
