import { type Forecast, forecastBudget } from '../../../shared/slo/forecast.ts';
import { type Burn, type burns, simulateBurn } from '../../support/simulated-burns.ts';
import { seededRandom } from '../../support/simulated-runs.ts';

/** Whether what really happened lies within the band; what does not come before its end lies where an edge is absent. */
function isWithin({ now, spentAfter }: Burn, forecast: Forecast): boolean {
  if (forecast.kind !== 'burning') throw new Error(`it burns, and is said to be ${forecast.kind}`);
  const spentAt = now + spentAfter * 60_000;
  return spentAt >= (forecast.earliestAt ?? Infinity) && spentAt <= (forecast.latestAt ?? Infinity);
}

function share(kind: keyof typeof burns, count: number): number {
  const random = seededRandom(1);
  const all = Array.from({ length: count }, () => simulateBurn(kind, random));
  return all.filter((burn) => isWithin(burn, forecastBudget(burn.slo, burn.events, burn.now))).length / count;
}

describe('of a thousand simulated burns, the band of 90 % holds the end of the budget', () => {
  const [constant, clumped, ramp] = [share('constant', 334), share('clumped', 333), share('ramp', 333)];

  // Measured: 92 %, 91 % and 90 %; with two other seeds 92 to 94 %, 89 to 91 % and 90 to 91 %.
  it.each([
    ['a constant error ratio', constant],
    ['outages that come and go', clumped],
    ['an error ratio that rises', ramp],
    ['all of these', (334 * constant + 333 * clumped + 333 * ramp) / 1_000],
  ])('in 85 to 95 %% of %s', (_, within) => {
    expect(within).toBeGreaterThanOrEqual(0.85);
    expect(within).toBeLessThanOrEqual(0.95);
  });
});

describe('of a hundred burns that began from one minute to the next', () => {
  it('the band holds 90 at least', () => {
    expect(share('jump', 100)).toBeGreaterThanOrEqual(0.9); // measured: 0.95
  });
});
