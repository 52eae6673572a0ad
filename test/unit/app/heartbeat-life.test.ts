import { evaluate } from '../../../shared/app/evaluate.ts';
import { createMemory } from '../../../shared/app/history.ts';
import { createPacing } from '../../../shared/app/probe/batch.ts';
import { probeTick } from '../../../shared/app/probe/probe.ts';
import { createRunProbe } from '../../../shared/app/probe/run.ts';
import { countBetween } from '../../../shared/ledger/history.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import { type HeartbeatCall, type HeartbeatRecord, stepHeartbeat } from '../../../shared/probe/heartbeat-record.ts';
import { noWatch } from '../../../shared/probe/watch.ts';
import { hourMs, minuteMs, monday } from '../../support/budget-examples.ts';
import { aConfig, anAlert, anSlo, overMonitors } from '../../support/config.ts';
import { heartbeatMonitor } from '../../support/heartbeat.ts';
import { memoryAlerts, memoryLedger } from '../../support/memory-ports.ts';

const never = new AbortController().signal;
const backup = heartbeatMonitor({
  periodMs: 10 * minuteMs,
  graceMs: 2 * minuteMs,
  alerts: [anAlert({ id: 'monitor/backup/0', failures: 3, of: 5, recoverSuccesses: 2 })],
});
const slo = anSlo({ indicator: overMonitors('backup'), alerts: [] });
const config = aConfig({ monitors: [backup], slos: [slo] });

/** A heartbeat, probed and judged minute by minute. */
function setUp() {
  const ledger = memoryLedger();
  const alerts = memoryAlerts();
  const told: string[] = [];
  const published: Datum[] = [];
  const world = {
    at: monday - minuteMs,
    memory: createMemory(),
    isReadable: true,
    record: undefined as HeartbeatRecord | undefined,
  };
  const clock = { now: () => world.at, monotonicMs: () => 0, sleep: async () => {} };
  const common = { identity: { service: 'shop', environment: 'dev' }, location: 'eu-west-1', onWarning: () => {} };
  const probeDeps = {
    ...common,
    clock,
    runProbe: createRunProbe({
      clock,
      runHttp: async () => {
        throw new Error('nothing is sent');
      },
      allowOrigins: [],
      references: { parameter: async () => undefined, output: () => undefined },
      signer: () => async () => ({}),
      loadHeartbeat: async () => {
        if (!world.isReadable) throw new Error('DynamoDB is down');
        return world.record;
      },
      watch: noWatch,
    }),
    prepare: async () => {},
    pacing: createPacing(1, () => 0),
    loadLedger: async () => ledger.store,
    loadPublisher: async () => async (datums: readonly Datum[]) => void published.push(...datums),
    invocationId: 'i',
  };
  const evaluateDeps = {
    ...common,
    ledger: ledger.store,
    alerts: alerts.store,
    loadVerdicts: async () => [],
    notify: async () => {},
    publishMetrics: async () => {},
    render: (transitions: readonly { readonly kind: string; readonly alertId: string }[]) => {
      const alerts = transitions.filter(({ kind }) => kind !== 'closed');
      told.push(...alerts.map(({ kind, alertId }) => `${(world.at - monday) / minuteMs} ${kind} ${alertId}`));
      return [];
    },
    writer: 'w',
    remainingMs: () => 30_000,
  };
  const shard = { service: 'shop', shard: 's00', monitors: [backup], maintenance: [] };
  return {
    ledger,
    told,
    published,
    world,
    call: (call: HeartbeatCall = { kind: 'success' }) => {
      world.record = stepHeartbeat(world.record ?? {}, call, world.at + 20_000, backup);
    },
    pass: async (count: number) => {
      for (let minute = 0; minute < count; minute += 1) {
        world.at += minuteMs;
        await probeTick(shard, world.at, probeDeps, never);
        await evaluate(config, world.memory, evaluateDeps, world.at);
      }
    },
    counts: (from: number, to: number) =>
      countBetween(world.memory.history, backup.key, monday + from * minuteMs - 1, monday + to * minuteMs - 1),
  };
}

describe('the life of a heartbeat', () => {
  it('begins in silence: before the first call nothing is written, sent or told, not even that it lacks coverage', async () => {
    const { ledger, told, published, pass } = setUp();
    await pass(30);
    expect([...ledger.ticks.values()].flatMap(({ tick }) => tick.outcomes)).toEqual([]);
    expect([ledger.ticks.size, told, published]).toEqual([30, [], []]);
  });

  it('is a pass a period while it is called, with no metric', async () => {
    const { told, published, pass, call, counts } = setUp();
    for (let run = 0; run < 12; run += 1) {
      await pass(10);
      call();
    }
    expect(counts(10, 120)).toMatchObject({ passed: 11, failed: 0, unjudged: 0 });
    expect([told, published]).toEqual([[], []]);
  });

  it('fails when nobody calls, tells after some minutes, counts once a period, and resolves when it is called', async () => {
    const { told, published, pass, call, counts } = setUp();
    await pass(1);
    call(); // at 0:20, so that it is overdue from 12:20 on
    await pass(39);
    expect(counts(0, 40)).toMatchObject({ passed: 1, failed: 3 });
    call(); // at 39:20
    await pass(10);
    expect(told).toEqual(['15 fired monitor/backup/0', '41 resolved monitor/backup/0']);
    expect(published.map(({ name, at }) => `${name} ${(at - monday) / minuteMs}`)).toEqual([
      'ProbeFailures 13',
      'ProbeFailures 23',
      'ProbeFailures 33',
    ]);
  });

  it('stays as it is when a cold evaluation finds the hour of its failures folded', async () => {
    const { told, world, pass, call, counts } = setUp();
    await pass(1);
    call();
    await pass(66);
    world.memory = createMemory();
    await pass(3);
    expect(told).toEqual(['15 fired monitor/backup/0']);
    expect(counts(0, 60)).toMatchObject({ passed: 1, failed: 5 });
    expect(world.memory.hours.has(monday)).toBe(true);
    call();
    await pass(2);
    expect(told.at(-1)).toBe('71 resolved monitor/backup/0');
  });

  it('is without coverage, and tells so, when it cannot be read any more', async () => {
    const { told, world, pass, call } = setUp();
    await pass(1);
    call();
    await pass(5);
    world.isReadable = false;
    await pass(8);
    expect(told).toEqual(['11 fired coverage/backup']);
    expect(world.at - monday).toBeLessThan(hourMs);
  });
});
