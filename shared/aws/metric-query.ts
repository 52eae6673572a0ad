import type { MetricDataQuery } from '@aws-sdk/client-cloudwatch';

type Metric = {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
};

/** The query of one statistic of one metric, named `q<index>`. Periods are ms. */
export function metricQuery(index: number, metric: Metric, periodMs: number, statistic: string): MetricDataQuery {
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: metric.namespace,
        MetricName: metric.name,
        Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: periodMs / 1_000,
      Stat: statistic,
    },
  };
}
