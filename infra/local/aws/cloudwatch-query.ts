import { readMetric, readSpan } from './cloudwatch-read.ts';
import { parseStatistic, readPoints } from './cloudwatch-statistics.ts';
import type { ReadableStore } from './cloudwatch-store.ts';
import { AwsError } from './error.ts';
import { evaluateExpression, seriesOf } from './metric-math.ts';
import type { MathContext, MathValue, Series } from './metric-math-model.ts';
import { type Expression, namesIn, parseExpression } from './metric-math-syntax.ts';
import { isObject, readNumber, readObjects, readText, requireText } from './read.ts';
import type { Input, Output } from './service.ts';

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
const mostQueries = 500;
const mostPoints = 100_800;

/** A query as it is asked: a metric with its points, or an expression over other queries. */
type Query = { readonly id: string; readonly label: string | undefined; readonly isReturned: boolean } & (
  | { readonly series: Series; readonly periodSeconds: number }
  | { readonly expression: Expression; readonly periodSeconds: number | undefined }
);

/** All of it in one answer, metric math included; what would not fit into one of CloudWatch's is refused. */
export function getMetricData(store: ReadableStore, input: Input): Output {
  const asked = readObjects(input, 'MetricDataQueries');
  if (asked.length === 0) throw new AwsError('MissingParameter', 'The parameter MetricDataQueries is required.');
  if (asked.length > mostQueries)
    throw invalid(`The collection MetricDataQueries must not have a size greater than ${mostQueries}.`);
  const queries = asked.map((query) => readQuery(store, query, input));
  if (new Set(queries.map(({ id }) => id)).size < queries.length)
    throw invalid('The values of parameter Id in MetricDataQueries must be unique.');
  const isAscending = readText(input, 'ScanBy') === 'TimestampAscending';
  const compute = createComputer(queries, input);
  const results = queries
    .filter(({ isReturned }) => isReturned)
    .flatMap((query) => resultsOf(query, compute(query.id), isAscending));
  const total = results.reduce((sum, { Values }) => sum + Values.length, 0);
  if (total > mostPoints)
    throw invalid(`The answer would have ${total} datapoints, more than ${mostPoints}: ask for less.`);
  return { MetricDataResults: results, Messages: [] };
}

function readQuery(store: ReadableStore, query: Input, input: Input): Query {
  const id = requireText(query, 'Id');
  if (!/^[a-z][a-zA-Z0-9_]{0,254}$/.test(id))
    throw invalid(
      `The value ${id.slice(0, 64)} for parameter Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  const common = { id, label: readText(query, 'Label'), isReturned: String(query['ReturnData'] ?? true) !== 'false' };
  const { MetricStat: stat } = query;
  const text = readText(query, 'Expression');
  if ((text === undefined) === (stat === undefined))
    throw invalid(`The query ${id} needs either MetricStat or Expression.`);
  if (text !== undefined)
    return { ...common, expression: parseExpression(text), periodSeconds: readNumber(query, 'Period') };
  if (!isObject(stat)) throw invalid(`The query ${id} needs MetricStat.`);
  return { ...common, ...readSeries(store, stat, input) };
}

function readSeries(store: ReadableStore, stat: Input, input: Input): { series: Series; periodSeconds: number } {
  const metric = readMetric(isObject(stat['Metric']) ? stat['Metric'] : {});
  const span = readSpan(stat, input);
  const statistic = parseStatistic(requireText(stat, 'Stat'));
  const points = readPoints(store, metric, statistic, span, readText(stat, 'Unit'));
  const series = { label: metric.name, points: new Map(points.map(({ atSeconds, value }) => [atSeconds, value])) };
  return { series, periodSeconds: span.periodSeconds };
}

/** Answers the value of a query by its id. An expression looks at the longest period of the metrics that it uses. */
function createComputer(queries: readonly Query[], input: Input): (id: string) => MathValue | undefined {
  const byId = new Map(queries.map((query) => [query.id, query]));
  const metrics = new Map(queries.flatMap((query) => ('series' in query ? [[query.id, named(query)] as const] : [])));
  const done = new Map<string, MathValue>();
  const underWay = new Set<string>();
  const periods = queries.flatMap(({ periodSeconds }) => periodSeconds ?? []);
  const compute = (id: string): MathValue | undefined => {
    const query = byId.get(id);
    if (query === undefined) return undefined;
    if ('series' in query) return metrics.get(id);
    const known = done.get(id);
    if (known !== undefined) return known;
    if (underWay.has(id)) throw invalid(`The expression of query ${id} depends on itself.`);
    underWay.add(id);
    const used = namesIn(query.expression).flatMap((name) => byId.get(name)?.periodSeconds ?? []);
    const periodSeconds = query.periodSeconds ?? Math.max(...(used.length > 0 ? used : [60, ...periods]));
    const value = evaluateExpression(query.expression, contextOf(compute, metrics, periodSeconds, input));
    done.set(id, value);
    return value;
  };
  return compute;
}

function contextOf(
  resolve: MathContext['resolve'],
  metrics: MathContext['metrics'],
  periodSeconds: number,
  input: Input,
): MathContext {
  const { fromSeconds, toSeconds } = readSpan({ Period: periodSeconds }, input);
  const length = Math.ceil((toSeconds - fromSeconds) / periodSeconds);
  if (length > mostPoints) throw invalid(`An expression would have ${length} datapoints: ask for less.`);
  const grid = Array.from({ length }, (_, index) => fromSeconds + index * periodSeconds);
  return { resolve, metrics, grid, periodSeconds };
}

const named = ({ label, series }: Query & { readonly series: Series }): Series => ({
  label: label ?? series.label,
  points: series.points,
});

/** Several series of one expression carry its label and their own. */
function resultsOf(query: Query, value: MathValue | undefined, isAscending: boolean) {
  const all = seriesOf(value ?? 0);
  const isAlone = typeof value === 'object' && 'points' in value;
  return all.map(({ label, points }) => {
    const entries = isAscending ? [...points] : [...points].reverse();
    const own = 'series' in query || isAlone ? (query.label ?? label) : `${query.label ?? query.id} ${label}`.trim();
    return {
      Id: query.id,
      Label: own === '' ? query.id : own,
      Timestamps: entries.map(([at]) => new Date(at * 1_000)),
      Values: entries.map(([, each]) => each),
      StatusCode: 'Complete',
    };
  });
}

const invalid = (message: string) => new AwsError('ValidationError', message);
