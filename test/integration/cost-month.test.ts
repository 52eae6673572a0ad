import { usageOf } from '../../infra/cost/index.ts';
import { monitorsAt } from '../../infra/template/locations.ts';
import { shardsOf } from '../../infra/template/shards.ts';
import { sendScheduled } from '../../shared/app/burst/burst.ts';
import { packageBursts } from '../../shared/app/burst/package.ts';
import { mergeRuns } from '../../shared/app/burst/run.ts';
import { evaluate } from '../../shared/app/evaluate.ts';
import { createMemory } from '../../shared/app/history.ts';
import { createPacing } from '../../shared/app/probe/batch.ts';
import { probeTick } from '../../shared/app/probe/probe.ts';
import { renderTransitions } from '../../shared/app/render.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createBurstStore } from '../../shared/aws/burst-store.ts';
import { createVerdictReader, createVerdictWriter } from '../../shared/aws/burst-verdicts.ts';
import { createCountedStore } from '../../shared/aws/counted-store.ts';
import { createDrillStore } from '../../shared/aws/drill-store.ts';
import { createHeartbeatReader } from '../../shared/aws/heartbeat-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { createRunCountsReader } from '../../shared/aws/run-counts.ts';
import { isDue } from '../../shared/config/cron.ts';
import { type Config, locationNames, type Monitor } from '../../shared/config/model.ts';
import { dayMs, dayStart, hourMs, hourStart } from '../../shared/ledger/keys.ts';
import { noCounts } from '../../shared/ledger/model.ts';
import type { PriceKey } from '../../shared/metrics/price-list.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { latencyLimits } from '../../shared/slo/latency.ts';
import { Histogram } from '../../shared/stats/histogram.ts';
import { startDynamoDb } from '../support/dynamodb.ts';
import { aTally } from '../support/memory-bursts.ts';
import { configOf } from '../support/monitored.ts';
import { normal, seededRandom } from '../support/simulated-runs.ts';

import.meta.jest.setTimeout(240_000);

const minuteMs = 60_000;
const names = Array.from({ length: 9 }, (_, index) => `m${index}`);
const text = `version: 1
service: month
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
${names.map((id) => `  ${id}: { type: http, request: { url: "https://${id}.example.com/" }, alerts: [{ for: { failures: 2, of: 2 }, notify: [oncall] }] }`).join('\n')}
  slow: { type: http, interval: 5m, request: { url: "https://slow.example.com/" } }
  quick: { type: http, interval: 20s, request: { url: "https://quick.example.com/" } }
  backup: { type: heartbeat, period: 1h, grace: 10m }
bursts:
  peak:
    schedule: cron(0 * * * ? *)
    request: { url: "https://m1.example.com/" }
    stages: [{ hold: 200/s, for: 5s }]
    thresholds: [p99 < 300ms]
    alerts: [{ notify: [oncall] }]
slos:
  up: { indicator: { monitors: [m0, m1] }, objective: 99.9%, window: 30d, notify: [oncall] }
  fast: { indicator: { monitors: [m2], good: latency < 300ms }, objective: 99%, window: 28d, notify: [oncall] }
  loaded: { indicator: { bursts: [peak] }, objective: 99%, window: 28d, notify: [oncall] }
  api: { indicator: { cloudwatch: { namespace: AWS/ApiGateway, dimensions: { ApiId: abc }, bad: 5xx, total: Count } }, objective: 99.5%, window: 28d, notify: [oncall] }
`;
const region = 'us-east-1';
const locations = `locations: { home: ${region}, also: [eu-west-1, ap-southeast-2] }\n`;
const phases = { resolveMs: 1, connectMs: 1, tlsMs: 1, processingMs: 16, transferMs: 1 };
const identity = { service: 'month', environment: 'dev' };
const table = 'month-dev-ledger';
/** A Friday evening. */
const startAt = Date.UTC(2026, 10, 20, 21, 45);
const units = ['writeUnit', 'readUnit', 'metricCall', 'metricRead', 'message'] as const;
/** What is written, by what it is. */
const groups = ['rows of ticks', 'runs of bursts', 'hours and days', 'alerts'] as const;
const keys = [...units, ...groups];
type Counts = Record<(typeof keys)[number], number>;
const mapCounts = (value: (key: keyof Counts) => number) =>
  Object.fromEntries(keys.map((key) => [key, value(key)])) as Counts;

function groupOf(input: object): (typeof groups)[number] {
  const { Item, Key } = input as Record<'Item' | 'Key', { readonly pk: { readonly S: string } } | undefined>;
  const kind = (Item ?? Key)?.pk.S ?? '';
  if (kind.startsWith('tick#')) return 'rows of ticks';
  if (kind.startsWith('burst')) return 'runs of bursts';
  return /^(hour|day|metric)#/.test(kind) ? 'hours and days' : 'alerts';
}

/** The real use cases over the real stores and a DynamoDB that says what each call consumed, by a clock that is set. */
async function openWorld(config: Config) {
  const db = await startDynamoDb(table);
  const counts = mapCounts(() => 0);
  const world = { at: startAt, monotonicMs: 0, failing: new Set<string>() };
  db.client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as never });
      const { ConsumedCapacity: used } = result.output as { ConsumedCapacity?: { CapacityUnits?: number } };
      const isRead = /^(Get|Query)/.test(String(context['commandName']));
      if (used?.CapacityUnits === undefined) throw new Error(`${context['commandName']} does not say what it consumed`);
      // AWS charges a read that finds nothing as the smallest one; dynalite forgets that of queries.
      const { ConsistentRead: isStrong } = args.input as { ConsistentRead?: boolean };
      const least = isRead ? (isStrong ? 1 : 0.5) : 1;
      const units = Math.max(least, used.CapacityUnits);
      counts[isRead ? 'readUnit' : 'writeUnit'] += units;
      if (!isRead) counts[groupOf(args.input)] += units;
      return result;
    },
    { step: 'initialize' },
  );
  const { client } = db;
  const publish = async () => {
    counts.metricCall += 1;
  };
  const clock = {
    now: () => world.at,
    monotonicMs: () => world.monotonicMs,
    sleep: async (ms: number) => {
      world.monotonicMs += ms;
    },
  };
  const common = {
    identity,
    location: region,
    onWarning: (message: string, cause: unknown) => {
      throw new Error(message, { cause });
    },
  };
  const heartbeats = createHeartbeatReader(client, table);
  const ledger = createLedgerStore(client, table);
  const runProbe = async (monitor: Monitor): Promise<ProbeResult> => {
    const isHeartbeat = monitor.type === 'heartbeat';
    if (isHeartbeat) await heartbeats(monitor.key);
    const outcome = world.failing.has(monitor.id) ? 'failed' : 'passed';
    return {
      ...{ monitor: monitor.id, outcome, attempts: isHeartbeat ? 0 : 1, latencyMs: 20 + (world.at % 97) / 7 },
      ...{ phases, assertions: [], redirects: 0, isContaminated: false, ...(isHeartbeat && { isRepeat: true }) },
    };
  };
  const regions = config.locations === undefined ? [region] : locationNames(config);
  const shards = regions.flatMap((location) =>
    shardsOf(monitorsAt(config, location)).map(({ id, monitors, spanMs }) => ({
      ...{ location, service: config.service, shard: id, monitors, maintenance: [] },
      ...(spanMs !== undefined && { spanMs }),
      latencies: latencyLimits(config.slos, (name) => monitors.some((monitor) => monitor.id === name)),
    })),
  );
  let memory = createMemory();
  const alerts = createAlertStore(client, table);
  const metrics = {
    readMetrics: async (queries: readonly unknown[]) => {
      counts.metricRead += queries.length;
      return queries.map(() => ({ sums: new Map<number, number>() }));
    },
    store: createCountedStore(client, table),
    outputs: () => undefined,
    isSaving: true,
  };
  const random = seededRandom(7);

  async function probe() {
    const deps = {
      ...{ ...common, clock, runProbe, prepare: async () => {}, pacing: createPacing(1, () => 0) },
      ...{ loadLedger: async () => ledger, loadPublisher: async () => publish, invocationId: crypto.randomUUID() },
    };
    for (const { location, ...shard } of shards)
      await probeTick(shard, world.at, { ...deps, location }, new AbortController().signal);
  }
  async function judge() {
    const deps = {
      ...{ ...common, ledger, alerts, loadVerdicts: createVerdictReader(client, table), publishMetrics: publish },
      counted: { loadRunCounts: createRunCountsReader(client, table), metrics },
      drills: { store: createDrillStore(client, table, clock.now), loadTold: async () => undefined, now: clock.now },
      notify: async () => {
        counts.message += 1;
      },
      render: (transitions: never, view: never) =>
        renderTransitions(transitions, view, { environment: 'dev', outputs: () => undefined, links: [] }),
      ...{ writer: crypto.randomUUID(), remainingMs: () => 30_000 },
    };
    await evaluate(config, memory, deps as never, world.at);
  }
  async function load() {
    const bursts = packageBursts(config);
    for (const { burst } of bursts.bursts) {
      if (burst.schedule === undefined || !isDue(burst.schedule, world.at)) continue;
      const { signal } = new AbortController();
      const deps = {
        ...{ ...common, clock, signal, deadline: signal, log: () => {}, invocationId: crypto.randomUUID() },
        send: async () => mergeRuns(burst, [tallyOf(1_000, random)], { expected: 1, merged: 1, missing: [] }),
        loadStore: async () => createBurstStore(client, table),
        loadVerdictWriter: async () => createVerdictWriter(client, table),
        loadPublisher: async () => publish,
        loadBudget: async () => {
          throw new Error('no burst requires a budget');
        },
      };
      await sendScheduled(
        bursts,
        { kind: 'scheduled', burst: burst.id, at: world.at, shard: 0 } as never,
        deps as never,
      );
    }
  }
  /** Runs until an instant, and answers what that took. */
  async function until(endAt: number): Promise<Counts> {
    const before = { ...counts };
    for (; world.at < endAt; world.at += minuteMs) {
      await probe();
      await load();
      await judge();
    }
    return mapCounts((key) => counts[key] - before[key]);
  }
  /** Runs of the hours before, so that what remembers the newest is full. */
  async function loadBefore() {
    for (let hour = 6; hour > 0; hour -= 1) {
      world.at = hourStart(startAt) - hour * hourMs;
      await load();
    }
    world.at = startAt;
  }
  /** What 30 days have left: their days, and the hours that somebody may read. */
  async function remember() {
    const monitors = (count: number) =>
      new Map(config.monitors.map(({ key }) => [key, { ...noCounts, passed: count }]));
    const today = dayStart(startAt);
    for (let dayAt = today - 30 * dayMs; dayAt <= today; dayAt += dayMs) {
      if (dayAt < today) await ledger.saveDay({ location: region, dayAt, monitors: monitors(1_440) });
      const isRead = dayAt >= today - 4 * dayMs || dayAt <= today - 28 * dayMs;
      for (let hourAt = dayAt; isRead && hourAt < Math.min(dayAt + dayMs, startAt - hourMs); hourAt += hourMs) {
        const minutes = [...monitors(1)].map(
          ([key, counts]) => [key, Array.from({ length: 60 }, () => counts)] as const,
        );
        await ledger.saveHour({ location: region, hourAt, monitors: new Map(minutes) });
      }
    }
  }
  /** What a sandbox reads that knows nothing, beyond what one reads that knows. */
  async function coldReads(): Promise<number> {
    const measure = async () => {
      const before = counts.readUnit;
      await judge();
      return counts.readUnit - before;
    };
    memory = createMemory();
    const cold = await measure();
    return cold - (await measure());
  }
  return { world, until, loadBefore, remember, coldReads, stop: db.stop };
}

/** What a run of so many requests counted, their latencies drawn: in each of five seconds as many as in another. */
function tallyOf(requests: number, random: () => number) {
  const [latency, serviceTime, startLag] = [new Histogram(), new Histogram(), new Histogram()];
  for (let request = 0; request < requests; request += 1) {
    const ms = 20 * Math.exp(0.5 * normal(random));
    latency.record(ms);
    serviceTime.record(ms * 0.98);
    startLag.record(0.2 * Math.exp(0.5 * normal(random)));
  }
  const second = { requests: 200, failures: 0, p50Ms: 20.13, p99Ms: 63.41, maxMs: 91.27, intended: 200 };
  const seconds = Array.from({ length: 6 }, () => second);
  return aTally({
    requests,
    latency,
    serviceTime,
    startLag,
    seconds,
    statusCodes: { 200: requests },
    durationMs: 5_020,
  });
}

describe.each([
  ['one location', text],
  ['three locations', `${text}${locations}`],
])('a month that is run, from %s,', (_, written) => {
  const config = configOf(written);
  let world: Awaited<ReturnType<typeof openWorld>>;
  let month: Counts;
  let outage: Counts;
  let cold: number;

  beforeAll(async () => {
    world = await openWorld(config);
    await world.remember();
    await world.loadBefore();
    await world.until(startAt + 21 * minuteMs);
    // From 22:06 on one hour is like another, but for the one with midnight in it.
    const hour = await world.until(Date.UTC(2026, 10, 20, 23, 6));
    await world.until(Date.UTC(2026, 10, 20, 23, 36));
    const midnight = await world.until(Date.UTC(2026, 10, 21, 0, 36));
    month = mapCounts((key) => 30 * (23 * hour[key] + midnight[key]));
    const quiet = await world.until(Date.UTC(2026, 10, 21, 0, 40));
    world.world.failing.add('m5');
    const failing = await world.until(Date.UTC(2026, 10, 21, 0, 45));
    world.world.failing.clear();
    const mended = await world.until(Date.UTC(2026, 10, 21, 0, 55));
    cold = await world.coldReads();
    outage = mapCounts((key) => failing[key] + mended[key] - (15 / 4) * quiet[key]);
  });
  afterAll(() => world.stop());

  const options = {
    ...{ stage: 'dev', region, isShortenerOn: false, areFaultsOn: false, isRetained: false, logRetentionDays: 30 },
    ...{ fromAt: Date.UTC(2026, 10, 1), alertsPerMonth: 0, coldStartsPerDay: 0 },
  };
  const priced = (unit: PriceKey) =>
    usageOf(config, options)
      .filter((each) => each.whose === 'ours' && each.unit === unit && !each.what.startsWith('calls of heartbeats'))
      .reduce((sum, { quantity }) => sum + quantity, 0);

  it.each(['writeUnit', 'readUnit', 'metricCall', 'metricRead'] as const)(
    'makes as many %s as are priced, within 2 %%',
    (unit) => {
      expect(month[unit]).toBeGreaterThan(0);
      expect(Math.abs(priced(unit) / month[unit] - 1)).toBeLessThan(0.02);
    },
  );

  it.each(['rows of ticks', 'runs of bursts', 'hours and days'] as const)('writes of %s what is priced', (group) => {
    const quantity = usageOf(config, options)
      .filter((each) => each.unit === 'writeUnit' && each.what.startsWith(group))
      .reduce((sum, each) => sum + each.quantity, 0);
    expect(month[group]).toBeGreaterThan(0);
    expect(Math.abs(quantity / month[group] - 1)).toBeLessThan(0.02);
  });

  it('reads about as much anew in a cold start as is priced', () => {
    const quantity = usageOf(config, { ...options, coldStartsPerDay: 1 })
      .filter(({ what, of }) => what === 'history, read by cold starts' && of.length === 0)
      .reduce((sum, each) => sum + each.quantity, 0);
    // Where a page or an hour begins is chance: a unit or two of each location.
    expect(Math.abs(quantity / 30 - cold)).toBeLessThanOrEqual(2 * Math.max(1, locationNames(config).length));
  });

  it('tells nobody while all is well', () => {
    expect(month.message).toBe(0);
  });

  it('tells an alert by as many messages as are priced, and writes as much', () => {
    const alerting = { ...options, alertsPerMonth: 1 };
    const quantity = (unit: PriceKey, what: string) =>
      usageOf(config, alerting).find((each) => each.unit === unit && each.what === what)?.quantity;
    expect(outage.message).toBe(quantity('message', 'messages of alerts'));
    expect(outage.writeUnit).toBeCloseTo(quantity('writeUnit', 'alerts, written') ?? 0, 0);
  });
});
