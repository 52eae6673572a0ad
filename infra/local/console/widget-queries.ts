import type { MetricExpression, MetricOptions, MetricRow } from '../../template/dashboards/model.ts';
import type { MetricAnswer, MetricProperties, Span } from './dashboard-model.ts';

/** A series as it is drawn. */
export type DrawnSeries = {
  readonly id: string;
  readonly label: string;
  readonly isRight: boolean;
  /** Where the body names one. */
  readonly color: string | undefined;
  /** Epoch seconds, the oldest first. */
  readonly at: readonly number[];
  readonly values: readonly number[];
};

/** The input of GetMetricData that a widget stands for. */
export type MetricInput = {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly ScanBy: 'TimestampAscending';
  readonly MetricDataQueries: readonly object[];
};

/** As many points as a graph has pixels, about. */
const mostPoints = 1_440;

/** The span that a widget looks at: its own, where the body names one, else the reader's. */
export function spanOf({ start }: Pick<MetricProperties, 'start'>, span: Span): Span {
  const [, count, unit = ''] = /^-P(?:T?)(\d+)([MHDW])$/.exec(start ?? '') ?? [];
  if (count === undefined) return span;
  const hours = { M: 1 / 60, H: 1, D: 24, W: 168 }[unit] ?? 0;
  return { fromAt: span.toAt - Number(count) * hours * 3_600_000, toAt: span.toAt };
}

/**
 * The period in seconds: the widget's, lengthened where a long span would have more points than can be drawn, and the whole span
 * where one value of it is wanted.
 */
export function periodOf(properties: MetricProperties, { fromAt, toAt }: Span): number {
  const seconds = (toAt - fromAt) / 1_000;
  if (properties.setPeriodToTimeRange === true) return Math.max(60, Math.ceil(seconds / 60) * 60);
  return Math.max(properties.period, Math.ceil(seconds / mostPoints / 60) * 60);
}

/** Each row of the widget as a query of GetMetricData. Rows without an id get one that nobody else has. */
export function metricInput(properties: MetricProperties, span: Span): MetricInput {
  const period = periodOf(properties, span);
  return {
    StartTime: Math.floor(span.fromAt / 1_000),
    EndTime: Math.ceil(span.toAt / 1_000),
    ScanBy: 'TimestampAscending',
    MetricDataQueries: properties.metrics.map((row, index) => queryOf(row, idOf(row, index), properties, period)),
  };
}

function queryOf(row: MetricRow, id: string, { stat = 'Average' }: MetricProperties, period: number): object {
  const options = optionsOf(row);
  const common = {
    Id: id,
    ...(options.label === undefined ? {} : { Label: options.label }),
    ReturnData: options.visible !== false,
  };
  if ('expression' in options) return { ...common, Expression: options.expression, Period: period };
  const [Namespace, MetricName, ...pairs] = row.slice(0, -1) as string[];
  const Dimensions = pairs.flatMap((name, index) =>
    index % 2 === 0 ? [{ Name: name, Value: pairs[index + 1] ?? '' }] : [],
  );
  const Metric = { Namespace, MetricName, Dimensions };
  return { ...common, MetricStat: { Metric, Period: period, Stat: options.stat ?? stat } };
}

const optionsOf = (row: MetricRow): MetricExpression | MetricOptions => row.at(-1) as MetricExpression | MetricOptions;
const idOf = (row: MetricRow, index: number): string => optionsOf(row).id ?? `row${index}`;

/** What came, with how the widget wants it drawn. Of an expression over many metrics several series have one id. */
export function drawnSeries({ metrics }: MetricProperties, answer: MetricAnswer): readonly DrawnSeries[] {
  const rows = new Map(metrics.map((row, index) => [idOf(row, index), optionsOf(row)]));
  return answer.map(({ id, label, at, values }) => {
    const options = rows.get(id);
    const isAlone = answer.filter((other) => other.id === id).length === 1;
    return { id, label, at, values, isRight: options?.yAxis === 'right', color: isAlone ? options?.color : undefined };
  });
}

/** Whether a row is something that AWS alone publishes: by its namespace and name. */
export function namesOf({ metrics }: MetricProperties): readonly string[] {
  return metrics.flatMap((row) => (row.length === 1 ? [] : [`${row[0]} ${row[1]}`]));
}
