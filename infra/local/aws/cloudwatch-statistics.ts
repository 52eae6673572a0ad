import type { Bucket, CloudWatchStore, MetricName, Span } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';

export const basicStatistics = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const;
type Basic = (typeof basicStatistics)[number];

/** A basic statistic, or a quantile between 0 and 1. */
export type Statistic = { readonly basic: Basic } | { readonly quantile: number };

export type Point = { readonly atSeconds: number; readonly unit: string; readonly value: number };

/** `Average`, `Sum`, …, `p99`, `p99.9`; whatever else CloudWatch knows is refused by name. */
export function parseStatistic(text: string): Statistic {
  const basic = basicStatistics.find((name) => name === text);
  if (basic) return { basic };
  const percent = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(text)?.[1];
  if (percent !== undefined && Number(percent) <= 100) return { quantile: Number(percent) / 100 };
  throw new AwsError(
    'ValidationError',
    `The statistic ${text.slice(0, 32)} is not supported here: use SampleCount, Average, Sum, Minimum, Maximum or pNN.`,
  );
}

/** One point a bucket, oldest first; buckets without data have none. `unit` as the store takes it. */
export function readPoints(
  store: CloudWatchStore,
  metric: MetricName,
  statistic: Statistic,
  span: Span,
  unit = '',
): readonly Point[] {
  if ('quantile' in statistic) return quantiles(store.samples(metric, span, unit), statistic.quantile);
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

function quantiles(samples: readonly Bucket[], quantile: number): readonly Point[] {
  const groups = Map.groupBy(samples, ({ atSeconds, unit }) => `${atSeconds} ${unit}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    // A statistic set has lost its values: CloudWatch has no percentile then, unless they were all the same.
    if (!first || group.some(({ min, max }) => min !== max)) return [];
    return [{ atSeconds: first.atSeconds, unit: first.unit, value: quantileOf(group, quantile) }];
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
