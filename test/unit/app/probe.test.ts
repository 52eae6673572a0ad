import { createPacing } from '../../../shared/app/probe/batch.ts';
import { type ProbeRequest, parseProbeEvent } from '../../../shared/app/probe/event.ts';
import { type ProbeTickDeps, probeAndRecord, probeByHand, probeTick } from '../../../shared/app/probe/probe.ts';
import { isDue, parseEvaluationTime, parseScheduledTime, type Shard } from '../../../shared/app/tick.ts';
import type { Clock } from '../../../shared/clock/clock.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import type { ProbeResult } from '../../../shared/probe/result.ts';
import { aMonitor } from '../../support/config.ts';
import { memoryLedger } from '../../support/memory-ports.ts';

const tickAt = Date.parse('2026-03-02T10:00:00Z');
const never = new AbortController().signal;

const passed: ProbeResult = {
  monitor: 'api',
  outcome: 'passed',
  attempts: 1,
  statusCode: 200,
  latencyMs: 12.5,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 0, processingMs: 10, transferMs: 0.5 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};
const failed: ProbeResult = {
  ...passed,
  outcome: 'failed',
  errorType: 'assertion',
  message: 'status 503',
  statusCode: 503,
  attempts: 2,
};
const blocked: ProbeResult = {
  ...passed,
  outcome: 'blocked',
  errorType: 'blocked',
  message: 'private',
  attempts: 0,
  latencyMs: 0,
};

function setUp(results: Readonly<Record<string, ProbeResult>> = {}) {
  const ledger = memoryLedger();
  const steps: string[] = [];
  const published: Datum[] = [];
  const warnings: string[] = [];
  const clock: Clock = { now: () => tickAt + 700, monotonicMs: () => 0, sleep: async () => {} };
  const deps: ProbeTickDeps = {
    clock,
    runProbe: async (monitor) => {
      steps.push(`probe ${monitor.id}`);
      return { ...(results[monitor.id] ?? passed), monitor: monitor.id };
    },
    prepare: async () => {},
    pacing: createPacing(1, () => 0),
    loadLedger: async () => ({
      saveTick: async (tick, id) => {
        steps.push('ledger');
        return ledger.store.saveTick(tick, id);
      },
    }),
    loadPublisher: async () => async (datums) => {
      steps.push('metrics');
      published.push(...datums);
    },
    identity: { service: 'shop', environment: 'dev' },
    location: 'eu-west-1',
    invocationId: 'request-1',
    onWarning: (message) => warnings.push(message),
  };
  const shard: Shard = { service: 'shop', shard: 's00', monitors: [aMonitor()], maintenance: [] };
  return { ledger, steps, published, warnings, deps, shard };
}

describe('a tick', () => {
  it('probes, then writes the row, then publishes the metrics', async () => {
    const { deps, shard, steps, published } = setUp();
    const summary = await probeTick(shard, tickAt, deps, never);
    expect(summary.saved).toBe('saved');
    expect(steps).toEqual(['probe api', 'ledger', 'metrics']);
    expect(published).toEqual([
      {
        name: 'ProbeLatency',
        unit: 'Milliseconds',
        at: tickAt,
        value: 12.5,
        dimensions: { Service: 'shop', Environment: 'dev', Monitor: 'api' },
      },
    ]);
  });

  it('says from where it probed what several locations judge, and of nothing else', async () => {
    const { deps, shard, published } = setUp({ api: failed });
    const together = aMonitor({ agreement: { quorum: 'majority', minLocations: 1 } });
    await probeTick({ ...shard, monitors: [together, aMonitor({ id: 'alone' })] }, tickAt, deps, never);
    const common = { Service: 'shop', Environment: 'dev' };
    expect(published.map(({ name, dimensions }) => [name, dimensions])).toEqual([
      ['ProbeLatency', { ...common, Monitor: 'alone' }],
      ['ProbeLatency', { ...common, Monitor: 'api', Location: 'eu-west-1' }],
      ['ProbeFailures', { ...common, Monitor: 'api', Location: 'eu-west-1' }],
    ]);
  });

  it('writes what was found, with the reason of what failed', async () => {
    const { deps, shard, ledger } = setUp({ api: failed });
    await probeTick(shard, tickAt, deps, never);
    const [row] = ledger.ticks.values();
    const { key } = aMonitor();
    expect(row?.tick.outcomes).toEqual([
      {
        monitorKey: key,
        outcome: 'failed',
        errorType: 'assertion',
        latencyMs: 12.5,
        isMaintenance: false,
        isRetried: true,
        isContaminated: false,
      },
    ]);
    expect(row?.tick.details).toEqual([{ monitorKey: key, statusCode: 503, message: 'status 503' }]);
  });

  it('counts a failure beside the latency, and what was blocked as unjudged without a latency', async () => {
    const { deps, shard, published } = setUp({ api: failed, admin: blocked });
    await probeTick({ ...shard, monitors: [aMonitor(), aMonitor({ id: 'admin' })] }, tickAt, deps, never);
    const told = published.map((datum) => [datum.name, 'value' in datum && datum.value, datum.dimensions['Monitor']]);
    expect(told).toEqual([
      ['ProbeLatency', 12.5, 'api'],
      ['ProbeFailures', 1, 'api'],
      ['ProbeUnjudged', 1, 'admin'],
    ]);
  });

  it('delivered twice counts once: the second one publishes nothing', async () => {
    const { deps, shard, published, ledger } = setUp();
    await probeTick(shard, tickAt, deps, never);
    const second = await probeTick(shard, tickAt, { ...deps, invocationId: 'request-2' }, never);
    expect(second.saved).toBe('duplicate');
    expect(ledger.ticks.size).toBe(1);
    expect(published).toHaveLength(1);
  });

  it('that is too old is not probed: it could not be told from its successors', async () => {
    const { deps, shard, steps } = setUp();
    const summary = await probeTick(shard, tickAt - 180_000, deps, never);
    expect(summary).toEqual({ at: tickAt - 180_000, results: [], saved: 'late' });
    expect(steps).toEqual([]);
  });

  it('writes its row even with nothing due, and then publishes nothing', async () => {
    const { deps, shard, steps, ledger } = setUp();
    await probeTick({ ...shard, monitors: [aMonitor({ intervalMs: 7 * 60_000 })] }, tickAt, deps, never);
    expect(steps).toEqual(['ledger']);
    expect([...ledger.ticks.values()][0]?.tick.outcomes).toEqual([]);
  });

  it('marks what is under maintenance', async () => {
    const { deps, shard, ledger } = setUp();
    const maintenance = [
      {
        monitors: ['api'],
        startMinute: 595,
        durationMs: 600_000,
        every: ['monday' as const],
        timezone: 'UTC',
        reason: 'backup',
      },
    ];
    await probeTick({ ...shard, maintenance }, tickAt, deps, never);
    expect([...ledger.ticks.values()][0]?.tick.outcomes[0]?.isMaintenance).toBe(true);
  });

  it('judges by each latency that an SLO asks, in the same row', async () => {
    const slow = { ...passed, latencyMs: 450 };
    const { ledger, deps, shard } = setUp({ slow, broken: failed });
    const monitors = ['api', 'slow', 'broken'].map((id, key) => aMonitor({ id, key }));
    const latencies = [
      { monitor: 'slow', key: 101, belowMs: 300 },
      { monitor: 'slow', key: 102, belowMs: 500 },
      { monitor: 'broken', key: 103, belowMs: 300 },
    ];
    await probeTick({ ...shard, monitors, latencies }, tickAt, deps, never);
    const [row] = ledger.ticks.values();
    expect(row?.tick.outcomes.map(({ monitorKey, outcome }) => [monitorKey, outcome])).toEqual([
      [0, 'passed'],
      [1, 'passed'],
      [101, 'failed'],
      [102, 'passed'],
      [2, 'failed'],
      [103, 'failed'],
    ]);
    expect(row?.tick.details).toHaveLength(1);
  });

  it('survives metrics that cannot be published: a warning, and the row is there', async () => {
    const { deps, shard, ledger, warnings } = setUp();
    const refuse = async () => async () => Promise.reject(new Error('throttled'));
    await probeTick(shard, tickAt, { ...deps, loadPublisher: refuse }, never);
    expect(ledger.ticks.size).toBe(1);
    expect(warnings).toEqual(['the metrics of this tick are lost; its row is in the ledger']);
  });

  it('fails visibly when the ledger refuses, and publishes nothing', async () => {
    const { deps, shard, published } = setUp();
    const refuse = async () => ({ saveTick: async () => Promise.reject(new Error('no table')) });
    await expect(probeTick(shard, tickAt, { ...deps, loadLedger: refuse }, never)).rejects.toThrow('no table');
    expect(published).toEqual([]);
  });
});

describe('a run by hand', () => {
  it('touches neither ledger nor metrics', async () => {
    const { deps, steps } = setUp();
    const results = await probeByHand([aMonitor(), aMonitor({ id: 'admin' })], ['admin'], deps, never);
    expect(results.map(({ monitor }) => monitor)).toEqual(['admin']);
    expect(steps).toEqual(['probe admin']);
  });

  it('names the known monitors when asked for an unknown one', async () => {
    const { deps } = setUp();
    await expect(probeByHand([aMonitor()], ['apo'], deps, never)).rejects.toThrow(
      'no monitor is called apo; there are api',
    );
  });

  it('that is recorded writes a row of its own, under its request', async () => {
    const { deps, shard, ledger } = setUp();
    await probeAndRecord([shard], ['api'], deps, never);
    expect([...ledger.ticks.values()].map(({ tick }) => [tick.shard, tick.at])).toEqual([['manual-request-1', tickAt]]);
  });
});

describe('the identity of a tick', () => {
  it.each([
    ['2026-03-02T10:00:00Z', '2026-03-02T10:00:00.000Z'],
    ['2026-03-02T10:00:30.999Z', '2026-03-02T10:00:30.000Z'],
    ['<aws.scheduler.scheduled-time>', '2026-03-02T10:05:00.000Z'],
    ['2026-13-02T10:00:00Z', '2026-03-02T10:05:00.000Z'],
    [undefined, '2026-03-02T10:05:00.000Z'],
    [17, '2026-03-02T10:05:00.000Z'],
  ])('of %p, arrived at 10:05:41, is %s', (value, expected) => {
    expect(new Date(parseScheduledTime(value, Date.parse('2026-03-02T10:05:41Z'))).toISOString()).toBe(expected);
  });

  it('decides what is due: the multiples of the interval since the epoch', () => {
    const monitor = aMonitor({ intervalMs: 300_000 });
    const due = [0, 1, 2, 3, 4, 5].filter((minute) => isDue(monitor, tickAt + minute * 60_000));
    expect(due).toEqual([0, 5]);
  });
});

describe('the instant of an evaluation', () => {
  const now = Date.parse('2026-03-02T10:05:41Z');
  it.each([
    ['its scheduled time, however late it is called', '2026-03-02T10:05:00Z', 0, '10:05:00'],
    ['the minute of arrival where nobody replaced the placeholder', '<aws.scheduler.scheduled-time>', 0, '10:05:00'],
    ['now by hand', undefined, 0, '10:05:41'],
    ['now for a time in the future', '2099-01-01T00:00:00Z', 0, '10:05:41'],
    ['now for a time that is too old', '2026-03-02T10:02:00Z', 0, '10:05:41'],
    ['not before what was judged already', '2026-03-02T10:04:00Z', Date.parse('2026-03-02T10:05:00Z'), '10:05:00'],
    ['not in the future because of that', '2026-03-02T10:05:00Z', Date.parse('2026-03-02T11:00:00Z'), '10:05:41'],
  ])('is %s', (_, scheduledTime, previousAt, expected) => {
    const at = parseEvaluationTime(scheduledTime, now, previousAt);
    expect(new Date(at).toISOString().slice(11, 19)).toBe(expected);
  });
});

describe('the event of the probe function', () => {
  it.each<[unknown, ProbeRequest]>([
    [
      { scheduledTime: '2026-03-02T10:00:00Z', shard: 's00' },
      { kind: 'tick', shard: 's00', at: tickAt },
    ],
    [{ monitors: ['api', 'api'] }, { kind: 'manual', monitors: ['api'], isRecorded: false }],
    [
      { monitors: ['api'], record: true },
      { kind: 'manual', monitors: ['api'], isRecorded: true },
    ],
    [{}, { kind: 'manual', isRecorded: false }],
    [null, { kind: 'manual', isRecorded: false }],
    ['', { kind: 'manual', isRecorded: false }],
  ])('%j is read', (event, expected) => {
    expect(parseProbeEvent(event, tickAt)).toEqual(expected);
  });

  it.each<[unknown, string]>([
    [[], 'the event must be a JSON object'],
    ['api', 'the event must be a JSON object'],
    [{ shard: 7 }, 'shard must be a string'],
    [{ monitor: 'api' }, 'unknown key monitor'],
    [{ monitors: 'api' }, 'monitors must be a list of 1 to 1000 ids'],
    [{ monitors: [] }, 'monitors must be a list of 1 to 1000 ids'],
    [{ monitors: [''] }, 'each of monitors must be an id of at most 64 characters'],
    [{ monitors: ['api'], record: 'yes' }, 'record must be true or false'],
  ])('%j is refused with what to send instead', (event, reason) => {
    expect(() => parseProbeEvent(event, tickAt)).toThrow(
      `${reason}; by hand the event is {"monitors": ["id"], "record": false}`,
    );
  });
});
