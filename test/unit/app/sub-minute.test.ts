import { createPacing } from '../../../shared/app/probe/batch.ts';
import { type ProbeTickDeps, probeTick } from '../../../shared/app/probe/probe.ts';
import { isDue, offsetsOf, type Shard } from '../../../shared/app/tick.ts';
import type { Clock } from '../../../shared/clock/clock.ts';
import type { Monitor } from '../../../shared/config/model.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { aMonitor } from '../../support/config.ts';
import { memoryLedger } from '../../support/memory-ports.ts';

const tickAt = Date.parse('2026-03-02T10:00:00Z');
const never = new AbortController().signal;
const second = 1_000;

/** Time that goes on when everybody sleeps: the earliest sleeper wakes next. */
function virtualClock(startAt: number) {
  let elapsedMs = 0;
  const sleepers = new Set<{ untilMs: number; wake: () => void }>();
  const clock: Clock = {
    now: () => startAt + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        const sleeper = { untilMs: elapsedMs + ms, wake: resolve };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', () => sleepers.delete(sleeper) && reject(signal.reason));
      }),
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const run = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false;
    const done = work.finally(() => {
      isDone = true;
    });
    done.catch(() => {}); // told to who awaits it
    for (await settled(); !isDone; await settled()) {
      const [next] = [...sleepers].sort((a, b) => a.untilMs - b.untilMs);
      if (next === undefined) continue;
      sleepers.delete(next);
      elapsedMs = Math.max(elapsedMs, next.untilMs);
      next.wake();
    }
    return done;
  };
  return { clock, run };
}

type Behaviour = (monitor: Monitor, offsetMs: number) => Partial<ProbeResult> & { takesMs?: number };

function setUp(behave: Behaviour = () => ({}), lateMs = 700) {
  const ledger = memoryLedger();
  const { clock, run } = virtualClock(tickAt + lateMs);
  const probed: string[] = [];
  const saves: string[] = [];
  const published: (readonly Datum[])[] = [];
  const deps = (invocationId: string): ProbeTickDeps => ({
    clock,
    runProbe: async (monitor, signal, at = 0) => {
      const startedMs = Math.round(clock.monotonicMs() / 100) * 100;
      probed.push(`${monitor.id} ${startedMs / second}`);
      const { takesMs = 10, ...change } = behave(monitor, at - tickAt);
      await clock.sleep(takesMs, signal).catch(() => {});
      return { ...passed, ...change, monitor: monitor.id };
    },
    prepare: async () => {},
    pacing: createPacing(1, () => 0),
    loadLedger: async () => ({
      saveTick: async (tick, id) => {
        saves.push(`${(tick.at - tickAt) / second} after ${Math.round(clock.monotonicMs() / 100) / 10}`);
        return ledger.store.saveTick(tick, id);
      },
    }),
    loadPublisher: async () => async (datums) => void published.push(datums),
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    invocationId,
    onWarning: () => {},
  });
  const tick = (shard: Shard, id = 'first', signal = never) => run(probeTick(shard, tickAt, deps(id), signal));
  return { ledger, probed, saves, published, deps, run, tick };
}

const passed: ProbeResult = {
  monitor: '',
  outcome: 'passed',
  attempts: 1,
  latencyMs: 12,
  phases: { resolveMs: 0, connectMs: 2, tlsMs: 0, processingMs: 10, transferMs: 0 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
const every = (seconds: number, id = `every${seconds}`) =>
  aMonitor({ id, key: seconds, intervalMs: seconds * second, retry: { limit: 0, delayMs: 0 } });
const shardOf = (...monitors: Monitor[]): Shard => {
  return { service: 'shop', shard: 'f00', monitors, maintenance: [], spanMs: 60 * second };
};

describe('the offsets of a minute', () => {
  it.each([
    [[5], [0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]],
    [[12], [0, 12, 24, 36, 48]],
    [[30], [0, 30]],
    [
      [20, 15],
      [0, 15, 20, 30, 40, 45],
    ],
    [[], []],
  ])('of intervals of %j s are %j s', (intervals, expected) => {
    expect(
      offsetsOf(
        intervals.map((seconds) => every(seconds)),
        tickAt,
        60 * second,
      ),
    ).toEqual(expected.map((seconds) => seconds * second));
  });

  it.each([5, 6, 10, 12, 15, 20, 30])('of %i s are the instants at which it is due', (seconds) => {
    const monitor = every(seconds);
    const due = Array.from({ length: 60 }, (_, at) => at * second).filter((at) => isDue(monitor, tickAt + at));
    expect(offsetsOf([monitor], tickAt, 60 * second)).toEqual(due);
  });
});

describe('a minute of monitors with sub-minute intervals', () => {
  it('writes a row for each offset once all of it is probed, with what was due then', async () => {
    const { tick, saves, ledger } = setUp();
    const summary = await tick(shardOf(every(20), every(30)));
    expect(saves).toEqual(['0 after 2.5', '20 after 20', '30 after 30', '40 after 40']);
    const rows = [...ledger.ticks.values()].map(({ tick: row }) => [
      (row.at - tickAt) / second,
      row.shard,
      row.outcomes.map(({ monitorKey }) => monitorKey),
    ]);
    expect(rows).toEqual([
      [0, 'f00', [20, 30]],
      [20, 'f00', [20]],
      [30, 'f00', [30]],
      [40, 'f00', [20]],
    ]);
    expect(summary).toMatchObject({ saved: 'saved', at: tickAt });
    expect(summary.results).toHaveLength(5);
  });

  it('spreads what is due at once over a quarter of the time to the next offset, but not at the last, which ends it', async () => {
    const { tick, probed } = setUp();
    await tick(shardOf(every(20, 'a'), every(20, 'b'), every(20, 'c'), every(20, 'd')));
    const [first, last] = [probed.slice(0, 4), probed.slice(8)];
    expect(first).toEqual(['a 0', 'b 1.3', 'c 2.5', 'd 3.8']);
    expect(last).toEqual(['a 40', 'b 40', 'c 40', 'd 40']);
  });

  it('keeps the distance of its offsets when it comes late', async () => {
    const { tick, probed, ledger } = setUp(undefined, 47_300);
    await tick(shardOf(every(15)));
    expect(probed).toEqual(['every15 0', 'every15 15', 'every15 30', 'every15 45']);
    expect([...ledger.ticks.values()].map(({ tick: { at } }) => at - tickAt)).toEqual([0, 15_000, 30_000, 45_000]);
  });

  it('is not probed when it comes too late', async () => {
    const { tick, probed } = setUp(undefined, 180_001);
    expect((await tick(shardOf(every(15)))).saved).toBe('late');
    expect(probed).toEqual([]);
  });

  it('does not let a slow target delay the next offset', async () => {
    const { tick, saves } = setUp((_, offsetMs) => (offsetMs === 10_000 ? { takesMs: 14_000 } : {}));
    await tick(shardOf(every(10)));
    expect(saves).toEqual(['0 after 0', '20 after 20', '10 after 24', '30 after 30', '40 after 40', '50 after 50']);
  });

  it('publishes once, each latency with its count and failures added up', async () => {
    const { tick, published } = setUp((_, offsetMs) =>
      offsetMs >= 40_000 ? { outcome: 'failed', latencyMs: 30 } : { isContaminated: offsetMs === 10_000 },
    );
    await tick(shardOf(every(10)));
    const dimensions = { Service: 'shop', Environment: 'dev', Monitor: 'every10' };
    expect(published).toEqual([
      [
        { name: 'ProbeLatency', unit: 'Milliseconds', at: tickAt, dimensions, values: [12, 30], counts: [3, 2] },
        { name: 'ProbeFailures', unit: 'Count', at: tickAt, dimensions, value: 2 },
      ],
    ]);
  });

  it('marks contaminated samples in their rows', async () => {
    const { tick, ledger } = setUp((_, offsetMs) => ({ isContaminated: offsetMs === 30_000 }));
    await tick(shardOf(every(30)));
    const marks = [...ledger.ticks.values()].map(({ tick: { outcomes } }) => outcomes[0]?.isContaminated);
    expect(marks).toEqual([false, true]);
  });

  it('delivered twice loses its first row to the other invocation, ends then, and publishes nothing', async () => {
    const { deps, run, ledger, probed, published } = setUp();
    const shard = shardOf(every(5));
    const summaries = await run(
      Promise.all(['first', 'second'].map((id) => probeTick(shard, tickAt, deps(id), never))),
    );
    expect(summaries.map(({ saved }) => saved)).toEqual(['saved', 'duplicate']);
    expect(new Set([...ledger.ticks.values()].map(({ id }) => id))).toEqual(new Set(['first']));
    expect(ledger.ticks.size).toBe(12);
    expect(probed).toHaveLength(13);
    expect(published).toHaveLength(1);
  });

  it('delivered twice, with targets so slow that each wins a row, is carried on by both', async () => {
    const { deps, run, ledger } = setUp();
    const shard = shardOf(every(20));
    const slowAt = (offsets: readonly number[], id: string): ProbeTickDeps => {
      const { runProbe, ...rest } = deps(id);
      return {
        ...rest,
        runProbe: async (monitor, signal, at = 0) => {
          if (offsets.includes(at - tickAt)) await rest.clock.sleep(25_000);
          return runProbe(monitor, signal, at);
        },
      };
    };
    const both = [slowAt([0], 'one'), slowAt([20_000], 'other')];
    await run(Promise.all(both.map((each) => probeTick(shard, tickAt, each, never))));
    const winners = [...ledger.ticks.values()].map(({ id, tick: { at } }) => [at - tickAt, id]);
    expect(winners).toEqual([
      [0, 'other'],
      [20_000, 'one'],
      [40_000, 'one'],
    ]);
  });

  it('overlapping the next one keeps its rows and metrics to itself', async () => {
    const { deps, run, ledger, published } = setUp((_, offsetMs) => ({ takesMs: 20_000, latencyMs: offsetMs }), 0);
    const shard = shardOf(every(30));
    const next = async () => {
      await deps('').clock.sleep(60_000);
      return probeTick(shard, tickAt + 60_000, deps('next'), never);
    };
    const [first, second] = await run(Promise.all([probeTick(shard, tickAt, deps('this'), never), next()]));
    expect(first.results.map(({ latencyMs }) => latencyMs)).toEqual([0, 30_000]);
    expect(second.results.map(({ latencyMs }) => latencyMs)).toEqual([60_000, 90_000]);
    expect([...ledger.ticks.values()].map(({ id, tick: { at } }) => [id, at - tickAt])).toEqual([
      ['this', 0],
      ['this', 30_000],
      ['next', 60_000],
      ['next', 90_000],
    ]);
    expect(published.flat().map((datum) => [datum.at - tickAt, 'values' in datum && datum.values])).toEqual([
      [0, [0, 30_000]],
      [60_000, [60_000, 90_000]],
    ]);
  });

  it('whose ledger refuses a row goes on, publishes what was saved, and fails at its end', async () => {
    const { deps, run, saves, published } = setUp();
    const healthy = deps('first');
    const loadLedger: ProbeTickDeps['loadLedger'] = async () => {
      const { saveTick } = await healthy.loadLedger();
      return {
        saveTick: (tick, id) =>
          tick.at === tickAt + 20_000 ? Promise.reject(new Error('throttled')) : saveTick(tick, id),
      };
    };
    const work = run(probeTick(shardOf(every(20)), tickAt, { ...healthy, loadLedger }, never));
    await expect(work).rejects.toThrow('throttled');
    expect(saves).toEqual(['0 after 0', '40 after 40']);
    expect(published.flat()).toMatchObject([{ values: [12], counts: [2] }]);
  });

  it('that is ended from outside begins nothing more, and writes what it has', async () => {
    const ending = new AbortController();
    const { tick, saves } = setUp((_, offsetMs) => {
      if (offsetMs === 20_000) ending.abort();
      return {};
    });
    const summary = await tick(shardOf(every(10)), 'first', ending.signal);
    expect(saves).toHaveLength(3);
    expect(summary.saved).toBe('saved');
  });
});
