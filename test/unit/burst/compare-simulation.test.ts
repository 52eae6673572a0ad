import { compareRuns, type MeasuredRun } from '../../../shared/burst/compare.ts';
import type { ComparedQuantity } from '../../../shared/burst/model.ts';
import { type Kind, seededRandom, shapes, simulateRuns } from '../../support/simulated-runs.ts';

const compare = { baseline: 5, toleratePpm: 200_000 };
const usual: Kind = { latencies: shapes.even, requests: 2_500, drift: 0.03, errorRatio: 0.005, errorDrift: 0.2 };

/** A thousand runs, each held against the five before it, which are equal to it but for chance; or `slowdown` times as fast. */
function simulate(change: Partial<Kind>, seed: number, slowdown = 1): readonly (readonly ComparedQuantity[])[] {
  const simulateRun = simulateRuns({ ...usual, ...change }, seededRandom(seed));
  const earlier: MeasuredRun[] = Array.from({ length: 5 }, () => simulateRun());
  return Array.from({ length: 1_000 }, () => {
    const run = simulateRun(slowdown);
    const { quantities } = compareRuns(run, earlier, compare);
    earlier.unshift(slowdown === 1 ? run : simulateRun());
    earlier.pop();
    return quantities;
  });
}

const count = (all: readonly (readonly ComparedQuantity[])[], is: (quantity: ComparedQuantity) => boolean): number =>
  all.filter((quantities) => quantities.some(is)).length;
const isWorse = ({ verdict }: ComparedQuantity): boolean => verdict === 'worse';
const isBetter = ({ verdict }: ComparedQuantity): boolean => verdict === 'better';
const isBeyond = ({ changeRatio }: ComparedQuantity): boolean => changeRatio > 0.2;

describe('of a thousand runs that are equal to their baseline', () => {
  it.each<[string, Partial<Kind>]>([
    ['paces that differ by 3 %', {}],
    ['100 requests each, and paces that differ by 5 %', { requests: 100, drift: 0.05 }],
    ['heavy tails', { requests: 500, latencies: shapes.heavyTailed }],
    ['a p95 between fast and slow answers', { requests: 500, latencies: shapes.twoPeaks }],
    ['a median between fast and slow answers', { requests: 500, latencies: shapes.halves }],
  ])('at most ten are called worse, though hundreds seem to be, with %s', (_, change) => {
    const all = simulate(change, 5);
    expect(all.every((quantities) => quantities.length === 3)).toBe(true);
    expect(count(all, isWorse)).toBeLessThanOrEqual(10); // measured: 0, 4, 1, 0, 0
    expect(count(all, isBetter)).toBeLessThanOrEqual(10); // measured: 0, 8, 4, 1, 0
    expect(count(all, isBeyond)).toBeGreaterThan(200); // measured: 313, 370, 426, 667, 689: what tolerance alone would call worse
  });
});

describe('of a thousand runs whose p95 is worse by 25 %', () => {
  it('at least 900 are found by it, with paces that differ by 1 %', () => {
    const all = simulate({ drift: 0.01 }, 6, 1.25);
    const isWorseP95 = (each: ComparedQuantity) => each.quantity === 'p95' && isWorse(each);
    expect(count(all, isWorseP95)).toBeGreaterThanOrEqual(900); // measured: 946, and 921 with 1.5 %
    expect(count(all, isWorse)).toBeGreaterThanOrEqual(990); // measured: 999, by their p50 too
  });
});
