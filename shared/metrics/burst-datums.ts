import type { BurstSummary } from '../burst/model.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import type { Histogram } from '../stats/histogram.ts';
import { datum, type MetricIdentity, type MetricKey } from './catalogue.ts';
import type { Datum } from './model.ts';
import { spread } from './values.ts';

/** A run that was sent, of all its shards together, as its metrics see it. */
export type FinishedRun = {
  readonly summary: Pick<BurstSummary, 'burst' | 'failures' | 'dropped' | 'breakingPoint'>;
  /** From the intended start, of every request. */
  readonly latency: Histogram;
  /** What did not hold: the same that its alerts tell. */
  readonly verdict: Pick<BurstVerdict, 'reasons' | 'more'>;
};

/**
 * What a run publishes, all at `at` (epoch ms): the latency of every request, as the distinct values of its histogram and how
 * often each occurred; failures, dropped starts and what did not hold, where there are any; and of a search for the breaking
 * point the rate that was sustained, 0 too. Any quantile of the latency is at most 0.2 % off, to which CloudWatch adds what its
 * own percentiles are off; the sample count is exact. Of a run without a request there is no latency. At most 43 datums of
 * latency: one call, and 150 kB of the 1 MB that it may have.
 */
export function burstDatums(run: FinishedRun, identity: MetricIdentity, at: number): readonly Datum[] {
  const { burst, failures, dropped, breakingPoint } = run.summary;
  const one = (key: MetricKey, value: number) => datum(key, identity, burst, at, value);
  const some = (key: MetricKey, count: number) => (count > 0 ? [one(key, count)] : []);
  return [
    ...latencyDatums(run, identity, at),
    ...some('burstFailures', failures),
    ...some('burstDropped', dropped),
    ...some('burstUnmet', run.verdict.reasons.length + run.verdict.more),
    ...(breakingPoint === undefined ? [] : [one('burstSustained', breakingPoint.sustainedPerSecond)]),
  ];
}

function latencyDatums({ summary, latency }: FinishedRun, identity: MetricIdentity, at: number): readonly Datum[] {
  const { name, unit, dimensions } = datum('burstLatency', identity, summary.burst, at, 0);
  return spread(latency.buckets().map(({ valueMs, count }) => [valueMs, count])).map((values) => ({
    name,
    unit,
    dimensions,
    at,
    ...values,
  }));
}
