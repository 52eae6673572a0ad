import type { CloudWatchStore, MetricName, Sample } from './aws/cloudwatch-store.ts';

/** The metrics that AWS itself publishes about functions and HTTP APIs. Instants in epoch ms. */
export type VendedMetrics = {
  onInvocation(functionName: string, startedAt: number, isError: boolean, durationMs: number): void;
  onApiRequest(apiId: string, startedAt: number, status: number, latencyMs: number, integrationMs: number): void;
  /** Writes what was gathered. */
  flush(): void;
};

type Gathered = {
  readonly metric: MetricName;
  readonly unit: string;
  readonly at: number;
  readonly values: Map<number, number>;
};

/**
 * Gathers each second's values with their counts, so that thousands of requests a second cost a few rows. As on AWS,
 * `Errors`, `4xx` and `5xx` get a 0 for every call that went well, so their average is a ratio.
 */
export function createVendedMetrics(store: Pick<CloudWatchStore, 'put'>): VendedMetrics {
  const gathered = new Map<string, Gathered>();

  const add = (metric: MetricName, unit: string, startedAt: number, value: number): void => {
    const at = Math.floor(startedAt / 1_000);
    const key = `${metric.namespace} ${metric.name} ${Object.values(metric.dimensions).join(' ')} ${at}`;
    const entry = gathered.get(key) ?? { metric, unit, at, values: new Map<number, number>() };
    entry.values.set(value, (entry.values.get(value) ?? 0) + 1);
    gathered.set(key, entry);
  };

  return {
    onInvocation: (functionName, startedAt, isError, durationMs) => {
      const name = (metric: string) => ({
        namespace: 'AWS/Lambda',
        name: metric,
        dimensions: { FunctionName: functionName },
      });
      add(name('Invocations'), 'Count', startedAt, 1);
      add(name('Errors'), 'Count', startedAt, isError ? 1 : 0);
      add(name('Throttles'), 'Count', startedAt, 0);
      add(name('Duration'), 'Milliseconds', startedAt, threeDigits(durationMs));
    },
    onApiRequest: (apiId, startedAt, status, latencyMs, integrationMs) => {
      const name = (metric: string) => ({ namespace: 'AWS/ApiGateway', name: metric, dimensions: { ApiId: apiId } });
      add(name('Count'), 'Count', startedAt, 1);
      add(name('4xx'), 'Count', startedAt, status >= 400 && status < 500 ? 1 : 0);
      add(name('5xx'), 'Count', startedAt, status >= 500 ? 1 : 0);
      add(name('Latency'), 'Milliseconds', startedAt, threeDigits(latencyMs));
      add(name('IntegrationLatency'), 'Milliseconds', startedAt, threeDigits(integrationMs));
    },
    flush: () => {
      if (gathered.size === 0) return;
      const samples = [...gathered.values()].flatMap(samplesOf);
      gathered.clear();
      store.put(samples);
    },
  };
}

function samplesOf({ metric, unit, at, values }: Gathered): Sample[] {
  return [...values].map(([value, count]) => ({
    metric,
    atSeconds: at,
    unit,
    count,
    sum: value * count,
    min: value,
    max: value,
  }));
}

/** Rounded to three significant digits: an error of at most 0.5 %, and at most a few hundred distinct values. */
const threeDigits = (value: number): number => Number(value.toPrecision(3));
