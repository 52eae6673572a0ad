import type { Bucket, MetricName, ReadableStore, Span } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';

export const basicStatistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
type Basic = (typeof basicStatistics)[number];

/** A basic statistic; a quantile between 0 and 1; or how many values lie above one bound and up to another, as a count or in percent. */
export type Statistic =
  | { readonly basic: Basic }
  | { readonly quantile: number }
  | { readonly within: 'count' | 'percent'; readonly above: number; readonly upTo: number };

export type Point = { readonly atSeconds: number; readonly unit: string; readonly value: number };

/**
 * `Average`, `Sum`, …, `p99`, `p99.9`, `TC(100:300)`, `PR(:300)`; whatever else CloudWatch knows is refused by name.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function parseStatistic(text: string): Statistic {
  const basic = basicStatistics.find((name) => name === text);
  if (basic) return { basic };
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return { quantile: Number(percent) / 100 };
  const [, kind, above = '', upTo = ''] = /^(TC|PR)\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(text) ?? [];
  if (kind !== undefined && above + upTo !== '')
    return {
      within: kind === 'TC' ? 'count' : 'percent',
      above: above === '' ? Number.NEGATIVE_INFINITY : Number(above),
      upTo: upTo === '' ? Number.POSITIVE_INFINITY : Number(upTo),
    };
  throw new AwsError(
    'ValidationError',
    `The statistic ${text.slice(0, 32)} is not supported here: use SampleCount, Average, Sum, Minimum, Maximum, pNN, TC(a:b) or PR(a:b).`,
  );
}

/** One point a bucket, oldest first; buckets without data have none. `unit` as the store takes it. */
export function readPoints(
  store: ReadableStore,
  metric: MetricName,
  statistic: Statistic,
  span: Span,
  unit = '',
): readonly Point[] {
  if ('quantile' in statistic)
    return ofValues(store.samples(metric, span, unit), (values) => quantileOf(values, statistic.quantile));
  if ('within' in statistic) return ofValues(store.samples(metric, span, unit), (values) => countOf(values, statistic));
  return store.buckets(metric, span, unit).map((bucket) => ({
    atSeconds: bucket.atSeconds,
    unit: bucket.unit,
    value: basicOf(bucket, statistic.basic),
  }));
}

function basicOf(bucket: Bucket, statistic: Basic): number {
  switch (statistic) {
    case 'SampleCount':
      return bucket.count;
    case 'Average':
      return bucket.sum / bucket.count;
    case 'Sum':
      return bucket.sum;
    case 'Minimum':
      return bucket.min;
    case 'Maximum':
      return bucket.max;
    default:
      return statistic satisfies never;
  }
}

/** One point for each bucket whose single values are known. */
function ofValues(samples: readonly Bucket[], compute: (values: readonly Bucket[]) => number): readonly Point[] {
  const groups = Map.groupBy(samples, ({ atSeconds, unit }) => `${atSeconds} ${unit}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    // A statistic set has lost its values: CloudWatch has no percentile then, unless they were all the same.
    if (!first || group.some(({ min, max }) => min !== max)) return [];
    return [{ atSeconds: first.atSeconds, unit: first.unit, value: compute(group) }];
  });
}

/**
 * The value at rank quantile × (n − 1) of the sorted values, in a straight line between neighbours ("linear
 * interpolation of closest ranks", Hyndman and Fan's type 7). CloudWatch approximates; this is exact.
 */
export function quantileOf(sorted: readonly Pick<Bucket, 'count' | 'min'>[], quantile: number): number {
  const total = sorted.reduce((sum, { count }) => sum + count, 0);
  const rank = quantile * (total - 1);
  const low = valueAt(sorted, Math.floor(rank));
  const high = valueAt(sorted, Math.ceil(rank));
  return low + (high - low) * (rank - Math.floor(rank));
}

function valueAt(sorted: readonly Pick<Bucket, 'count' | 'min'>[], rank: number): number {
  let seen = 0;
  for (const { count, min } of sorted) {
    seen += count;
    if (rank < seen) return min;
  }
  return sorted.at(-1)?.min ?? Number.NaN;
}

/** The lower bound is not included, the upper one is. */
function countOf(values: readonly Bucket[], { within, above, upTo }: Extract<Statistic, { within: string }>): number {
  const count = (some: readonly Bucket[]) => some.reduce((sum, each) => sum + each.count, 0);
  const inside = count(values.filter(({ min }) => min > above && min <= upTo));
  return within === 'count' ? inside : (100 * inside) / count(values);
}
