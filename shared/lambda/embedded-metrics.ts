import type { CloudWatchName } from '../metrics/entry.ts';

/** A metric of a log line: its name, and its values (at most 100). */
export type Embedded = { readonly metric: CloudWatchName; readonly values: readonly number[] };

/** The dimensions' values of one line, by their names. */
export type DimensionValues = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html */
export const mostValuesPerMetric = 100;
const longestDimension = 1_024;

/**
 * What makes CloudWatch Logs take metrics out of a line: the block `_aws`, the dimensions and the values, to be spread into
 * the line's own object. Nothing at all where there is no metric. `at` in epoch ms.
 */
export function embed(
  embedded: readonly Embedded[],
  dimensions: DimensionValues,
  at: number,
): Readonly<Record<string, unknown>> {
  if (embedded.length === 0) return {};
  const directives = [...Map.groupBy(embedded, ({ metric }) => metric.dimensions.join())].map(([, same]) => ({
    Namespace: same[0]?.metric.namespace,
    Dimensions: [same[0]?.metric.dimensions],
    Metrics: same.map(({ metric }) => ({ Name: metric.name, Unit: metric.unit })),
  }));
  const used = new Set(embedded.flatMap(({ metric }) => metric.dimensions));
  return {
    _aws: { Timestamp: at, CloudWatchMetrics: directives },
    ...Object.fromEntries([...used].map((name) => [name, (dimensions[name] ?? '').slice(0, longestDimension)])),
    ...Object.fromEntries(
      embedded.map(({ metric, values }) => [metric.name, values.length === 1 ? values[0] : values]),
    ),
  };
}
