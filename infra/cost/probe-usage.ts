import { gigabytesOf } from '../template/memory.ts';
import type { Shard } from '../template/shards.ts';
import { assumptions, minutesPerMonth } from './assumptions.ts';
import { itemBytes, readUnits, tickBytes, writeUnits } from './capacity.ts';
import { type Alike, alike, partOf, requestsPerMonth } from './requests.ts';
import type { Rows } from './rows.ts';
import type { ScheduledShard } from './scheduled.ts';
import { invocations, logged, ours, type Scene, type Usage } from './usage.ts';

const { probe, logBytes, sentBytes, spanEndSeconds } = assumptions;
const hourMs = 3_600_000;

/** Everything that probing costs: schedules, Lambda, rows, metrics, logs, what is sent. */
export function probeUsage(scene: Scene): readonly Usage[] {
  return [
    ...scene.shards.flatMap((shard) => shardUsage(scene, shard)),
    ...alike(scene.config.monitors).flatMap(monitorUsage),
  ];
}

function monitorUsage({ one, count, of }: Alike): readonly Usage[] {
  if (one.type === 'heartbeat') return [];
  const months = Math.min(1, hourMs / one.intervalMs);
  const sent = requestsPerMonth(one) * sentBytes.probe;
  return [
    ours('metrics', 'ProbeLatency', 'metric', count * months, of),
    ours('transfer', 'requests of probes', 'gigabyteOut', (count * sent) / 1e9, of),
  ];
}

function shardUsage(scene: Scene, { shard, rows }: ScheduledShard): readonly Usage[] {
  const { stack } = scene;
  const of = shard.monitors.map(partOf);
  const gigabytes = gigabytesOf('probe', stack);
  return [
    ours('schedules', 'ticks of probe', 'schedule', minutesPerMonth, of),
    ...invocations('probe', minutesPerMonth, secondsOf(shard, rows, gigabytes), gigabytes, of),
    ours('dynamodb', 'rows of ticks, written', 'writeUnit', minutesPerMonth * writesOf(stack.region, shard, rows), of),
    ...heartbeatReads(scene, shard),
    ours('calls', 'PutMetricData of probe', 'metricCall', minutesPerMonth * callShare(rows), of),
    logged('probe', minutesPerMonth * (logBytes.probed + logBytes.invocation + logBytes.platform), of),
  ];
}

/** Seconds of an invocation, on average: of an ordinary shard it waits for the slowest of what is due. */
function secondsOf({ spanMs }: Shard, { minutes }: Rows, gigabytes: number): number {
  const share = (gigabytes * 1_024) / 1_769;
  return mean(
    minutes.map((rows) => {
      const slowest = Math.max(0, ...rows.map(({ requests }) => requests)) * probe.waitSeconds;
      const last = Math.max(0, ...rows.map(({ offsetMs }) => offsetMs)) / 1_000;
      const cpu = rows.reduce((sum, { probes }) => sum + probes, 0) * (probe.cpuSeconds / share);
      return spanMs === undefined ? probe.overheadSeconds + slowest + cpu : last + spanEndSeconds;
    }),
  );
}

function writesOf(region: string, { id }: Shard, { minutes }: Rows): number {
  return mean(
    minutes.map((rows) => rows.reduce((sum, { outcomes }) => sum + writeUnits(tickBytes(region, id, outcomes)), 0)),
  );
}

/** A tick in which nothing is measured publishes nothing. */
const callShare = ({ minutes }: Rows): number =>
  mean(minutes.map((rows) => (rows.some(({ requests }) => requests > 0) ? 1 : 0)));

/** Each tick of a shard with heartbeats reads all of them by one query. */
function heartbeatReads({ config }: Scene, { monitors }: Shard): readonly Usage[] {
  if (!monitors.some(({ type }) => type === 'heartbeat')) return [];
  const all = config.monitors.filter(({ type }) => type === 'heartbeat');
  const record = JSON.stringify({ goodAt: 1_795_716_000_000, startedAt: 1_795_716_000_000 });
  const bytes = all.reduce(
    (sum, { id, key }) => sum + itemBytes({ pk: 'heartbeat', sk: String(key), version: 1_000, record, monitor: id }),
    0,
  );
  const of = monitors.filter(({ type }) => type === 'heartbeat').map(partOf);
  return [ours('dynamodb', 'state of heartbeats, read', 'readUnit', minutesPerMonth * readUnits(bytes), of)];
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
