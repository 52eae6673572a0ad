import fc from 'fast-check';
import { compareRuns, type MeasuredRun } from '../../../shared/burst/compare.ts';
import type { BreakingPoint, BurstSummary } from '../../../shared/burst/model.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';
import { goodSummary } from '../../support/simulated-runs.ts';

const compare = { baseline: 5, toleratePpm: 200_000 };
const latencyOf = (spans: readonly number[]): Histogram => {
  const latency = new Histogram();
  for (const ms of spans) latency.record(ms);
  return latency;
};
/** A thousand requests from 10 to 20 ms, evenly, `pace` times as slow. */
const even = (pace = 1, requests = 1_000): Histogram =>
  latencyOf(Array.from({ length: requests }, (_, index) => pace * (10 + (10 * index) / requests)));
const aRun = (change: Partial<BurstSummary> = {}, latency = even()): MeasuredRun => ({
  summary: { ...goodSummary(1_000), ...change },
  tally: { latency },
});
const few = (count: number, run = aRun()): MeasuredRun[] => Array.from({ length: count }, () => run);
const search = (sustainedPerSecond: number, change: Partial<BreakingPoint> = {}): MeasuredRun =>
  aRun({ model: 'breakingPoint', breakingPoint: { sustainedPerSecond, end: 'found', curve: [], ...change } });
const told = (run: MeasuredRun, earlier: readonly MeasuredRun[]) =>
  compareRuns(run, earlier, compare).quantities.map(({ quantity, verdict }) => `${quantity} ${verdict}`);

describe('a run beside the last ones of its own', () => {
  it('is the same where nothing changed, and it says with what it was compared', () => {
    expect(compareRuns(aRun(), few(5), compare)).toEqual({
      verdict: 'same',
      baseline: 5,
      quantities: [
        { quantity: 'p50', baseline: 14.992, actual: 14.992, changeRatio: 0, pValue: 0.5, verdict: 'same' },
        { quantity: 'p95', baseline: 19.488, actual: 19.488, changeRatio: 0, pValue: 0.5, verdict: 'same' },
        { quantity: 'errorRatio', baseline: 0, actual: 0, changeRatio: 0, pValue: 0.5, verdict: 'same' },
      ],
    });
  });

  it.each<[string, MeasuredRun, string, string[]]>([
    ['slower by half', aRun({}, even(1.5)), 'worse', ['p50 worse', 'p95 worse', 'errorRatio same']],
    ['faster by a third', aRun({}, even(0.66)), 'better', ['p50 better', 'p95 better', 'errorRatio same']],
    ['slower by less than is tolerated', aRun({}, even(1.19)), 'same', ['p50 same', 'p95 same', 'errorRatio same']],
    ['failing where nothing failed', aRun({ failures: 30 }), 'worse', ['p50 same', 'p95 same', 'errorRatio worse']],
    [
      'failing four times where nothing failed, as may happen',
      aRun({ failures: 4 }),
      'same',
      ['p50 same', 'p95 same', 'errorRatio same'],
    ],
    [
      'faster because it fails',
      aRun({ failures: 500 }, even(0.5)),
      'worse',
      ['p50 better', 'p95 better', 'errorRatio worse'],
    ],
  ])('that is %s is told so', (_, run, verdict, quantities) => {
    expect(compareRuns(run, few(5), compare).verdict).toBe(verdict);
    expect(told(run, few(5))).toEqual(quantities);
  });

  it('is slower in its p95 alone where only the slowest tenth is', () => {
    const spans = Array.from({ length: 1_000 }, (_, index) => (10 + index / 100) * (index < 900 ? 1 : 1.5));
    expect(told(aRun({}, latencyOf(spans)), few(5))).toEqual(['p50 same', 'p95 worse', 'errorRatio same']);
  });

  it('fails less than it did', () => {
    const earlier = few(5, aRun({ failures: 100 }));
    expect(told(aRun({ failures: 10 }), earlier)).toEqual(['p50 same', 'p95 same', 'errorRatio better']);
    expect(told(aRun({ failures: 90 }), earlier)).toEqual(['p50 same', 'p95 same', 'errorRatio same']);
    const rare = few(5, aRun({ failures: 8 }));
    expect(told(aRun({ failures: 0 }), rare)).toEqual(['p50 same', 'p95 same', 'errorRatio same']);
  });

  it('is nothing new where its like has been seen before, however far from the others', () => {
    const paces = [1, 1.4, 0.8, 1.3, 0.9];
    const earlier = paces.map((pace) => aRun({}, even(pace)));
    expect(told(aRun({}, even(1.4)), earlier)).toEqual(['p50 same', 'p95 same', 'errorRatio same']);
  });

  it.each<[string, MeasuredRun, readonly MeasuredRun[], number]>([
    ['there are two earlier runs', aRun(), few(2), 2],
    ['there is none', aRun(), [], 0],
    ['it made fewer than 100 requests', aRun({ requests: 99 }, even(1, 99)), few(5), 0],
    ['it was ended early', aRun({ aborted: 'error ratio 34 %' }), few(5), 5],
    ['its generator was held up', aRun({ generatorSaturated: true }), few(5), 5],
    ['the earlier ones were ended early', aRun(), few(5, aRun({ aborted: 'error ratio 34 %' })), 0],
    ['the earlier ones made fewer than 100 requests', aRun(), few(5, aRun({ requests: 99 }, even(1, 99))), 0],
    ['the generator of the earlier ones was held up', aRun(), few(5, aRun({ generatorSaturated: true })), 0],
    [
      'a threshold of the earlier ones did not hold',
      aRun(),
      few(5, aRun({ thresholds: [{ threshold: 'p99 < 3ms', passed: false, actual: 20 }] })),
      0,
    ],
    [
      'shards of the earlier ones were missing',
      aRun(),
      few(5, aRun({ shards: { expected: 2, merged: 1, missing: [] } })),
      0,
    ],
    ['the earlier ones were another load', aRun({ dropped: 200 }), few(5), 0],
    ['the earlier ones were of the closed model', aRun(), few(5, aRun({ model: 'closed' })), 0],
  ])('is unknown where %s', (_, run, earlier, baseline) => {
    expect(compareRuns(run, earlier, compare)).toEqual({ verdict: 'unknown', baseline, quantities: [] });
  });

  it('is of the same load with a tenth more or fewer starts, and in the closed model with any number', () => {
    expect(compareRuns(aRun({ dropped: 99 }), few(5), compare).baseline).toBe(5);
    const closed = few(5, aRun({ model: 'closed' }));
    expect(compareRuns(aRun({ model: 'closed', requests: 500 }, even(1, 500)), closed, compare).baseline).toBe(5);
  });

  it('is held against the newest good ones, so many as are asked for', () => {
    const slow = aRun({}, even(2));
    const worse = aRun({ comparison: compareRuns(slow, few(5), compare) }, even(2));
    expect(worse.summary.comparison?.verdict).toBe('worse');
    const { verdict, baseline } = compareRuns(slow, [worse, worse, worse, ...few(9)], compare);
    expect([verdict, baseline]).toEqual(['worse', 5]);
    expect(compareRuns(slow, [...few(5, slow), ...few(5)], compare).verdict).toBe('same');
  });

  it('takes a latency of nothing for the shortest span that there is', () => {
    const nothing = latencyOf(Array<number>(1_000).fill(0));
    expect(told(aRun({}, nothing), few(5, aRun({}, nothing)))).toEqual(['p50 same', 'p95 same', 'errorRatio same']);
    expect(told(aRun(), few(5, aRun({}, nothing)))).toEqual(['p50 worse', 'p95 worse', 'errorRatio same']);
  });
});

describe('a search for the breaking point beside the last ones', () => {
  const steady = [430, 440, 425, 450, 420].map((rate) => search(rate));

  it.each<[string, MeasuredRun, string]>([
    ['as much', search(436), 'same'],
    ['less, within what is tolerated', search(360), 'same'],
    ['much less', search(280), 'worse'],
    ['nothing', search(0, { end: 'lowest' }), 'worse'],
    ['much more', search(640), 'better'],
    ['all that was asked for', search(2_000, { end: 'highest' }), 'better'],
  ])('that sustains %s is told so, and by that alone', (_, run, verdict) => {
    const comparison = compareRuns(run, steady, compare);
    expect(comparison.verdict).toBe(verdict);
    expect(comparison.quantities.map(({ quantity }) => quantity)).toEqual(['sustained']);
  });

  /** With no spread of their own five runs drift by √(0.05² ÷ 5); above 3.365 lies a hundredth of t with five degrees of freedom. */
  it('has the chance that the tables of Student give', () => {
    const standardError = Math.sqrt(0.05 ** 2 / 5) * Math.sqrt(1 + 1 / 5);
    const run = search(400 * Math.exp(-3.365 * standardError));
    expect(compareRuns(run, few(5, search(400)), compare).quantities[0]?.pValue).toBeCloseTo(0.01, 4);
  });

  it.each(['generator', 'aborted', 'time'] as const)('is unknown where its end was: %s', (end) => {
    expect(compareRuns(search(280, { end }), steady, compare).verdict).toBe('unknown');
    expect(compareRuns(search(280), few(5, search(430, { end })), compare).verdict).toBe('unknown');
  });
});

describe('every comparison', () => {
  const run = fc
    .tuple(fc.double({ min: 0.3, max: 3, noNaN: true }), fc.nat(200))
    .map(([pace, failures]) => aRun({ failures }, even(pace, 300)));
  const runs = fc.array(run, { minLength: 3, maxLength: 6 });

  it('calls a quantity worse or better only beyond what is tolerated, and by a chance below a third of a percent', () => {
    fc.assert(
      fc.property(run, runs, (current, earlier) => {
        for (const { changeRatio, pValue, verdict, actual } of compareRuns(current, earlier, compare).quantities) {
          expect(pValue).toBeGreaterThanOrEqual(0);
          expect(pValue).toBeLessThanOrEqual(0.5);
          if (verdict === 'same') continue;
          expect(pValue).toBeLessThanOrEqual(0.01 / 3);
          expect(changeRatio > 0.2 || changeRatio < -0.2 || (changeRatio === 0 && actual > 0)).toBe(true);
        }
      }),
    );
  });

  it('does not depend on the order of the earlier runs', () => {
    fc.assert(
      fc.property(run, runs, (current, earlier) => {
        const [forth, back] = [earlier, earlier.toReversed()].map((each) =>
          compareRuns(current, each, { ...compare, baseline: 6 }),
        );
        expect(forth?.quantities.map(({ verdict }) => verdict)).toEqual(back?.quantities.map(({ verdict }) => verdict));
      }),
    );
  });

  it('is the surer of a slowdown the larger it is', () => {
    fc.assert(
      fc.property(runs, fc.double({ min: 1, max: 3, noNaN: true }), (earlier, factor) => {
        const chances = [3, 3 * factor].map(
          (pace) => compareRuns(aRun({}, even(pace)), earlier, compare).quantities[1],
        );
        expect(chances[1]?.pValue).toBeLessThanOrEqual((chances[0]?.pValue ?? 0) * 1.02);
      }),
    );
  });
});
