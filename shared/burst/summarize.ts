import type { Threshold } from '../config/model.ts';
import type { Histogram } from '../stats/histogram.ts';
import type { BurstSummary, Distribution, Tally, ThresholdReading } from './model.ts';
import { evaluateThresholds } from './threshold.ts';

/** Above this p99 of the start lag the generator was the bottleneck, ms. */
const mostLagMs = 10;

export type SummarizeInput = Pick<BurstSummary, 'burst' | 'model' | 'comparison' | 'breakingPoint' | 'shards'> & {
  readonly tally: Tally;
  /** Judged on the whole run; those of a search are judged at each of its rates instead, and are left out here. */
  readonly thresholds: readonly Threshold[];
};

/**
 * What is said of a run: spans rounded to µs, ratios and rates to six significant digits, and thresholds judged on these numbers, so
 * that whoever reads them finds the same. Without requests every quantile and ratio is 0.
 */
export function summarize({ burst, model, tally, thresholds, ...rest }: SummarizeInput): BurstSummary {
  const { requests, failures, dropped, aborted, startedAt, statusCodes, errors } = tally;
  const figures = {
    requests,
    failures,
    dropped,
    errorRatio: rounded(requests === 0 ? 0 : failures / requests),
    throughputPerSecond: rounded(throughputOf(tally)),
    latencyMs: distributionOf(tally.latency),
  };
  return {
    burst,
    model,
    startedAt: new Date(startedAt).toISOString(),
    durationMs: toMicroseconds(tally.durationMs),
    ...figures,
    ...(aborted === undefined ? {} : { aborted }),
    serviceTimeMs: distributionOf(tally.serviceTime),
    startLagMs: distributionOf(tally.startLag),
    statusCodes,
    errors,
    generatorSaturated: model !== 'closed' && isSaturated(tally),
    thresholds: model === 'breakingPoint' ? [] : evaluateThresholds(thresholds, readingOf(figures)),
    ...rest,
  };
}

/** Whether this generator, not the target, was the bottleneck of an open run. */
export function isSaturated({ startLag }: Pick<Tally, 'startLag'>): boolean {
  return startLag.quantile(0.99) > mostLagMs;
}

/** What thresholds look at. */
export function readingOf(
  summary: Pick<BurstSummary, 'requests' | 'failures' | 'dropped' | 'errorRatio' | 'throughputPerSecond' | 'latencyMs'>,
): ThresholdReading {
  const { requests, failures, dropped, errorRatio, throughputPerSecond, latencyMs } = summary;
  return { ...latencyMs, errorRatio, throughput: throughputPerSecond, requests, failures, dropped };
}

/** Successes ÷ the time from the begin to the last answer, per second. */
function throughputOf({ requests, failures, durationMs }: Tally): number {
  return durationMs > 0 ? ((requests - failures) * 1_000) / durationMs : 0;
}

function distributionOf(histogram: Histogram): Distribution {
  const at = (q: number): number => toMicroseconds(histogram.quantile(q));
  return {
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
    p999: at(0.999),
    max: toMicroseconds(histogram.maxMs),
    mean: toMicroseconds(histogram.meanMs),
  };
}

const toMicroseconds = (ms: number): number => Math.round(ms * 1_000) / 1_000;
const rounded = (value: number): number => Number(value.toPrecision(6));
