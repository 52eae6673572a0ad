import type { Tally } from '../../../shared/burst/model.ts';
import { Recorder } from '../../../shared/burst/recorder.ts';
import { summarize } from '../../../shared/burst/summarize.ts';
import { parseThreshold } from '../../../shared/burst/threshold.ts';
import type { Threshold } from '../../../shared/config/model.ts';

/** 1,000 requests, one a ms, with latencies of 1 to 1,000 ms, of which the last `failures` failed. */
function aTally(failures = 0, lagMs = 0): Tally {
  const recorder = new Recorder([{ from: 400, to: 599 }]);
  for (let k = 1; k <= 1_000; k += 1) {
    recorder.takeUp(k, lagMs);
    recorder.end(k + 1_000, k, k / 2, k > 1_000 - failures ? 503 : 200);
  }
  return recorder.tally(0, { startedAt: 1_795_000_000_000, dropped: 3 });
}

const threshold = (text: string): Threshold => parseThreshold(text) as Threshold;
const base = { burst: 'redirects', model: 'open', thresholds: [] } as const;

describe('the summary of a burst', () => {
  it('says what was counted, in ms and ratios', () => {
    const summary = summarize({ ...base, tally: aTally(7), thresholds: [threshold('dropped == 0')] });
    expect(summary).toEqual({
      ...{ burst: 'redirects', model: 'open', startedAt: '2026-11-18T11:06:40.000Z', durationMs: 2_000 },
      ...{ requests: 1_000, failures: 7, dropped: 3, errorRatio: 0.007, throughputPerSecond: 496.5 },
      latencyMs: expect.objectContaining({ max: 1_000, mean: 500.5 }),
      serviceTimeMs: expect.objectContaining({ max: 500, mean: 250.25 }),
      startLagMs: { p50: 0, p75: 0, p90: 0, p95: 0, p99: 0, p999: 0, max: 0, mean: 0 },
      statusCodes: { 200: 993, 503: 7 },
      errors: {},
      generatorSaturated: false,
      thresholds: [{ threshold: 'dropped == 0', passed: false, actual: 3 }],
    });
    const { p50, p75, p90, p95, p99, p999 } = summary.latencyMs;
    for (const [found, truth] of [
      [p50, 500],
      [p75, 750],
      [p90, 900],
      [p95, 950],
      [p99, 990],
      [p999, 999],
    ] as const)
      expect(Math.abs(found / truth - 1)).toBeLessThan(0.002);
  });

  it('rounds spans to µs, and ratios to six digits that count', () => {
    const tally = { ...aTally(1), requests: 1_000_000, failures: 3, durationMs: 70_000 / 3 };
    expect(summarize({ ...base, tally })).toMatchObject({
      ...{ durationMs: 23_333.333, errorRatio: 0.000003, throughputPerSecond: 42_857 },
    });
  });

  it('judges thresholds by the numbers that it shows', () => {
    const thresholds = ['p50 < 400ms', 'errorRatio <= 0.7%', 'throughput > 496/s', 'max <= 1s'].map(threshold);
    const { thresholds: results, latencyMs } = summarize({ ...base, tally: aTally(7), thresholds });
    expect(results.map(({ passed }) => passed)).toEqual([false, true, true, true]);
    expect(results.map(({ actual }) => actual)).toEqual([latencyMs.p50, 0.007, 496.5, 1_000]);
  });

  it('is all zeros of a run that sent nothing', () => {
    const tally = new Recorder([]).tally(1_000, { startedAt: 0, dropped: 5, aborted: 'stopped after 1.0 s' });
    expect(summarize({ ...base, tally })).toMatchObject({
      ...{ requests: 0, errorRatio: 0, throughputPerSecond: 0, dropped: 5, aborted: 'stopped after 1.0 s' },
      latencyMs: { p50: 0, p99: 0, max: 0, mean: 0 },
    });
  });

  it.each([
    ['open', 10.1, true],
    ['open', 9.9, false],
    ['breakingPoint', 10.1, true],
    ['closed', 10.1, false],
  ] as const)('says of the %s model with a lag of %d ms that its generator was saturated: %p', (model, lagMs, is) => {
    expect(summarize({ ...base, model, tally: aTally(0, lagMs) }).generatorSaturated).toBe(is);
  });

  it('of a search leaves thresholds to each of its rates', () => {
    const summary = summarize({
      ...base,
      model: 'breakingPoint',
      tally: aTally(),
      thresholds: [threshold('p50 < 1ms')],
    });
    expect(summary.thresholds).toEqual([]);
  });
});
