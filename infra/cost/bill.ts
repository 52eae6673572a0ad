import { type ListPrice, listDollars, type PriceKey, priceList } from '../../shared/metrics/price-list.ts';
import type { Category, Usage, Whose } from './usage.ts';

/** One line: so many of something, what one costs, and what all cost a month; dollars. */
export type Line = {
  readonly whose: Whose;
  readonly category: Category;
  readonly what: string;
  /** The region from which is probed, where there are several. */
  readonly location?: string;
  readonly unit: PriceKey;
  readonly quantity: number;
  /** On average: a price may fall with the quantity. */
  readonly price: number;
  readonly list: number;
  /** In an account that uses what is free for nothing else. */
  readonly withFree: number;
};
/** Dollars a month. */
export type Dollars = { readonly list: number; readonly withFree: number };
/** What one monitor, burst, SLO or alarm takes of it; all parts and what is `shared` are what is ours. */
export type Part = { readonly id: string; readonly list: number };
export type Bill = {
  readonly lines: readonly Line[];
  readonly ours: Dollars;
  readonly target: Dollars;
  /** The dearest first. */
  readonly parts: readonly Part[];
  /** What is there however many of them there are. */
  readonly shared: number;
  /** What probing from each location takes of what is ours, home first; none where there is one. */
  readonly locations: readonly { readonly location: string; readonly list: number }[];
};

/** Prices usages. What is free, and what is cheaper in large numbers, goes to all lines of a unit in proportion. */
export function billOf(usages: readonly Usage[]): Bill {
  const rates = ratesOf(usages);
  const lines = linesOf(usages, rates);
  const parts = new Map<string, number>();
  for (const { whose, unit, quantity, of } of usages) {
    if (whose !== 'ours') continue;
    const dollars = (quantity * (rates.get(unit)?.list ?? 0)) / Math.max(1, of.length);
    for (const id of of.length === 0 ? [shared] : of) parts.set(id, (parts.get(id) ?? 0) + dollars);
  }
  const sharedDollars = parts.get(shared) ?? 0;
  parts.delete(shared);
  return {
    lines,
    ours: totalOf(lines, 'ours'),
    target: totalOf(lines, 'target'),
    parts: [...parts].map(([id, list]) => ({ id, list })).sort((a, b) => b.list - a.list || (a.id < b.id ? -1 : 1)),
    shared: sharedDollars,
    locations: [...Map.groupBy(lines, ({ location, whose }) => (whose === 'ours' ? location : undefined))].flatMap(
      ([location, all]) => (location === undefined ? [] : [{ location, list: totalOf(all, 'ours').list }]),
    ),
  };
}

const shared = '';

/** Dollars of one of each unit, on average over all of them. */
function ratesOf(usages: readonly Usage[]): ReadonlyMap<PriceKey, Dollars> {
  const quantities = new Map<PriceKey, number>();
  for (const { unit, quantity } of usages) quantities.set(unit, (quantities.get(unit) ?? 0) + quantity);
  return new Map(
    [...quantities].map(([unit, quantity]) => {
      const { free }: ListPrice = priceList[unit];
      const per = (paid: number) => (quantity > 0 ? listDollars(unit, paid) / quantity : 0);
      return [unit, { list: per(quantity), withFree: per(Math.max(0, quantity - free)) }];
    }),
  );
}

function linesOf(usages: readonly Usage[], rates: ReadonlyMap<PriceKey, Dollars>): readonly Line[] {
  const same = Map.groupBy(usages, ({ whose, category, what, location, unit }) =>
    [whose, category, what, location, unit].join('\n'),
  );
  return [...same.values()].flatMap((all) => {
    const [first] = all;
    if (first === undefined) return [];
    const { whose, category, what, location, unit } = first;
    const quantity = all.reduce((sum, each) => sum + each.quantity, 0);
    const { list: price = 0, withFree = 0 } = rates.get(unit) ?? {};
    const priced = { quantity, price, list: quantity * price, withFree: quantity * withFree };
    return [{ whose, category, what, ...(location === undefined ? {} : { location }), unit, ...priced }];
  });
}

/** What lines of one side come to. */
export function totalOf(lines: readonly Line[], whose: Whose): Dollars {
  const mine = lines.filter((line) => line.whose === whose);
  return {
    list: mine.reduce((sum, { list }) => sum + list, 0),
    withFree: mine.reduce((sum, { withFree }) => sum + withFree, 0),
  };
}
