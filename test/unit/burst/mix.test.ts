import fc from 'fast-check';
import { createMix } from '../../../shared/burst/mix.ts';

const firstUnits = (weights: readonly number[], count: number) => {
  const mix = createMix(weights);
  return Array.from({ length: count }, (_, start) => mix.unitOf(start)).join('');
};
const weightsOf = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });

describe('a mix', () => {
  it.each([
    [[1], '0000000'],
    [[1, 1], '0101010'],
    [[3, 1], '0010001'],
    [[5, 1, 1], '0010200'],
    [[50, 10, 10], '0010200'],
  ])('of weights %j is spread evenly', (weights, expected) => {
    expect(firstUnits(weights, 7)).toBe(expected);
  });

  it('gives every unit as many of a round as it weighs, wherever the round begins', () => {
    fc.assert(
      fc.property(weightsOf, fc.nat(1_000_000), (weights, from) => {
        const mix = createMix(weights);
        const counts = weights.map(() => 0);
        const round = weights.reduce((sum, weight) => sum + weight, 0);
        for (let start = from; start < from + round; start += 1) {
          const unit = mix.unitOf(start);
          counts[unit] = (counts[unit] ?? 0) + 1;
        }
        expect(counts).toEqual(weights);
      }),
    );
  });

  it('counts the turns of each unit from 0 on without a gap', () => {
    fc.assert(
      fc.property(weightsOf, (weights) => {
        const mix = createMix(weights);
        const next = weights.map(() => 0);
        for (let start = 0; start < 300; start += 1) {
          const unit = mix.unitOf(start);
          expect(mix.turnOf(start)).toBe(next[unit]);
          next[unit] = (next[unit] ?? 0) + 1;
        }
      }),
      { numRuns: 30 },
    );
  });
});
