import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { renderDistribution } from '../../../infra/cli/burst/distribution.ts';
import { binSpans } from '../../../infra/cli/distribution.ts';
import { histogramOf } from './burst-sample.ts';

const spans = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 600_000, noNaN: true }).map((ms) => ms ** (ms % 2)),
    fc.integer({ min: 1, max: 50 }),
  ),
  { minLength: 1, maxLength: 20 },
);

describe('binned spans', () => {
  it('hold every span once, in bins that join, and end at all', () => {
    fc.assert(
      fc.property(spans, fc.integer({ min: 2, max: 40 }), (recorded, most) => {
        const histogram = histogramOf(...recorded);
        const bins = binSpans(histogram.buckets(), most);
        expect(bins.length).toBeLessThanOrEqual(most);
        expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(histogram.count);
        expect(bins.at(-1)?.cumulativeRatio).toBe(1);
        for (const [index, { fromMs, toMs }] of bins.entries()) {
          expect(toMs).toBeGreaterThan(fromMs);
          if (index > 0) expect(fromMs).toBe(bins[index - 1]?.toMs);
        }
        expect(bins[0]?.count).toBeGreaterThan(0);
        expect(bins.at(-1)?.count).toBeGreaterThan(0);
      }),
    );
  });

  it('are as fine as there is room for, with round edges', () => {
    const buckets = histogramOf([1.01, 1], [9.9, 1]).buckets();
    expect(binSpans(buckets, 24)).toHaveLength(24);
    expect(binSpans(buckets, 12).map(({ toMs }) => toMs)).toEqual([
      1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2, 10,
    ]);
    expect(binSpans(buckets, 5).map(({ toMs }) => toMs)).toEqual([2, 5, 10]);
  });

  it('are none of nothing', () => {
    expect(binSpans([], 10)).toEqual([]);
  });
});

describe('the distribution on a terminal', () => {
  const buckets = histogramOf([0.4, 10], [0.9, 40], [1.4, 1_200], [640, 2]).buckets();
  const draw = (columns: number, hasColors = false) =>
    renderDistribution(buckets, { columns, hasColors, isTerminal: true }).split('\n');

  it('has a line for each bin with its bar, its count, the share so far and the quantiles in it', () => {
    expect(draw(60)).toEqual([
      ' UP TO  LATENCY                  COUNT   SO FAR',
      '500 µs  ▎                           10    0.8 %',
      '700 µs                               0    0.8 %',
      '  1 ms  ▊                           40      4 %',
      '1.5 ms  ███████████████████████  1,200  99.84 %  p50 p90 p99',
      '     ⋮',
      '700 ms  ▏                            2    100 %  p99.9',
    ]);
  });

  it.each([60, 80, 120])('is not wider than %i columns, in colours or without', (columns) => {
    for (const hasColors of [false, true])
      for (const line of draw(columns, hasColors))
        expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
    expect(draw(columns, true).map(stripVTControlCharacters)).toEqual(draw(columns));
  });

  it('is nothing of nothing', () => {
    expect(renderDistribution([], { columns: 80, hasColors: false, isTerminal: true })).toBe('');
  });
});
