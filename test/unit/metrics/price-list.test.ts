import {
  type ListPrice,
  listDollars,
  type PriceKey,
  priceList,
  priceOfOne,
} from '../../../shared/metrics/price-list.ts';

const entries = Object.entries(priceList) as readonly (readonly [PriceKey, ListPrice])[];

describe('the table of prices', () => {
  it.each(entries)('says of %s where its price stands, since when, and whether somebody looked', (_, price) => {
    expect(price.source).toMatch(/^https:\/\/(aws|docs\.aws)\.amazon\.com\//);
    expect(price.asOf).toMatch(/^20\d\d-(0[1-9]|1[0-2])$/);
    expect(['checked', 'memory']).toContain(price.grade);
    expect(price.free).toBeGreaterThanOrEqual(0);
  });

  it.each(entries)('has tiers of %s that fall, one after the other, and end open', (_, { tiers }) => {
    expect(tiers.at(-1)?.upTo).toBeUndefined();
    expect(tiers.slice(0, -1).every(({ upTo = 0 }, index) => upTo > (tiers[index - 1]?.upTo ?? 0))).toBe(true);
    expect(tiers.every(({ dollars }, index) => dollars > 0 && dollars < (tiers[index - 1]?.dollars ?? 100))).toBe(true);
  });

  // As AWS works them out: https://aws.amazon.com/cloudwatch/pricing/
  it.each([
    ['metric', 0, 0],
    ['metric', 10, 3],
    ['metric', 10_000, 3_000],
    ['metric', 10_001, 3_000.1],
    ['metric', 250_000, 27_000],
    ['metric', 1_000_001, 64_500.02],
    ['metricCall', 43_200, 0.432],
    ['alarm', 2, 0.2],
  ] as const)('%s: %d are $%d', (key, quantity, dollars) => {
    expect(listDollars(key, quantity)).toBeCloseTo(dollars, 6);
  });

  it('says what one costs', () => {
    expect(priceOfOne('metric')).toBe(0.3);
    expect(priceOfOne('gigabyteSecond')).toBeCloseTo(0.0000133334, 12);
  });
});
