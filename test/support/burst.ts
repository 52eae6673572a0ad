import type { BurstSummary, Distribution } from '../../shared/burst/model.ts';
import type { BurstVerdict } from '../../shared/burst/verdict.ts';
import type { Burst, BurstAlert, Threshold } from '../../shared/config/model.ts';

/** 2026-11-20 03:00:00 UTC: the run that samples speak of. */
export const ranAt = Date.UTC(2026, 10, 20, 3);
export const dayMs = 86_400_000;

export function aThreshold(change: Partial<Threshold> = {}): Threshold {
  return { text: 'p99 < 300ms', metric: 'p99', op: 'lt', value: 300, ...change };
}

export function aBurstAlert(change: Partial<BurstAlert> = {}): BurstAlert {
  return { id: 'burst/redirects/0', severity: 'ticket', notify: ['oncall'], ...change };
}

/** A valid burst, at night, of 200 redirects a second; break one thing at a time. */
export function aBurst(change: Partial<Burst> = {}): Burst {
  const id = change.id ?? 'redirects';
  return {
    id,
    schedule: { expression: 'cron(0 3 * * ? *)', timezone: 'UTC' },
    mix: [
      {
        weight: 1,
        request: {
          method: 'GET',
          url: 'https://example.com/demo',
          query: [],
          headers: {},
          followRedirects: false,
          maxRedirects: 5,
          httpVersion: '1.1',
        },
      },
    ],
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
    limits: { concurrency: 100, requests: 2_500, durationMs: 15_000 },
    failureStatuses: [{ from: 400, to: 599 }],
    thresholds: [
      aThreshold(),
      { text: 'errorRatio < 0.1%', metric: 'errorRatio', op: 'lt', value: 0.001 },
      { text: 'dropped == 0', metric: 'dropped', op: 'equals', value: 0 },
    ],
    shards: 1,
    alerts: [aBurstAlert({ id: `burst/${id}/0` })],
    ...change,
  };
}

export function aDistribution(change: Partial<Distribution> = {}): Distribution {
  return { p50: 11.8, p75: 14.2, p90: 21.3, p95: 32.4, p99: 182.4, p999: 240.8, max: 251.3, mean: 15.6, ...change };
}

/** The summary of a run that held everything. */
export function aSummary(change: Partial<BurstSummary> = {}): BurstSummary {
  return {
    burst: 'redirects',
    model: 'open',
    startedAt: new Date(ranAt).toISOString(),
    durationMs: 15_040,
    requests: 2_500,
    failures: 0,
    dropped: 0,
    errorRatio: 0,
    throughputPerSecond: 166.2,
    latencyMs: aDistribution(),
    serviceTimeMs: aDistribution(),
    startLagMs: aDistribution({ p50: 0.2, p75: 0.3, p90: 0.5, p95: 0.6, p99: 1.1, p999: 1.9, max: 2.4, mean: 0.3 }),
    statusCodes: { '302': 2_500 },
    errors: {},
    generatorSaturated: false,
    thresholds: [
      { threshold: 'p99 < 300ms', passed: true, actual: 182.4 },
      { threshold: 'errorRatio < 0.1%', passed: true, actual: 0 },
      { threshold: 'dropped == 0', passed: true, actual: 0 },
    ],
    ...change,
  };
}

/** The verdict of a run that held everything; with reasons it did not. */
export function aVerdict(change: Partial<BurstVerdict> = {}): BurstVerdict {
  return {
    burst: 'redirects',
    runAt: ranAt,
    outcome: change.reasons === undefined ? 'passed' : 'failed',
    reasons: [],
    more: 0,
    figures: {
      requests: 2_500,
      failures: 0,
      failed: {},
      errorRatio: 0,
      throughputPerSecond: 166.2,
      p50Ms: 11.8,
      p99Ms: 182.4,
    },
    ...change,
  };
}
