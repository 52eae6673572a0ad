import { createHistogram } from 'node:perf_hooks';
import fc from 'fast-check';
import { Histogram } from '../../../shared/stats/histogram.ts';

const of = (spans: readonly number[]): Histogram => {
  const histogram = new Histogram();
  for (const ms of spans) histogram.record(ms);
  return histogram;
};
const state = (histogram: Histogram) => ({
  count: histogram.count,
  sumMs: histogram.sumMs,
  maxMs: histogram.maxMs,
  buckets: histogram.buckets(),
});
const quantiles = [0, 0.001, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1];
const exact = (spans: readonly number[], q: number): number =>
  spans.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(q * spans.length)) - 1] ?? 0;
const errorOf = (found: number, truth: number): number => (found === truth ? 0 : Math.abs(found / truth - 1));

/** Whole µs over nine orders of magnitude, each as likely as the others, up to the end of the range; in ms. */
const span = fc
  .integer({ min: 0, max: 1_000_000 })
  .map((share) => Math.floor(2 ** ((share / 1_000_000) * 32) - 1) / 1_000);
const spans = fc.array(span, { maxLength: 200, size: 'max' });

describe('a histogram', () => {
  it('is wrong by at most 0.2 % in any quantile, over nine orders of magnitude', () => {
    fc.assert(
      fc.property(spans, fc.double({ min: 0, max: 1, noNaN: true }), (recorded, q) => {
        const histogram = of(recorded);
        for (const each of [q, ...quantiles]) {
          expect(errorOf(histogram.quantile(each), exact(recorded, each))).toBeLessThanOrEqual(0.002);
          expect(histogram.quantile(each)).toBeLessThanOrEqual(histogram.maxMs);
        }
      }),
    );
  });

  it('knows count, sum and maximum exactly', () => {
    fc.assert(
      fc.property(spans, (recorded) => {
        const us = recorded.map((ms) => Math.round(ms * 1_000));
        const histogram = of(recorded);
        expect(histogram.count).toBe(us.length);
        expect(histogram.sumMs).toBe(us.reduce((sum, each) => sum + each, 0) / 1_000);
        expect(histogram.maxMs).toBe(Math.max(0, ...us) / 1_000);
        expect(histogram.meanMs).toBe(us.length === 0 ? 0 : histogram.sumMs / us.length);
        expect(histogram.quantile(1)).toBe(histogram.maxMs);
        for (const { valueMs } of histogram.buckets()) expect(valueMs).toBeLessThanOrEqual(histogram.maxMs);
      }),
    );
  });

  it('that took over another is the one in which both had been recorded, and the other is as it was', () => {
    fc.assert(
      fc.property(spans, spans, (some, more) => {
        const [one, other] = [of(some), of(more)];
        one.merge(other);
        expect(state(one)).toEqual(state(of([...some, ...more])));
        expect(state(other)).toEqual(state(of(more)));
      }),
    );
  });

  it('does not depend on the order, of spans or of merging', () => {
    fc.assert(
      fc.property(spans, spans, spans, (a, b, c) => {
        const [forth, back] = [new Histogram(), new Histogram()];
        for (const each of [a, b, c]) forth.merge(of(each));
        for (const each of [c, b, a]) back.merge(of(each.toReversed()));
        expect(state(forth)).toEqual(state(back));
      }),
    );
  });

  it('is the same after encoding and decoding', () => {
    fc.assert(
      fc.property(spans, (recorded) => {
        const bytes = of(recorded).encode();
        const decoded = Histogram.decode(bytes);
        expect(state(decoded)).toEqual(state(of(recorded)));
        expect(decoded.encode()).toEqual(bytes);
      }),
    );
  });

  it('goes on after decoding as if nothing had happened', () => {
    const decoded = Histogram.decode(of([1, 2]).encode());
    decoded.record(3);
    expect(state(decoded)).toEqual(state(of([1, 2, 3])));
  });

  it('knows nothing of what was before it was reset', () => {
    const histogram = of([1, 5_000, 17]);
    histogram.reset();
    histogram.record(2);
    expect(state(histogram)).toEqual(state(of([2])));
  });

  it('counts what is below its range as 0, and what is beyond it or no number as its end, where it is seen', () => {
    expect(of([-1, -Infinity]).maxMs).toBe(0);
    expect(of([-3]).buckets()).toEqual([{ valueMs: 0, count: 1 }]);
    for (const ms of [2 ** 33, 4_294_967.2949, 4_294_967.2951, Infinity, Number.NaN])
      expect(of([ms]).maxMs).toBe(4_294_967.295);
  });

  it('has no quantile above its longest span, also where many share its bucket', () => {
    expect(of([1_048.576, 1_048.576, 1_048.576]).quantile(0.5)).toBe(1_048.576);
  });

  it('rounds to whole microseconds', () => {
    expect(of([0.0004, 0.0005, 0.4114, 0.4116, 700.0001]).sumMs).toBe(0 + 0.001 + 0.411 + 0.412 + 700);
  });

  it('tells every microsecond up to 511 apart, and 256 steps of each doubling', () => {
    const buckets = (from: number, to: number, step: number) => {
      const us = Array.from({ length: (to - from) / step }, (_, index) => from + index * step);
      return of(us.map((each) => each / 1_000)).buckets().length;
    };
    expect(buckets(0, 512, 1)).toBe(512);
    expect(buckets(512, 1_024, 1)).toBe(256);
    expect(buckets(2 ** 20, 2 ** 21, 1_024)).toBe(256);
    expect(buckets(2 ** 31, 2 ** 32, 2 ** 20)).toBe(256);
  });

  it('has no spans, and zeros for all the rest, while it is empty', () => {
    expect(state(new Histogram())).toEqual({ count: 0, sumMs: 0, maxMs: 0, buckets: [] });
    expect(quantiles.map((q) => new Histogram().quantile(q))).toEqual(quantiles.map(() => 0));
    expect(new Histogram().meanMs).toBe(0);
  });

  it('takes at most four bytes for each bucket in use', () => {
    const random = lcg(7);
    const histogram = of(Array.from({ length: 100_000 }, () => Math.exp(random() * 8 - 2)));
    expect(histogram.encode().length).toBeLessThanOrEqual(20 + 4 * histogram.buckets().length);
  });
});

describe('beside the histogram of Node, with five figures', () => {
  const random = lcg(11);
  it.each<[string, () => number]>([
    ['of even spans', () => 1 + random() * 1_000],
    ['over six orders of magnitude', () => Math.exp(random() * 14) / 1_000],
    ['with two peaks', () => (random() < 0.8 ? 3 : 250) + random()],
    ['with a heavy tail', () => 2 / (1 - random()) ** 0.8],
  ])('ours gives the same quantiles %s, within 0.2 %', (_, draw) => {
    const [ours, theirs] = [new Histogram(), createHistogram({ figures: 5 })];
    for (let sent = 0; sent < 50_000; sent += 1) {
      const us = Math.max(1, Math.round(draw() * 1_000));
      ours.record(us / 1_000);
      theirs.record(us);
    }
    for (const q of [0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1])
      expect(errorOf(ours.quantile(q), theirs.percentile(q * 100) / 1_000)).toBeLessThanOrEqual(0.0021);
    expect(ours.count).toBe(theirs.count);
    expect(errorOf(ours.maxMs, theirs.max / 1_000)).toBeLessThanOrEqual(0.00001);
    expect(errorOf(ours.meanMs, theirs.mean / 1_000)).toBeLessThanOrEqual(0.00001);
  });
});

describe('bytes that are said to be a histogram', () => {
  const says = (bytes: readonly number[]): string => {
    try {
      Histogram.decode(Uint8Array.from(bytes));
      return 'fine';
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      return `${code} ${message}`;
    }
  };
  const corrupt = (what: string) => `BURN_HISTOGRAM_CORRUPT an encoded histogram ${what}`;

  it.each<[string, number[], string]>([
    ['are nothing', [], corrupt('begins with nothing, not with version 1')],
    ['are of another version', [2, 0, 0], corrupt('begins with 2, not with version 1')],
    ['end before their numbers', [1, 0], corrupt('ends after 2 bytes, in the middle of a number')],
    ['end in a number', [1, 5, 0x85], corrupt('ends after 3 bytes, in the middle of a number')],
    ['end before a count', [1, 5, 5, 5], corrupt('ends after 4 bytes, in the middle of a number')],
    ['hold a number without an end', [1, ...Array(50).fill(0x80)], corrupt('holds a number of more than eight bytes')],
    ['hold a number above 2⁵³', [1, ...Array(7).fill(0xff), 0x7f], corrupt('holds a number above 2⁵³')],
    ['hold a number with idle bytes', [1, 0x85, 0], corrupt('holds a number with bytes that add nothing to it')],
    ['name a bucket beyond the range', [1, 5, 5, 0x80, 0x32, 1], corrupt('has a bucket 6400, and there are 6400')],
    ['name a bucket without a span', [1, 5, 5, 5, 0], corrupt('has a bucket 5 without a span')],
    ['have a maximum of no span', [1, 6, 5, 5, 1], corrupt('has a maximum of 6 µs, which is not in its last bucket')],
    ['have a maximum and no span', [1, 6, 6], corrupt('has a maximum of 6 µs, which is not in its last bucket')],
    ['have a sum of no spans', [1, 5, 11, 5, 2], corrupt('has a sum of 11 µs, and its spans make 10 to 10')],
    ['are empty', [1, 0, 0], 'fine'],
    ['are two spans of 5 µs', [1, 5, 10, 5, 2], 'fine'],
  ])('are judged by what they hold: they %s', (_, bytes, message) => {
    expect(says(bytes)).toBe(message);
  });

  it('are refused with more spans than can be counted', () => {
    const most = [...Array(7).fill(0xff), 0x0f];
    expect(says([1, 1, ...most, 0, ...most, 0, ...most])).toBe(corrupt('has 18014398509481982 spans, more than 2⁵³'));
  });

  it('are what encode writes, byte for byte, or are refused; whatever they are', () => {
    const changed = fc
      .tuple(spans, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 }), fc.nat(3))
      .map(([recorded, changes, cut]) => {
        const bytes = of(recorded).encode();
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        return bytes.subarray(0, bytes.length - cut);
      });
    fc.assert(
      fc.property(fc.oneof(changed, fc.uint8Array({ maxLength: 60 })), (bytes) => {
        const verdict = says([...bytes]);
        if (verdict === 'fine') expect(Histogram.decode(bytes).encode()).toEqual(Uint8Array.from(bytes));
        else expect(verdict).toMatch(/^BURN_HISTOGRAM_CORRUPT /);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Evenly from 0 to 1, the same for the same seed: https://en.wikipedia.org/wiki/Linear_congruential_generator (Numerical Recipes). */
function lcg(seed: number): () => number {
  let state32 = seed >>> 0;
  return () => {
    state32 = (Math.imul(state32, 1_664_525) + 1_013_904_223) >>> 0;
    return state32 / 2 ** 32;
  };
}
