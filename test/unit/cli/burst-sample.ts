import type { Finished } from '../../../infra/cli/burst/text.ts';
import type { BreakingPoint, BurstSummary, Distribution, Second } from '../../../shared/burst/model.ts';
import { parseThreshold } from '../../../shared/burst/threshold.ts';
import type { Burst, HttpRequest, Threshold } from '../../../shared/config/model.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';

export const request: HttpRequest = {
  method: 'GET',
  url: 'http://127.0.0.1:8080/demo',
  query: [],
  headers: {},
  followRedirects: false,
  maxRedirects: 5,
  httpVersion: '1.1',
};

export const thresholdOf = (text: string): Threshold => {
  const parsed = parseThreshold(text);
  if ('message' in parsed) throw new Error(parsed.message);
  return parsed;
};

export const burst: Burst = {
  id: 'redirects',
  mix: [{ weight: 1, request }],
  data: [],
  load: {
    model: 'open',
    stages: [
      { fromPerSecond: 0, toPerSecond: 200, durationMs: 5_000 },
      { fromPerSecond: 200, toPerSecond: 200, durationMs: 10_000 },
    ],
  },
  timeoutMs: 5_000,
  allowPrivate: false,
  freshConnections: false,
  limits: { concurrency: 800, requests: 2_500, durationMs: 15_000 },
  failureStatuses: [{ from: 400, to: 599 }],
  thresholds: ['p99 < 300ms', 'errorRatio < 5%'].map(thresholdOf),
  shards: 1,
  alerts: [],
};

/** A histogram of these spans, each so many times. */
export function histogramOf(...spans: readonly (readonly [ms: number, count: number])[]): Histogram {
  const histogram = new Histogram();
  for (const [ms, count] of spans) for (let index = 0; index < count; index += 1) histogram.record(ms);
  return histogram;
}

export const distributionOf = (histogram: Histogram): Distribution => ({
  p50: histogram.quantile(0.5),
  p75: histogram.quantile(0.75),
  p90: histogram.quantile(0.9),
  p95: histogram.quantile(0.95),
  p99: histogram.quantile(0.99),
  p999: histogram.quantile(0.999),
  max: histogram.maxMs,
  mean: histogram.meanMs,
});

const latency = histogramOf([0.41, 19], [0.9, 600], [1.4, 1_200], [2.3, 500], [12, 100], [640, 81]);
const serviceTime = histogramOf([0.4, 50], [1.2, 2_450]);
const startLag = histogramOf([0.02, 2_400], [0.15, 100]);

const second = (requests: number, failures = 0): Second => ({
  requests,
  failures,
  intended: requests,
  p50Ms: requests === 0 ? 0 : 1.4,
  p99Ms: requests === 0 ? 0 : 12,
  maxMs: requests === 0 ? 0 : 640,
});

export const finished: Finished = {
  burst,
  summary: {
    burst: 'redirects',
    model: 'open',
    startedAt: '2030-01-02T03:04:05.678Z',
    durationMs: 15_234.2,
    requests: 2_500,
    failures: 12,
    dropped: 0,
    errorRatio: 0.0048,
    throughputPerSecond: 163.3,
    latencyMs: distributionOf(latency),
    serviceTimeMs: distributionOf(serviceTime),
    startLagMs: distributionOf(startLag),
    statusCodes: { 302: 2_488, 503: 8 },
    errors: { timeout: 4 },
    generatorSaturated: false,
    thresholds: [
      { threshold: 'p99 < 300ms', passed: false, actual: 640 },
      { threshold: 'errorRatio < 5%', passed: true, actual: 0.0048 },
    ],
  },
  tally: {
    requests: 2_500,
    failures: 12,
    dropped: 0,
    latency,
    serviceTime,
    startLag,
    statusCodes: { 302: 2_488, 503: 8 },
    errors: { timeout: 4 },
    startedAt: Date.UTC(2030, 0, 2, 3, 4, 5, 678),
    durationMs: 15_234.2,
    seconds: [second(20), second(60), second(200, 12), second(0), second(400)],
  },
};

/** The sample with another summary or burst. */
export const finishedWith = (summary: Partial<BurstSummary>, changes: Partial<Burst> = {}): Finished => ({
  ...finished,
  burst: { ...burst, ...changes },
  summary: { ...finished.summary, ...summary },
});

const step = (ratePerSecond: number, p99Ms: number) => ({
  ratePerSecond,
  throughputPerSecond: Math.min(ratePerSecond, 440.34),
  errorRatio: 0,
  p50Ms: 1.2,
  p99Ms,
  dropped: 0,
  generatorSaturated: false,
  passed: p99Ms < 300,
});

export const breakingPoint: BreakingPoint = {
  sustainedPerSecond: 430,
  brokenPerSecond: 450,
  broken: { threshold: 'p99 < 300ms', passed: false, actual: 412 },
  end: 'found',
  curve: [step(100, 4), step(200, 4.2), step(400, 6), step(800, 2_310), step(450, 412), step(430, 48)],
};

export const searched: Finished = finishedWith(
  { model: 'breakingPoint', breakingPoint, thresholds: [{ threshold: 'p99 < 300ms', passed: false, actual: 2_310 }] },
  {
    load: {
      model: 'breakingPoint',
      fromPerSecond: 100,
      toPerSecond: 5_000,
      holdMs: 5_000,
      factor: 2,
      precisionPpm: 50_000,
    },
    thresholds: [thresholdOf('p99 < 300ms')],
  },
);

export const closed: Finished = finishedWith(
  { model: 'closed', thresholds: [] },
  { load: { model: 'closed', concurrency: 10, requests: 2_500 }, thresholds: [] },
);
