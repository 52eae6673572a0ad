import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { type MovingMetric, movingMetrics } from '../../infra/cli/drill/named-drills.ts';
import { type CloudWatchKey, cloudWatchOf } from '../../shared/metrics/entries.ts';
import type { Running } from './local-mode.ts';

/** What a running local mode shows of its shortener: how its metrics stand beside a calm time, and which alerts fired. */
export type Look = {
  /** `api5xx up`, for each that moved in the last seconds. */
  moved(): Promise<readonly string[]>;
  /** Waits until nothing moves, nothing fires and no drill is on; the first calm is what later ones are measured by. */
  calm(withinMs: number): Promise<void>;
  untilBroken(withinMs: number): Promise<void>;
  untilMended(withinMs: number): Promise<void>;
  untilFired(since: number, count: number, withinMs: number): Promise<void>;
  /** Monitors whose alerts fired since then. */
  fired(since: number): Promise<readonly string[]>;
  close(): void;
};

type Values = Readonly<Record<MovingMetric, number>>;

/** So many seconds are looked at, the newest of them so long ago that all of it has arrived. */
const [windowSeconds, settleSeconds] = [3, 1];
const isLatency = (metric: MovingMetric): boolean => metric === 'apiLatency' || metric === 'functionDuration';

export function openLook(local: Running, service: string): Look {
  const client = new CloudWatchClient({
    ...{ endpoint: local.aws, region: 'us-east-1' },
    credentials: { accessKeyId: 'x', secretAccessKey: 'y' },
  });
  let base: Values | undefined;
  const read = async (): Promise<Values> => {
    const toSeconds = Math.floor(Date.now() / 1_000) - settleSeconds;
    const entries = movingMetrics.map(async (metric) => [metric, await readOne(metric, toSeconds)] as const);
    return Object.fromEntries(await Promise.all(entries)) as Values;
  };
  const readOne = (metric: MovingMetric, toSeconds: number): Promise<number> | number =>
    metric === 'cpuTime'
      ? cpuOf(join(local.data, 'logs/shortener.log'), toSeconds - windowSeconds, toSeconds)
      : query(client, metric, service, toSeconds);
  const moved = async (): Promise<readonly string[]> => {
    const now = await read();
    return movingMetrics.flatMap((metric) => compare(metric, now[metric], base?.[metric] ?? 0));
  };
  const isOn = async (): Promise<boolean> => (await faults(local)).active;
  const until = async (what: string, isThere: () => Promise<boolean>, withinMs: number): Promise<void> => {
    const deadline = Date.now() + withinMs;
    while (!(await isThere())) {
      if (Date.now() > deadline)
        throw new Error(`${what} did not come: ${(await moved()).join(', ')}\n${local.output()}`);
      await pause(250);
    }
  };
  const fired = async (since: number): Promise<readonly string[]> => {
    const { incidents } = await local.state();
    const alerts = incidents.flatMap((incident) => incident.alerts).filter(({ firedAt }) => firedAt >= since);
    return [...new Set(alerts.map(({ id }) => id.split('/')[1] ?? id))].toSorted();
  };
  const isCalm = async (): Promise<boolean> => {
    const { incidents, monitors } = await local.state();
    const isWell =
      monitors.every(({ state }) => state === 'passed') && incidents.every(({ closedAt }) => closedAt !== null);
    if (!isWell || (await isOn())) return false;
    if (base !== undefined) return (await moved()).length === 0;
    const [first, second] = [await read(), await pause(3_000).then(read)];
    if (first.cacheHits < 10 || second.cacheHits < 10 || second.api5xx > 0) return false;
    base = second;
    return true;
  };
  return {
    moved,
    fired,
    calm: (withinMs) => until('the calm', isCalm, withinMs),
    untilBroken: (withinMs) => until('the drill', isOn, withinMs),
    untilMended: (withinMs) => until('its end', async () => !(await isOn()), withinMs),
    untilFired: (since, count, withinMs) =>
      until('the alerts', async () => (await fired(since)).length >= count, withinMs),
    close: () => client.destroy(),
  };
}

/** Rates by the second and latencies in ms are moved when nobody could take it for noise. */
function compare(metric: MovingMetric, now: number, calm: number): readonly string[] {
  if (isLatency(metric)) return now > Math.max(3 * calm, calm + 150) ? [`${metric} up`] : [];
  if (metric === 'cpuTime') return now > 1.5 * calm + 0.1 ? [`${metric} up`] : [];
  if (now > 2 * calm + 0.5) return [`${metric} up`];
  return calm > 1 && now < calm / 4 ? [`${metric} down`] : [];
}

async function faults({ shortener }: Running): Promise<{ readonly active: boolean }> {
  return (await (await fetch(`${shortener}/faults`, { signal: AbortSignal.timeout(20_000) })).json()) as {
    active: boolean;
  };
}

/** Of a latency the 90 % quantile of the middle one of the seconds, so that one bad second is no news; else how many a second. */
async function query(
  client: CloudWatchClient,
  metric: MovingMetric,
  service: string,
  toSeconds: number,
): Promise<number> {
  const { namespace, name, dimensions } = cloudWatchOf(metric as CloudWatchKey);
  const known: Readonly<Record<string, string>> = {
    ...{
      ApiId: 'local',
      FunctionName: `${service}-local-shortener`,
      Service: service,
      Environment: 'local',
      Cache: 'links',
    },
  };
  const typesOfError = ['fault-injected', 'database-unavailable'];
  const variants = dimensions.includes('ErrorType') ? typesOfError : [''];
  const StartTime = new Date((toSeconds - windowSeconds) * 1_000);
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      ...{ StartTime, EndTime: new Date(toSeconds * 1_000) },
      MetricDataQueries: variants.map((type, index) => ({
        Id: `m${index}`,
        MetricStat: {
          Metric: {
            ...{ Namespace: namespace, MetricName: name },
            Dimensions: dimensions.map((each) => ({ Name: each, Value: each === 'ErrorType' ? type : known[each] })),
          },
          ...{ Period: 1, Stat: isLatency(metric) ? 'p90' : 'Sum' },
        },
      })),
    }),
  );
  const values = MetricDataResults.flatMap(({ Values = [] }) => Values);
  if (isLatency(metric)) return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return values.reduce((sum, value) => sum + value, 0) / windowSeconds;
}

/** CPU of the shortener by the second, as its log has it; the last line may not be whole yet. */
function cpuOf(file: string, fromSeconds: number, toSeconds: number): number {
  let seconds = 0;
  for (const line of readFileSync(file, 'utf8').split('\n').slice(-2_000, -1)) {
    if (!line.includes('"process.cpu.time"')) continue;
    const { timestamp, 'process.cpu.time': cpu } = JSON.parse(line) as {
      timestamp: string;
      'process.cpu.time': number;
    };
    const at = Date.parse(timestamp) / 1_000;
    if (at >= fromSeconds && at < toSeconds) seconds += cpu;
  }
  return seconds / (toSeconds - fromSeconds);
}
