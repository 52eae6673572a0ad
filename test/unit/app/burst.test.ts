import { emptyAlertState } from '../../../shared/alert/model.ts';
import { type BurstDeps, sendScheduled } from '../../../shared/app/burst/burst.ts';
import type { BurstPart } from '../../../shared/app/burst/model.ts';
import type { BurstPackage } from '../../../shared/app/burst/package.ts';
import { createMemory } from '../../../shared/app/history.ts';
import type { RunKey } from '../../../shared/app/ports.ts';
import type { BurstVerdict } from '../../../shared/burst/verdict.ts';
import { BurnwatchError, type Burst } from '../../../shared/config/model.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import { aBurst, aSummary } from '../../support/burst.ts';
import { aMonitor, anSlo } from '../../support/config.ts';
import { aTally, memoryBursts } from '../../support/memory-bursts.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';
import { simulateTime } from '../../support/simulated-load.ts';

const minuteMs = 60_000;
const requireBudget = { leftPpm: 500_000, slos: ['availability'] };
const budgets = { service: 'shop', slos: [anSlo()], monitors: [aMonitor()], maintenance: [] };
const never = new AbortController().signal;

/** A place where invocations of one burst meet: one clock, one table. */
function setUp(change: Partial<Burst> = {}, runMs = 15_000) {
  const time = simulateTime();
  const { clock } = time;
  const startedAt = clock.now();
  const at = Math.floor(startedAt / minuteMs) * minuteMs;
  const bursts = memoryBursts();
  const alerts = memoryAlerts();
  const steps: string[] = [];
  const log: string[] = [];
  const verdicts: BurstVerdict[] = [];
  const published: Datum[] = [];
  const burst = aBurst(change);
  const pack: BurstPackage = { service: 'shop', bursts: [{ burst, scope: { hosts: [], flows: [] } }], budgets };
  const budget = {
    ledger: memoryLedger().store,
    alerts: alerts.store,
    memory: createMemory(),
    location: 'here',
  };
  const depsOf = (id: string, changes: Partial<BurstDeps> = {}): BurstDeps => ({
    clock,
    send: async (_, { part, beforeFirst }) => {
      const { index, count } = part as BurstPart;
      await beforeFirst?.();
      steps.push(`send ${index}/${count} after ${(clock.now() - at) / 1_000} s`);
      await clock.sleep(runMs);
      return { summary: aSummary(), tally: aTally({ startedAt: clock.now() - runMs }) };
    },
    loadStore: async () => ({
      ...bursts.store,
      saveRun: (run, invocation) => {
        steps.push(`keep ${run.state}`);
        return bursts.store.saveRun(run, invocation);
      },
    }),
    loadVerdictWriter: async () => async (verdict) => {
      steps.push(`verdict ${verdict.outcome}`);
      verdicts.push(verdict);
    },
    loadPublisher: async () => async (datums) => {
      steps.push('metrics');
      published.push(...datums);
    },
    loadBudget: async () => budget,
    identity: { service: 'shop', environment: 'dev' },
    invocationId: id,
    log: (_level, message, attributes) =>
      log.push(
        [message, attributes['burnwatch.burst.shard'], attributes['burnwatch.burst.reason']]
          .filter((part) => part !== undefined)
          .join(' | '),
      ),
    onWarning: (message) => log.push(message),
    signal: never,
    deadline: never,
    ...changes,
  });
  /** An invocation that comes so many ms after the scheduled time. */
  const invoke = async (shard: number, arrivesMs = 20_000, changes: Partial<BurstDeps> = {}, id = `i${shard}`) => {
    await clock.sleep(at + arrivesMs - startedAt);
    return sendScheduled(pack, { kind: 'scheduled', burst: burst.id, at, shard }, depsOf(id, changes));
  };
  const openIncident = () => {
    const incident = { id: 'i', openedAt: at, severity: 'page', monitors: ['api'], alerts: [] } as const;
    return alerts.store.save({ ...emptyAlertState, version: 1, incidents: { i: incident } }, [], 'w');
  };
  return { time, at, burst, bursts, steps, log, verdicts, published, invoke, depsOf, pack, openIncident };
}

describe('a scheduled burst of one invocation', () => {
  it('is sent at once; then the run is kept, then its verdict, then the metrics', async () => {
    const { time, at, bursts, steps, verdicts, published, invoke } = setUp();
    expect(await time.until(invoke(0))).toBe('sent');
    expect(steps).toEqual(['send 0/1 after 20 s', 'keep sent', 'verdict passed', 'metrics']);
    expect(bursts.runs()).toMatchObject([
      { burst: 'redirects', runAt: at, state: 'sent', summary: { requests: 2_500 } },
    ]);
    expect(verdicts).toMatchObject([{ burst: 'redirects', runAt: at, outcome: 'passed' }]);
    expect(published.map(({ name, at: datumAt }) => [name, datumAt])).toEqual([['BurstLatency', at]]);
  });

  it('is sent once, however often it is delivered', async () => {
    const { time, steps, log, invoke } = setUp();
    const outcomes = time.until(
      Promise.all([invoke(0, 20_000, {}, 'one'), invoke(0, 20_000, {}, 'two'), invoke(0, 50_000, {}, 'three')]),
    );
    expect(await outcomes).toEqual(['sent', 'duplicate', 'duplicate']);
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(1);
    expect(log).toContain('another invocation has begun this part of the run: nothing to send | 0');
  });

  it('that comes more than three minutes late is void, and that is kept and said', async () => {
    const { time, at, bursts, steps, log, verdicts, invoke } = setUp();
    expect(await time.until(invoke(0, 180_500))).toBe('void');
    expect(steps).toEqual(['keep void', 'verdict void']);
    const reason = 'it came 180.5 s after its time, and more than 180.0 s is too late';
    expect(bursts.runs()).toEqual([{ burst: 'redirects', runAt: at, state: 'void', reason }]);
    expect(verdicts).toMatchObject([{ outcome: 'void', reasons: [reason] }]);
    expect(log).toEqual([`burst void: nothing was sent | ${reason}`]);
  });

  it('that is late makes nothing ready', async () => {
    const { time, invoke } = setUp();
    const send = () => Promise.reject(new Error('asked'));
    expect(await time.until(invoke(0, 180_500, { send }))).toBe('void');
  });

  it('that requires a budget which is not there is refused, and that is kept and said', async () => {
    const { time, bursts, steps, verdicts, invoke, openIncident } = setUp({ requireBudget });
    await openIncident();
    expect(await time.until(invoke(0))).toBe('refused');
    expect(steps).toEqual(['keep refused', 'verdict refused']);
    expect(bursts.runs()).toMatchObject([
      { state: 'refused', reason: expect.stringContaining('an incident of api is open') },
    ]);
    expect(verdicts).toMatchObject([{ outcome: 'refused' }]);
  });

  it('reads no budget where none is required', async () => {
    const { time, invoke } = setUp();
    const loadBudget = () => Promise.reject(new Error('asked'));
    expect(await time.until(invoke(0, 20_000, { loadBudget }))).toBe('sent');
  });

  it('whose budget cannot be read is not sent, and fails', async () => {
    const { time, bursts, steps, invoke } = setUp({ requireBudget });
    const loadBudget = () => Promise.reject(new Error('secret throttling'));
    await expect(time.until(invoke(0, 20_000, { loadBudget }))).rejects.toThrow('secret throttling');
    expect(steps).toEqual(['keep void', 'verdict void']);
    expect(bursts.runs()).toMatchObject([{ reason: 'it failed by a fault of its own (Error)' }]);
  });

  it('that policy forbids is kept with its reason, and fails', async () => {
    const { time, verdicts, invoke } = setUp();
    const send = () => Promise.reject(new BurnwatchError('BURN_BURST_REFUSED', 'redirects was not sent: no host'));
    await expect(time.until(invoke(0, 20_000, { send }))).rejects.toMatchObject({ code: 'BURN_BURST_REFUSED' });
    expect(verdicts).toMatchObject([{ outcome: 'void', reasons: ['redirects was not sent: no host'] }]);
  });

  it('tells how it goes on, once a second', async () => {
    const { time, invoke } = setUp();
    const lines: object[] = [];
    const second = { requests: 190, failures: 1, p50Ms: 10.12345, p99Ms: 20, maxMs: 30, intended: 200 };
    await time.until(
      invoke(0, 20_000, {
        log: (_level, message, attributes) => lines.push({ message, ...attributes }),
        send: async (_, { onProgress }) => {
          onProgress({
            elapsedMs: 1_000.4,
            durationMs: 15_000,
            scheduled: 2_500,
            requests: 200,
            failures: 1,
            underWay: 9,
            waiting: 2,
            lastSecond: second,
          });
          return { summary: aSummary(), tally: aTally() };
        },
      }),
    );
    expect(lines[0]).toEqual({
      message: 'burst under way',
      'burnwatch.burst': 'redirects',
      'burnwatch.burst.elapsed_ms': 1_000,
      'burnwatch.burst.scheduled': 2_500,
      'burnwatch.burst.requests': 200,
      'burnwatch.burst.failures': 1,
      'burnwatch.burst.under_way': 9,
      'burnwatch.burst.waiting': 2,
      'burnwatch.burst.per_second': 190,
      'burnwatch.burst.p50_ms': 10.123,
      'burnwatch.burst.p99_ms': 20,
    });
  });

  it('that is not in the package any more is a line in the log', async () => {
    const { time, bursts, log, invoke, depsOf, pack, at } = setUp();
    const gone = { kind: 'scheduled', burst: 'gone', at, shard: 0 } as const;
    expect(await sendScheduled(pack, gone, depsOf('i'))).toBe('gone');
    expect(await time.until(invoke(1))).toBe('gone');
    expect(log).toEqual([
      'this burst or this shard of it is not in the package: nothing to send | 0',
      'this burst or this shard of it is not in the package: nothing to send | 1',
    ]);
    expect(bursts.parts.size).toBe(0);
  });

  it('loses its metrics without losing its verdict', async () => {
    const { time, verdicts, log, invoke } = setUp();
    const loadPublisher = async () => () => Promise.reject(new Error('throttled'));
    expect(await time.until(invoke(0, 20_000, { loadPublisher }))).toBe('sent');
    expect(verdicts).toHaveLength(1);
    expect(log).toContain('the metrics of this run are lost; it is in the ledger');
  });

  it('fails where the ledger refuses its run', async () => {
    const { time, bursts, verdicts, invoke } = setUp();
    const loadStore = async () => ({ ...bursts.store, saveRun: () => Promise.reject(new Error('throttled')) });
    await expect(time.until(invoke(0, 20_000, { loadStore }))).rejects.toThrow('throttled');
    expect(verdicts).toEqual([]);
  });
});

describe('a scheduled burst of several invocations', () => {
  it('begins together a minute after its time, and is merged once, by the last', async () => {
    const { time, at, bursts, steps, verdicts, published, invoke } = setUp({ shards: 3 });
    const outcomes = await time.until(Promise.all([invoke(0, 20_000), invoke(1, 59_000), invoke(2, 30_000)]));
    expect(outcomes).toEqual(['sent', 'sent', 'sent']);
    expect(steps.filter((step) => step.startsWith('send'))).toEqual([
      'send 0/3 after 60 s',
      'send 2/3 after 60 s',
      'send 1/3 after 60 s',
    ]);
    expect(steps.filter((step) => !/^(send|keep)/.test(step))).toEqual(['verdict passed', 'metrics']);
    expect(bursts.runs()).toMatchObject([
      { runAt: at, summary: { requests: 300, shards: { expected: 3, merged: 3, missing: [] } } },
    ]);
    expect(verdicts).toHaveLength(1);
    const latency = published.find(({ name }) => name === 'BurstLatency');
    expect(latency).toMatchObject({ counts: [300] });
  });

  it('goes on without a shard that comes after the instant, which is void and says so', async () => {
    const { time, bursts, steps, log, verdicts, invoke } = setUp({ shards: 3 });
    const outcomes = await time.until(Promise.all([invoke(0), invoke(1), invoke(2, 61_500)]));
    expect(outcomes).toEqual(['sent', 'sent', 'void']);
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(2);
    expect(log).toContain('burst void: nothing was sent | 2 | it came 1.5 s after the instant at which all begin');
    expect(bursts.runs()).toMatchObject([
      {
        summary: {
          requests: 200,
          shards: {
            expected: 3,
            merged: 2,
            missing: ['shard 3 of 3: it came 1.5 s after the instant at which all begin'],
          },
        },
      },
    ]);
    expect(verdicts).toMatchObject([{ outcome: 'failed' }]);
  });

  it('does not wait for a shard that never came', async () => {
    const { time, at, bursts, invoke } = setUp({ shards: 2 }, 2_000);
    const ended = time.until(invoke(0)).then(() => time.clock.now());
    expect((await ended) - at).toBeLessThanOrEqual(67_000);
    expect(bursts.runs()).toMatchObject([
      { summary: { shards: { merged: 1, missing: ['shard 2 of 2: it never came'] } } },
    ]);
  });

  it('waits for a shard that crashed as long as the run may take, and then goes on without it', async () => {
    const { time, at, bursts, invoke } = setUp({ shards: 2 });
    await bursts.store.claim({ burst: 'redirects', runAt: at }, 1, 'crashed');
    const ended = time.until(invoke(0)).then(() => time.clock.now());
    // A minute until it begins, 15 s of stages, 5 s for the last request, 15 s for the rest.
    expect((await ended) - at).toBeGreaterThanOrEqual(95_000);
    expect((await ended) - at).toBeLessThanOrEqual(97_000);
    expect(bursts.runs()).toMatchObject([
      { summary: { shards: { merged: 1, missing: ['shard 2 of 2: it began, and never said what came of it'] } } },
    ]);
  });

  it('is merged with what there is when the invocation has no time left', async () => {
    const { time, at, bursts, invoke } = setUp({ shards: 2 });
    await bursts.store.claim({ burst: 'redirects', runAt: at }, 1, 'crashed');
    const deadline = new AbortController();
    const ended = invoke(0, 20_000, { deadline: deadline.signal });
    time.after(60_000, () => deadline.abort());
    expect(await time.until(ended)).toBe('sent');
    expect(time.clock.now() - at).toBeLessThan(82_000);
    expect(bursts.runs()).toMatchObject([{ summary: { shards: { merged: 1 } } }]);
  });

  it('is sent by none where one of them is refused', async () => {
    const { time, bursts, steps, log, verdicts, invoke, openIncident } = setUp({ shards: 2, requireBudget });
    // The first reads before the incident opens, when nothing is known against it.
    const fresh = memoryAlerts();
    const good = await (async () => {
      const ledger = memoryLedger();
      const seen = {
        monitorKey: aMonitor().key,
        outcome: 'passed',
        isMaintenance: false,
        isRetried: false,
        isContaminated: false,
      } as const;
      await ledger.store.saveTick(
        { location: 'here', at: time.clock.now() - minuteMs, shard: 's00', outcomes: [seen], details: [] },
        't',
      );
      return { ledger: ledger.store, alerts: fresh.store, memory: createMemory(), location: 'here' };
    })();
    await openIncident();
    const outcomes = await time.until(
      Promise.all([invoke(0, 20_000, { loadBudget: async () => good }), invoke(1, 40_000)]),
    );
    expect(outcomes).toEqual(['refused', 'refused']);
    expect(steps.filter((step) => step.startsWith('send'))).toEqual([]);
    expect(log.filter((line) => line.startsWith('burst refused'))).toHaveLength(2);
    expect(bursts.runs()).toMatchObject([{ state: 'refused', reason: expect.stringContaining('an incident of api') }]);
    expect(verdicts).toMatchObject([{ outcome: 'refused' }]);
  });

  it('is not joined by a shard that got ready too late', async () => {
    const { time, steps, invoke } = setUp({ shards: 2 });
    const slow: BurstDeps['send'] = async (_, { beforeFirst }) => {
      await time.clock.sleep(41_000);
      await beforeFirst?.();
      throw new Error('sent');
    };
    expect(await time.until(Promise.all([invoke(0), invoke(1, 20_000, { send: slow })]))).toEqual(['sent', 'void']);
    expect(steps.filter((step) => step.startsWith('send'))).toHaveLength(1);
  });

  it('is not joined by a shard that could not read in time what the others do', async () => {
    const { time, bursts, invoke } = setUp({ shards: 2 });
    const loadStore = async () => ({
      ...bursts.store,
      loadParts: async (run: RunKey) => {
        await time.clock.sleep(2_000);
        return bursts.store.loadParts(run);
      },
    });
    const outcomes = await time.until(Promise.all([invoke(0), invoke(1, 20_000, { loadStore })]));
    expect(outcomes).toEqual(['sent', 'void']);
    expect(bursts.runs()).toMatchObject([{ summary: { shards: { merged: 1 } } }]);
  });

  it('of which every shard came too late is kept as void', async () => {
    const { time, bursts, verdicts, published, invoke } = setUp({ shards: 2 });
    expect(await time.until(Promise.all([invoke(0, 62_000), invoke(1, 61_000)]))).toEqual(['void', 'void']);
    expect(bursts.runs()).toMatchObject([
      { state: 'void', reason: 'shard 1 of 2: it came 2.0 s after the instant at which all begin' },
    ]);
    expect(verdicts).toHaveLength(1);
    expect(published).toEqual([]);
  });

  it('whose shard fails tells the others at once, and fails itself', async () => {
    const { time, at, bursts, invoke } = setUp({ shards: 2 }, 2_000);
    const send = () => Promise.reject(new TypeError('broken'));
    const outcomes = time.until(Promise.allSettled([invoke(0), invoke(1, 20_000, { send })]));
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(time.clock.now() - at).toBeLessThanOrEqual(64_000);
    expect(bursts.runs()).toMatchObject([
      { summary: { shards: { missing: ['shard 2 of 2: it failed by a fault of its own (TypeError)'] } } },
    ]);
  });

  it('is not begun by a shard whose invocation ends before the instant', async () => {
    const { time, bursts, invoke } = setUp({ shards: 2 });
    const ending = new AbortController();
    time.after(10_000, () => ending.abort(new Error('over')));
    const outcomes = Promise.allSettled([invoke(0, 20_000, { signal: ending.signal }), invoke(1)]);
    expect((await time.until(outcomes)).map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(bursts.runs()).toMatchObject([
      { summary: { shards: { missing: ['shard 1 of 2: its invocation had no time left'] } } },
    ]);
  });
});

describe('a burst that is compared with its baseline', () => {
  it('is held against the runs before it, of which the newest are read', async () => {
    const { time, at, bursts, invoke } = setUp({ compare: { baseline: 3, toleratePpm: 200_000 } });
    for (const days of [1, 2, 3, 4]) {
      const run = { burst: 'redirects', runAt: at - days * 86_400_000 };
      await bursts.store.saveRun(
        { ...run, state: 'sent', summary: aSummary(), tally: aTally({ requests: 2_500 }) },
        `${days}`,
      );
    }
    const limits: number[] = [];
    const loadStore = async () => ({
      ...bursts.store,
      loadRuns: (burst: string, before: number, limit: number) => {
        limits.push(limit);
        return bursts.store.loadRuns(burst, before, limit);
      },
    });
    await time.until(invoke(0, 20_000, { loadStore }));
    expect(limits).toEqual([9]);
    expect(bursts.runs().find(({ runAt }) => runAt === at)).toMatchObject({
      summary: { comparison: { verdict: 'same', baseline: 3 } },
    });
  });

  it('has nothing to be compared with the first time', async () => {
    const { time, bursts, invoke } = setUp({ compare: { baseline: 3, toleratePpm: 200_000 } });
    await time.until(invoke(0));
    expect(bursts.runs()).toMatchObject([{ summary: { comparison: { verdict: 'unknown', baseline: 0 } } }]);
  });
});
