import { parseDimensions } from './cloudwatch-put.ts';
import { basicStatistics, type Point, parseStatistic, readPoints } from './cloudwatch-statistics.ts';
import type { CloudWatchStore, MetricName, Span } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';
import { readNumber, readObjects, readText, readTexts, requireInstant, requireText } from './read.ts';
import type { Input, Output } from './service.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const mostStatisticsPoints = 1_440;

export function readMetric(input: Input): MetricName {
  return {
    namespace: requireText(input, 'Namespace'),
    name: requireText(input, 'MetricName'),
    dimensions: parseDimensions(input, 'Metric'),
  };
}

/** Buckets start at multiples of the period; the first one holds the start, the end is not included. */
export function readSpan(stat: Input, input: Input): Span {
  const periodSeconds = readNumber(stat, 'Period');
  if (periodSeconds === undefined) throw new AwsError('MissingParameter', 'The parameter Period is required.');
  if (![1, 5, 10, 20, 30].includes(periodSeconds) && (periodSeconds <= 0 || periodSeconds % 60 !== 0)) {
    const rule = 'it must be 1, 5, 10, 20, 30 or a multiple of 60 seconds';
    throw new AwsError('InvalidParameterValue', `The value ${periodSeconds} for parameter Period is invalid: ${rule}.`);
  }
  const fromAt = requireInstant(input, 'StartTime');
  const toAt = requireInstant(input, 'EndTime');
  if (fromAt >= toAt)
    throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const fromSeconds = Math.floor(fromAt / 1_000 / periodSeconds) * periodSeconds;
  return { fromSeconds, toSeconds: Math.ceil(toAt / 1_000), periodSeconds };
}

export function getMetricStatistics(store: CloudWatchStore, input: Input): Output {
  const metric = readMetric(input);
  const span = readSpan(input, input);
  const names = readTexts(input, 'Statistics');
  const extended = readTexts(input, 'ExtendedStatistics');
  for (const name of names)
    if (!basicStatistics.some((basic) => basic === name))
      throw new AwsError(
        'InvalidParameterValue',
        `The value ${name.slice(0, 64)} for parameter Statistics is invalid.`,
      );
  if (names.length + extended.length === 0)
    throw new AwsError('MissingParameter', 'The parameter Statistics or ExtendedStatistics is required.');
  if ((span.toSeconds - span.fromSeconds) / span.periodSeconds > mostStatisticsPoints + 1)
    throw new AwsError(
      'InvalidParameterCombination',
      `You have requested more than ${mostStatisticsPoints} datapoints: lengthen the period or shorten the time.`,
    );
  const read = (name: string) => readPoints(store, metric, parseStatistic(name), span, readText(input, 'Unit') ?? '*');
  return { Label: metric.name, Datapoints: merge(names, extended, read) };
}

function merge(names: readonly string[], extended: readonly string[], read: (name: string) => readonly Point[]) {
  const rows = new Map<string, { Timestamp: Date; Unit: string; [statistic: string]: unknown }>();
  for (const name of [...names, ...extended]) {
    for (const { atSeconds, unit, value } of read(name)) {
      const key = `${atSeconds} ${unit}`;
      const row = rows.get(key) ?? { Timestamp: new Date(atSeconds * 1_000), Unit: unit };
      if (extended.includes(name))
        row['ExtendedStatistics'] = { ...(row['ExtendedStatistics'] as object), [name]: value };
      else row[name] = value;
      rows.set(key, row);
    }
  }
  return [...rows.values()];
}

const pageSize = 500;

/** Every series that matches, 500 a page. */
export function listMetrics(store: CloudWatchStore, input: Input, now: number): Output {
  const namespace = readText(input, 'Namespace');
  const name = readText(input, 'MetricName');
  const wanted = readObjects(input, 'Dimensions').map(
    (one) => [requireText(one, 'Name'), readText(one, 'Value')] as const,
  );
  const since = readText(input, 'RecentlyActive') === 'PT3H' ? now / 1_000 - 3 * 3_600 : undefined;
  const matching = store
    .metrics()
    .filter((metric) => namespace === undefined || metric.namespace === namespace)
    .filter((metric) => name === undefined || metric.name === name)
    .filter((metric) => wanted.every(([key, value]) => matches(metric.dimensions[key], value)))
    .filter((metric) => since === undefined || (store.newest(metric) ?? 0) >= since);
  const start = readPage(input);
  const page = matching.slice(start, start + pageSize);
  return {
    Metrics: page.map((metric) => ({
      Namespace: metric.namespace,
      MetricName: metric.name,
      Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    NextToken: start + pageSize < matching.length ? String(start + pageSize) : undefined,
  };
}

const matches = (actual: string | undefined, wanted: string | undefined) =>
  actual !== undefined && (wanted === undefined || actual === wanted);

function readPage(input: Input): number {
  const token = readText(input, 'NextToken');
  if (token === undefined) return 0;
  if (!/^\d{1,9}$/.test(token))
    throw new AwsError('InvalidParameterValue', 'The value for parameter NextToken is invalid.');
  return Number(token);
}
