import { type CloudWatchKey, cloudWatchOf } from '../../../shared/metrics/entries.ts';
import type { Stack } from '../model.ts';
import { type Content, isExpression, type MetricOptions, type MetricProperties, type MetricRow } from './model.ts';

export type Values = Readonly<Record<string, string>>;
type Plain = Partial<Omit<MetricProperties, 'title' | 'region' | 'metrics'>>;

/**
 * One series of the catalogue. Whose it is stands in `values`, by the names of its dimensions; service and environment
 * are the stack's own.
 */
export function metric(stack: Stack, key: CloudWatchKey, values: Values, options: MetricOptions = {}): MetricRow {
  const { namespace, name, dimensions, severally = [] } = cloudWatchOf(key);
  const known: Values = { Service: stack.service, Environment: stack.stage, ...values };
  const all = [...dimensions, ...severally.filter((dimension) => known[dimension] !== undefined)];
  const pairs = all.flatMap((dimension) => [dimension, known[dimension] ?? '']);
  return [namespace, name, ...pairs, options];
}

/** Metrics that are sent only when there is something to say, with 0 where they are silent. */
export function filled(rows: readonly MetricRow[]): readonly MetricRow[] {
  return [[{ expression: 'FILL(METRICS(), 0)', label: '', id: 'filled' }], ...hidden(rows)];
}

/** The rows that an expression reads, with ids `m0`, `m1`, … where they have none, and not drawn themselves. */
export function hidden(rows: readonly MetricRow[], prefix = 'm'): readonly MetricRow[] {
  return rows.map((row, index) => withOptions(row, { id: `${prefix}${index}`, visible: false }));
}

function withOptions(row: MetricRow, more: MetricOptions): MetricRow {
  if (isExpression(row)) return row;
  const options = row.at(-1) as MetricOptions;
  return [...row.slice(0, -1), { ...more, ...options, visible: false }] as unknown as MetricRow;
}

/** A graph over time. Lines start at zero, and their unit stands at the axis. */
export function graph(
  stack: Stack,
  title: string,
  metrics: readonly MetricRow[],
  unit: string,
  more: Plain = {},
): Content {
  return figure(stack, title, metrics, {
    view: 'timeSeries',
    stacked: false,
    yAxis: { left: { min: 0, label: unit, showUnits: false } },
    ...more,
  });
}

/** The newest value of each metric, in large figures. */
export function numbers(stack: Stack, title: string, metrics: readonly MetricRow[], more: Plain): Content {
  return figure(stack, title, metrics, { view: 'singleValue', ...more });
}

export function figure(stack: Stack, title: string, metrics: readonly MetricRow[], more: Plain): Content {
  const { view = 'timeSeries', period = 60, ...rest } = more;
  return { type: 'metric', properties: { title, region: stack.region, view, period, metrics, ...rest } };
}

/** The quantiles that a latency is told by. */
export function quantiles(stack: Stack, key: CloudWatchKey, values: Values): readonly MetricRow[] {
  return ['p50', 'p90', 'p99'].map((stat) => metric(stack, key, values, { stat, label: stat }));
}
