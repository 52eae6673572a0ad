import type { CloudWatchStore, MetricName, Sample } from './aws/cloudwatch-store.ts';
import { embeddedSamples } from './embedded-metrics.ts';

/** The metrics that AWS itself publishes about functions, HTTP APIs and queues, and takes out of logs. Instants in epoch ms. */
export type VendedMetrics = {
  /** `atOnce`: how many invocations of the function ran when this one began, itself included. */
  onInvocation(functionName: string, startedAt: number, isError: boolean, durationMs: number, atOnce: number): void;
  onApiRequest(apiId: string, startedAt: number, status: number, latencyMs: number, integrationMs: number): void;
  /** What a function wrote: whole lines. */
  onLog(text: string): void;
  /** So many messages lie in a queue now. */
  onQueue(queueName: string, count: number): void;
  /** Writes what was gathered. */
  flush(): void;
};

/** What one function or API did in one second: of each metric the values, each with its count. */
type Second = {
  readonly namespace: string;
  readonly dimensions: MetricName['dimensions'];
  readonly at: number;
  readonly metrics: Map<string, { readonly unit: string; readonly values: Map<number, number> }>;
};

/**
 * Gathers each second's values with their counts, so that thousands of requests a second cost a few rows. As on AWS,
 * `Errors`, `4xx` and `5xx` get a 0 for every call that went well, so their average is a ratio.
 */
export function createVendedMetrics(store: Pick<CloudWatchStore, 'put'>): VendedMetrics {
  const seconds = new Map<string, Second>();
  let embedded: Sample[] = [];

  const secondOf = (namespace: string, dimension: string, owner: string, startedAt: number): Second => {
    const at = Math.floor(startedAt / 1_000);
    const key = `${namespace} ${owner} ${at}`;
    const known = seconds.get(key);
    if (known) return known;
    const second = { namespace, dimensions: { [dimension]: owner }, at, metrics: new Map() };
    seconds.set(key, second);
    return second;
  };

  return {
    onInvocation: (functionName, startedAt, isError, durationMs, atOnce) => {
      const second = secondOf('AWS/Lambda', 'FunctionName', functionName, startedAt);
      add(second, 'Invocations', 'Count', 1);
      add(second, 'Errors', 'Count', isError ? 1 : 0);
      add(second, 'Throttles', 'Count', 0);
      add(second, 'Duration', 'Milliseconds', threeDigits(durationMs));
      add(second, 'ConcurrentExecutions', 'Count', atOnce);
    },
    onApiRequest: (apiId, startedAt, status, latencyMs, integrationMs) => {
      const second = secondOf('AWS/ApiGateway', 'ApiId', apiId, startedAt);
      add(second, 'Count', 'Count', 1);
      add(second, '4xx', 'Count', status >= 400 && status < 500 ? 1 : 0);
      add(second, '5xx', 'Count', status >= 500 ? 1 : 0);
      add(second, 'Latency', 'Milliseconds', threeDigits(latencyMs));
      add(second, 'IntegrationLatency', 'Milliseconds', threeDigits(integrationMs));
    },
    onLog: (text) => {
      for (const line of text.split('\n')) embedded.push(...embeddedSamples(line));
    },
    onQueue: (queueName, count) => {
      const second = secondOf('AWS/SQS', 'QueueName', queueName, Date.now());
      add(second, 'ApproximateNumberOfMessagesVisible', 'Count', count);
    },
    flush: () => {
      if (seconds.size === 0 && embedded.length === 0) return;
      const samples = [...[...seconds.values()].flatMap(samplesOf), ...embedded];
      seconds.clear();
      embedded = [];
      store.put(samples);
    },
  };
}

function add({ metrics }: Second, name: string, unit: string, value: number): void {
  const metric = metrics.get(name) ?? { unit, values: new Map<number, number>() };
  metric.values.set(value, (metric.values.get(value) ?? 0) + 1);
  metrics.set(name, metric);
}

function samplesOf({ namespace, dimensions, at, metrics }: Second): Sample[] {
  return [...metrics].flatMap(([name, { unit, values }]) =>
    [...values].map(([value, count]) => ({
      metric: { namespace, name, dimensions },
      atSeconds: at,
      unit,
      count,
      sum: value * count,
      min: value,
      max: value,
    })),
  );
}

/** Rounded to three significant digits: an error of at most 0.5 %, and at most a few hundred distinct values. */
const threeDigits = (value: number): number => Number(value.toPrecision(3));
