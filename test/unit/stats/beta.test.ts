import fc from 'fast-check';
import { betaChance, logGamma } from '../../../shared/stats/beta.ts';

describe('the logarithm of the gamma function', () => {
  it.each([
    [0.5, Math.log(Math.sqrt(Math.PI))],
    [1, 0],
    [2, 0],
    [5, Math.log(24)],
    [10, Math.log(362_880)],
    [171, 706.573_062_245_787_5],
    [1e7, 1e7 * Math.log(1e7) - 1e7 - 0.5 * Math.log(1e7 / (2 * Math.PI))],
  ])('of %d is exact to ten digits', (x, value) => {
    expect(Math.abs(logGamma(x) - value)).toBeLessThan(1e-10 * Math.max(1, Math.abs(value)));
  });
});

describe('the chance of a beta variable', () => {
  /** With whole parameters it is that of so many successes or more: https://dlmf.nist.gov/8.17.E5. */
  const atLeast = (x: number, a: number, b: number): number => {
    const tries = a + b - 1;
    let [sum, ways] = [0, 1];
    for (let hits = 0; hits <= tries; hits += 1) {
      if (hits >= a) sum += ways * x ** hits * (1 - x) ** (tries - hits);
      ways = (ways * (tries - hits)) / (hits + 1);
    }
    return sum;
  };
  const whole = fc.integer({ min: 1, max: 25 });
  const part = fc.double({ min: 0.001, max: 0.999, noNaN: true });

  it('is that of so many successes or more among a few tries', () => {
    fc.assert(
      fc.property(part, whole, whole, (x, a, b) => expect(betaChance(x, a, b)).toBeCloseTo(atLeast(x, a, b), 9)),
    );
  });

  it('is that of the arcsine law at one half each', () => {
    fc.assert(
      fc.property(part, (x) => expect(betaChance(x, 0.5, 0.5)).toBeCloseTo((2 / Math.PI) * Math.asin(Math.sqrt(x)), 9)),
    );
  });

  it('is near that of the normal distribution where the parameters are large', () => {
    // 0.894 standard deviations of √(¼ ÷ 2e7) above one half.
    expect(betaChance(0.5001, 1e7, 1e7)).toBeCloseTo(0.8145, 4);
    expect(betaChance(0.5, 1e5, 1e5)).toBeCloseTo(0.5, 8);
  });

  it('is nothing at 0 and below, all from 1 up, and grows between', () => {
    const some = fc.double({ min: 0.01, max: 5_000, noNaN: true });
    fc.assert(
      fc.property(some, some, part, part, (a, b, x, y) => {
        expect([betaChance(0, a, b), betaChance(-1, a, b), betaChance(1, a, b), betaChance(2, a, b)]).toEqual([
          0, 0, 1, 1,
        ]);
        expect(betaChance(Math.max(x, y), a, b) - betaChance(Math.min(x, y), a, b)).toBeGreaterThan(-1e-9);
      }),
    );
  });
});
