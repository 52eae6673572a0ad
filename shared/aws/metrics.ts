import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { PublishMetrics } from '../app/ports.ts';
import { namespace } from '../metrics/catalogue.ts';
import { boundedClient } from './client.ts';

/** PutMetricData takes at most this many datums a call. */
const mostDatums = 1_000;

/**
 * Publishes datums to CloudWatch. One attempt: a PutMetricData whose answer was lost may have counted, there is no token
 * to tell, and a gap in a graph is better than a double.
 */
export function createMetricsPublisher(): PublishMetrics {
  const client = new CloudWatchClient({ ...boundedClient, maxAttempts: 1 });
  return async (datums) => {
    for (let from = 0; from < datums.length; from += mostDatums)
      await client.send(
        new PutMetricDataCommand({
          Namespace: namespace,
          MetricData: datums.slice(from, from + mostDatums).map((datum) => ({
            MetricName: datum.name,
            Dimensions: Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value })),
            Timestamp: new Date(datum.at),
            ...('value' in datum ? { Value: datum.value } : { Values: [...datum.values], Counts: [...datum.counts] }),
            Unit: datum.unit,
          })),
        }),
      );
  };
}
