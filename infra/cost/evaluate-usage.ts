import { hasBurstAlerts } from '../../shared/alert/burst.ts';
import { needsOf } from '../../shared/app/needs.ts';
import { dayMs, minuteMs } from '../../shared/ledger/keys.ts';
import { latencyLimits } from '../../shared/slo/latency.ts';
import { gigabytesOf } from '../template/memory.ts';
import { assumptions, daysPerMonth, hoursPerMonth, minutesPerMonth } from './assumptions.ts';
import { verdictBytes } from './burst-size.ts';
import { dayBytes, hourBytes, readUnits, tickBytes, weakReadUnits, writeUnits } from './capacity.ts';
import { coldReads, invocations, locationsOf, logged, ours, type Scene, type Usage } from './usage.ts';

const { evaluate, logBytes, keptDays, storage } = assumptions;

/** Everything that judging costs while all is calm: the schedule, Lambda, what is read and folded, the metrics of SLOs, logs. */
export function evaluateUsage(scene: Scene): readonly Usage[] {
  const { config } = scene;
  const gigabytes = gigabytesOf('evaluate', scene.stack);
  const share = Math.min(1, (gigabytes * 1_024) / 1_769);
  const { monitors, slos } = config;
  const rows = monitors.length * locationsOf(scene).length;
  const cpu = rows * evaluate.cpuSecondsPerMonitor + slos.length * evaluate.cpuSecondsPerSlo;
  return [
    ours('schedules', 'ticks of evaluate', 'schedule', minutesPerMonth),
    ...invocations('evaluate', minutesPerMonth, evaluate.seconds + cpu / share, gigabytes),
    ...ledgerUsage(scene),
    ...slos.map(({ id }) => ours('metrics', 'ErrorBudgetLeft', 'metric', 1 / 24, [`slo/${id}`])),
    // At midnight: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html takes 1,000 a call.
    ours('calls', 'PutMetricData of evaluate', 'metricCall', daysPerMonth * Math.ceil(slos.length / 1_000)),
    logged('evaluate', minutesPerMonth * (logBytes.evaluated + logBytes.invocation + logBytes.platform)),
  ];
}

function ledgerUsage(scene: Scene): readonly Usage[] {
  const { config, fromAt, coldStartsPerDay } = scene;
  const minutes = locationsOf(scene).map(minuteOf);
  const sum = (value: (minute: Minute) => number) => minutes.reduce((all, minute) => all + value(minute), 0);
  // Of several locations what each saw last before an hour is read, too, to judge its first minutes.
  const seenLast = (minute: Minute) => (minutes.length > 1 ? readUnits(5 * minute.bytes) : 0);
  const series = seriesOf(scene);
  const [hour, day] = [hourBytes(scene.stack.region, series), dayBytes(scene.stack.region, series)];
  const { spansMs } = needsOf(config.slos, fromAt);
  const aDayOfHours = readUnits(24 * hour);
  const farEdges = spansMs.filter((spanMs) => spanMs > 4 * dayMs && spanMs <= keptDays.hour * dayMs).length;
  // All days of the longest window, the hours of its last days and of the far edges, and the rows of about an hour, in two queries.
  const perCold =
    readUnits((Math.max(...spansMs) / dayMs) * day) +
    (5 + farEdges) * aDayOfHours +
    sum((minute) => 2 * readUnits(30 * minute.bytes) + seenLast(minute));
  const stored = [
    (keptDays.tick + storage.lateDays) * 1_440 * sum(({ bytes, rows }) => bytes + rows * storage.itemBytes),
    keptDays.hour * 24 * (hour + storage.itemBytes),
    keptDays.day * (day + storage.itemBytes),
  ];
  return [
    ours('dynamodb', "the alerts' state, read", 'readUnit', minutesPerMonth),
    ours('dynamodb', 'rows of ticks, read', 'readUnit', hoursPerMonth * sum(ticksRead)),
    ours('dynamodb', 'drills, looked for', 'readUnit', minutesPerMonth * weakReadUnits(0)),
    ...(hasBurstAlerts(config) ? [ours('dynamodb', 'verdicts of bursts, read', 'readUnit', verdictReads(scene))] : []),
    ours(
      'dynamodb',
      'hours and days, folded',
      'readUnit',
      hoursPerMonth * sum((minute) => readUnits(60 * minute.bytes) + seenLast(minute)),
    ),
    ours('dynamodb', 'hours and days, folded', 'readUnit', daysPerMonth * (2 + farEdges) * aDayOfHours),
    ours('dynamodb', 'hours and days, folded', 'writeUnit', hoursPerMonth * writeUnits(hour)),
    ours('dynamodb', 'hours and days, folded', 'writeUnit', daysPerMonth * writeUnits(day)),
    ours('dynamodb', coldReads, 'readUnit', daysPerMonth * coldStartsPerDay * perCold),
    ours('dynamodb', 'history, kept', 'tableGigabyte', stored.reduce((sum, bytes) => sum + bytes, 0) / 1e9),
  ];
}

/**
 * Read units of an hour of evaluations: each reads the rows of its minute and of the five before it, strongly, by one query for
 * each hour that they lie in.
 */
function ticksRead({ bytes: minute }: Minute): number {
  const looksBack = 5;
  return Array.from({ length: 60 }, (_, now) => {
    const inThis = Math.min(now, looksBack) + 1;
    const inLast = looksBack + 1 - inThis;
    return readUnits(inThis * minute) + (inLast > 0 ? readUnits(inLast * minute) : 0);
  }).reduce((sum, units) => sum + units, 0);
}

function verdictReads({ bursts }: Scene): number {
  return minutesPerMonth * readUnits(bursts.reduce((sum, { burst }) => sum + verdictBytes(burst.id), 0));
}

/** The rows of one location in a minute, on average. */
type Minute = { readonly bytes: number; readonly rows: number };

/** Of all shards. */
function minuteOf({ shards, stack }: Scene): Minute {
  let [bytes, rows] = [0, 0];
  for (const { shard, rows: written } of shards) {
    const { length } = written.minutes;
    for (const { outcomes } of written.minutes.flat()) {
      bytes += tickBytes(stack.region, shard.id, outcomes) / length;
      rows += 1 / length;
    }
  }
  return { bytes, rows };
}

/** How often what the ledger counts comes in an hour: monitors, and what SLOs ask of their latencies. */
function seriesOf({ config }: Scene): readonly number[] {
  const perHour = new Map(config.monitors.map(({ id, intervalMs }) => [id, (60 * minuteMs) / intervalMs]));
  const limits = latencyLimits(config.slos, () => true);
  return [...perHour.values(), ...limits.map(({ monitor }) => perHour.get(monitor) ?? 0)];
}
