import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { PublishMetrics } from '../app/ports.ts';
import { BurnwatchError } from '../config/model.ts';
import { namespace } from '../metrics/catalogue.ts';
import type { Datum } from '../metrics/model.ts';
import { clientAt, type Place } from './client.ts';

/** PutMetricData takes at most this many datums a call. */
const mostDatums = 1_000;
/** Halving a batch of a thousand finds one bad datum in 21 calls; a batch that is bad as a whole is given up after these. */
const mostCalls = 40;

/**
 * Publishes datums to CloudWatch. One attempt: a PutMetricData whose answer was lost may have counted, there is no token
 * to tell, and a gap in a graph is better than a double. A call that is refused for what is in it has counted nothing: its
 * halves are sent on their own, so that one bad datum costs no other. Rejects at its end where some were refused.
 */
export function createMetricsPublisher(place: Place = {}): PublishMetrics {
  const client = new CloudWatchClient({ ...clientAt(place), maxAttempts: 1 });
  return async (datums) => {
    const batches = batchesOf(datums);
    const refused: unknown[] = [];
    for (let calls = 1, batch = batches.shift(); batch !== undefined; calls += 1, batch = batches.shift()) {
      try {
        await client.send(commandOf(batch));
      } catch (error) {
        if (!isRefused(error)) throw error;
        const middle = Math.ceil(batch.length / 2);
        if (batch.length > 1 && calls + batches.length < mostCalls)
          batches.unshift(batch.slice(0, middle), batch.slice(middle));
        else refused.push(error);
      }
    }
    if (refused.length > 0)
      throw new BurnwatchError('BURN_METRICS_REFUSED', 'CloudWatch refused some datums', { cause: refused[0] });
  };
}

function batchesOf(datums: readonly Datum[]): (readonly Datum[])[] {
  const count = Math.ceil(datums.length / mostDatums);
  return Array.from({ length: count }, (_, index) => datums.slice(index * mostDatums, (index + 1) * mostDatums));
}

function commandOf(datums: readonly Datum[]): PutMetricDataCommand {
  return new PutMetricDataCommand({
    Namespace: namespace,
    MetricData: datums.map((datum) => ({
      MetricName: datum.name,
      Dimensions: Object.entries(datum.dimensions).map(([Name, Value]) => ({ Name, Value })),
      Timestamp: new Date(datum.at),
      ...('value' in datum ? { Value: datum.value } : { Values: [...datum.values], Counts: [...datum.counts] }),
      Unit: datum.unit,
    })),
  });
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html names these, and the common errors one more. */
function isRefused(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(InvalidParameter|MissingRequiredParameter|MissingParameter|Validation)/.test(error.name)
  );
}
