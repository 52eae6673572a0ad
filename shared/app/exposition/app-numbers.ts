import type { EntryKey } from '../../metrics/entries.ts';
import { type CloudWatchKey, cloudWatchOf } from '../../metrics/entries.ts';
import type { ExposedValue } from '../../metrics/exposition.ts';

/** One statistic of one series of CloudWatch. */
export type StatisticQuery = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `Maximum`, or a quantile: `p99`. */
  readonly statistic: string;
};

/** Values in the order of the queries over one span, epoch ms; undefined where there are none. Rejects where CloudWatch refuses. */
export type ReadStatistics = (
  queries: readonly StatisticQuery[],
  span: { readonly fromAt: number; readonly toAt: number },
  signal: AbortSignal,
) => Promise<readonly (number | undefined)[]>;

/** What the app's numbers are about. */
export type AppScope = {
  readonly service: string;
  readonly environment: string;
  /** Of the HTTP API; without one there are no numbers of it. */
  readonly apiId: string | undefined;
  /** The short names of the functions: `probe`. */
  readonly functions: readonly string[];
  /** The routes and the caches that have metrics of their own. */
  readonly routes: readonly string[];
  readonly caches: readonly string[];
};

/** On AWS the numbers are those of the newest whole five minutes: CloudWatch has most of them a minute later. */
export const numbersPeriodMs = 300_000;
const lateMs = 60_000;

/** The app's numbers of the newest whole period, from CloudWatch: `queries` of them are read each time, at $0.01 a thousand. */
export async function readAppNumbers(
  scope: AppScope,
  read: ReadStatistics,
  now: number,
  signal: AbortSignal,
  periodMs = numbersPeriodMs,
): Promise<readonly ExposedValue[]> {
  const wanted = appQueries(scope);
  const toAt = Math.floor((now - lateMs) / periodMs) * periodMs;
  const answers = await read(
    wanted.map(({ query }) => query),
    { fromAt: toAt - periodMs, toAt },
    signal,
  );
  const values = wanted.flatMap(({ key, labels, scale }, index): ExposedValue[] => {
    const answer = answers[index];
    const factor = scale === perSecond ? 1_000 / periodMs : scale;
    return answer === undefined ? [] : [{ key, labels, value: answer * factor }];
  });
  return [...values, ...hitRatios(values)];
}

type Wanted = {
  readonly key: EntryKey;
  readonly labels: ExposedValue['labels'];
  readonly query: StatisticQuery;
  /** What makes a base unit of CloudWatch's value; or a rate, of the sum of a period. */
  readonly scale: number | typeof perSecond;
};

const perSecond = 'per second';
const quantiles = [
  ['p50', '0.5'],
  ['p90', '0.9'],
  ['p99', '0.99'],
] as const;

export function appQueries(scope: AppScope): readonly Wanted[] {
  return [...apiQueries(scope), ...routeQueries(scope), ...cacheQueries(scope), ...functionQueries(scope)];
}

function wanted(
  key: CloudWatchKey,
  statistic: string,
  values: readonly string[],
  scale: Wanted['scale'],
  labels: ExposedValue['labels'] = {},
): Wanted {
  const { namespace, name, dimensions: names } = cloudWatchOf(key);
  const dimensions = Object.fromEntries(names.map((dimension, index) => [dimension, values[index] ?? '']));
  return { key, labels, scale, query: { namespace, name, dimensions, statistic } };
}

function apiQueries({ apiId }: AppScope): readonly Wanted[] {
  if (apiId === undefined) return [];
  return [
    wanted('apiRequests', 'Sum', [apiId], perSecond),
    wanted('api4xx', 'Average', [apiId], 1),
    wanted('api5xx', 'Average', [apiId], 1),
    ...quantiles.map(([statistic, quantile]) => wanted('apiLatency', statistic, [apiId], 0.001, { quantile })),
  ];
}

function routeQueries({ service, environment, routes }: AppScope): readonly Wanted[] {
  return routes.flatMap((route) =>
    quantiles.map(([statistic, quantile]) =>
      wanted('requestLatency', statistic, [service, environment, route], 0.001, { http_route: route, quantile }),
    ),
  );
}

function cacheQueries({ service, environment, caches }: AppScope): readonly Wanted[] {
  return caches.flatMap((cache) =>
    (['cacheHits', 'cacheMisses'] as const).map((key) =>
      wanted(key, 'Sum', [service, environment, cache], perSecond, { cache }),
    ),
  );
}

function functionQueries({ service, environment, functions }: AppScope): readonly Wanted[] {
  return functions.flatMap((name) => {
    const [dimensions, labels] = [[`${service}-${environment}-${name}`], { faas_name: name }];
    const errors = wanted('functionErrors', 'Average', dimensions, 1, labels);
    if (name !== 'shortener') return [errors];
    const throttles = wanted('throttles', 'Sum', dimensions, perSecond, labels);
    return [errors, throttles, wanted('concurrency', 'Maximum', dimensions, 1, labels)];
  });
}

/** Of caches that were asked at all; sent hits without misses are all hits. */
function hitRatios(values: readonly ExposedValue[]): readonly ExposedValue[] {
  const of = (key: EntryKey, cache: string) =>
    values.find((each) => each.key === key && each.labels['cache'] === cache)?.value ?? 0;
  const caches = new Set(values.flatMap(({ labels }) => labels['cache'] ?? []));
  return [...caches].flatMap((cache): ExposedValue[] => {
    const [hits, misses] = [of('cacheHits', cache), of('cacheMisses', cache)];
    return hits + misses === 0 ? [] : [{ key: 'cacheHitRatio', labels: { cache }, value: hits / (hits + misses) }];
  });
}
