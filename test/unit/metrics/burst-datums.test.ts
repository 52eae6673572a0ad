import fc from 'fast-check';
import type { BreakingPoint } from '../../../shared/burst/model.ts';
import { burstDatums, type FinishedRun } from '../../../shared/metrics/burst-datums.ts';
import { sumDatums } from '../../../shared/metrics/datums.ts';
import type { Datum } from '../../../shared/metrics/model.ts';
import { Histogram } from '../../../shared/stats/histogram.ts';
import { aSummary } from '../../support/burst.ts';

const at = Date.parse('2026-11-20T03:00:00Z');
const identity = { service: 'shop', environment: 'dev' };
const recorded = (...spans: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const ms of spans) histogram.record(ms);
  return histogram;
};
const calm: FinishedRun = {
  summary: aSummary(),
  latency: recorded(0.12, 0.12, 0.4),
  verdict: { reasons: [], more: 0 },
};
const datumsOf = (change: Partial<FinishedRun> = {}) => burstDatums({ ...calm, ...change }, identity, at);
const told = (datums: readonly Datum[]) =>
  datums.map((datum) => [datum.name, datum.unit, 'value' in datum ? datum.value : datum.values.length]);
const pairs = (datums: readonly Datum[]) =>
  datums.flatMap((datum) =>
    'values' in datum ? datum.values.map((value, index) => [value, datum.counts[index] ?? 0] as const) : [],
  );
const search: BreakingPoint = { sustainedPerSecond: 430, end: 'found', curve: [] };

describe('what a burst publishes', () => {
  it('is the latency alone while all is well, each value with how often it occurred', () => {
    const dimensions = { Service: 'shop', Environment: 'dev', Burst: 'redirects' };
    expect(datumsOf()).toEqual([
      { name: 'BurstLatency', unit: 'Milliseconds', dimensions, at, values: [0.12, 0.4], counts: [2, 1] },
    ]);
  });

  it.each<[string, Partial<FinishedRun>, unknown]>([
    ['failures', { summary: aSummary({ failures: 300 }) }, ['BurstFailures', 'Count', 300]],
    ['dropped starts', { summary: aSummary({ dropped: 7 }) }, ['BurstDropped', 'Count', 7]],
    ['what did not hold', { verdict: { reasons: ['p99', 'dropped', 'p50'], more: 2 } }, ['BurstUnmet', 'Count', 5]],
    ['a breaking point', { summary: aSummary({ breakingPoint: search }) }, ['BurstSustained', 'Count/Second', 430]],
    [
      'a breaking point below the lowest rate',
      { summary: aSummary({ breakingPoint: { ...search, sustainedPerSecond: 0 } }) },
      ['BurstSustained', 'Count/Second', 0],
    ],
  ])('is, beside it, %s', (_, change, expected) => {
    expect(told(datumsOf(change))).toEqual([['BurstLatency', 'Milliseconds', 2], expected]);
  });

  it('is no latency where nothing was sent', () => {
    expect(told(datumsOf({ latency: recorded(), summary: aSummary({ dropped: 10 }) }))).toEqual([
      ['BurstDropped', 'Count', 10],
    ]);
  });

  it('has every request in it, each at most 0.2 % off, 150 distinct values a datum', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(2 ** 32 - 2), { maxLength: 500, size: 'max' }), (us) => {
        const datums = datumsOf({ latency: recorded(...us.map((each) => each / 1_000)) });
        const published = pairs(datums).flatMap(([value, count]) => Array<number>(count).fill(value));
        const isClose = us
          .toSorted((a, b) => a - b)
          .every((each, index) => Math.abs((published[index] ?? 0) * 1_000 - each) <= each * 0.002 + 1e-6);
        expect([published.length, isClose]).toEqual([us.length, true]);
        expect(datums.every((datum) => 'values' in datum && datum.values.length <= 150)).toBe(true);
        expect(new Set(pairs(datums).map(([value]) => value)).size).toBe(pairs(datums).length);
      }),
      { interruptAfterTimeLimit: 5_000 },
    );
  });

  it('comes to the same when it is put together with that of other runs', () => {
    const datums = datumsOf({ latency: recorded(...Array.from({ length: 400 }, (_, index) => index / 10)) });
    expect(datums.length).toBe(3);
    expect(sumDatums(datums, at)).toEqual(datums);
  });
});
