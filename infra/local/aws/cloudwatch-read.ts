import { parseDimensions } from './cloudwatch-put.ts';
import { basicStatistics, type Point, parseStatistic, readPoints } from './cloudwatch-statistics.ts';
import type { CloudWatchStore, MetricName, Span } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';
import { isObject, readNumber, readObjects, readText, readTexts, requireInstant, requireText } from './read.ts';
import type { Input, Output } from './service.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const mostQueries = 500;
const mostPoints = 100_800;
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricStatistics.html
const mostStatisticsPoints = 1_440;

/** All of it in one answer; what would not fit into one of CloudWatch's is refused. */
export function getMetricData(store: CloudWatchStore, input: Input): Output {
  const queries = readObjects(input, 'MetricDataQueries');
  if (queries.length === 0) throw new AwsError('MissingParameter', 'The parameter MetricDataQueries is required.');
  if (queries.length > mostQueries)
    throw new AwsError(
      'ValidationError',
      `The collection MetricDataQueries must not have a size greater than ${mostQueries}.`,
    );
  const ids = queries.map((query) => requireText(query, 'Id'));
  if (new Set(ids).size < ids.length)
    throw new AwsError('ValidationError', 'The values of parameter Id in MetricDataQueries must be unique.');
  const scanBy = readText(input, 'ScanBy') ?? 'TimestampDescending';
  const results = queries
    .filter((query) => String(query['ReturnData'] ?? true) !== 'false')
    .map((query) => runQuery(store, query, input, scanBy === 'TimestampAscending'));
  const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
  if (total > mostPoints)
    throw new AwsError(
      'ValidationError',
      `The answer would have ${total} datapoints, more than ${mostPoints}: ask for less.`,
    );
  return { MetricDataResults: results, Messages: [] };
}

function runQuery(store: CloudWatchStore, query: Input, input: Input, isAscending: boolean) {
  const id = requireText(query, 'Id');
  if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id))
    throw new AwsError(
      'ValidationError',
      `The value ${id.slice(0, 64)} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  if (query['Expression'] !== undefined)
    throw new AwsError(
      'ValidationError',
      `Metric math and search are not supported here: query ${id} needs MetricStat.`,
    );
  const { MetricStat: stat } = query;
  if (!isObject(stat)) throw new AwsError('ValidationError', `The query ${id} needs MetricStat.`);
  const metric = readMetric(isObject(stat['Metric']) ? stat['Metric'] : {});
  const span = readSpan(stat, input);
  const points = [
    ...readPoints(store, metric, parseStatistic(requireText(stat, 'Stat')), span, readText(stat, 'Unit')),
  ];
  if (!isAscending) points.reverse();
  return {
    Id: id,
    Label: readText(query, 'Label') ?? metric.name,
    Timestamps: points.map(({ atSeconds }) => new Date(atSeconds * 1_000)),
    Values: points.map(({ value }) => value),
    StatusCode: 'Complete',
  };
}

function readMetric(input: Input): MetricName {
  return {
    namespace: requireText(input, 'Namespace'),
    name: requireText(input, 'MetricName'),
    dimensions: parseDimensions(input, 'Metric'),
  };
}

/** Buckets start at multiples of the period; the first one holds the start, the end is not included. */
function readSpan(stat: Input, input: Input): Span {
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
