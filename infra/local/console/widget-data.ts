import type { DrawnSeries } from './widget-queries.ts';

/** Columns as a chart takes them: the instants, and of each series the value at each, null where there is none. */
export type Columns = { readonly seconds: readonly number[]; readonly values: readonly (readonly (number | null)[])[] };

/**
 * All periods between the first and the last point, so that a line breaks where a period has none. Stacked, each series stands on
 * those before it, and what is missing is nothing.
 */
export function columnsOf(series: readonly DrawnSeries[], periodSeconds: number, isStacked: boolean): Columns {
  const known = series.flatMap(({ at }) => at);
  if (known.length === 0) return { seconds: [], values: series.map(() => []) };
  const [from, to] = [known.reduce((a, b) => Math.min(a, b)), known.reduce((a, b) => Math.max(a, b))];
  const length = Math.round((to - from) / periodSeconds) + 1;
  const seconds = Array.from({ length }, (_, index) => from + index * periodSeconds);
  const rows = series.map(({ at, values }) => {
    const byTime = new Map(at.map((each, index) => [each, values[index] ?? null]));
    return seconds.map((each) => byTime.get(each) ?? null);
  });
  return { seconds, values: isStacked ? stacked(rows, length) : rows };
}

function stacked(rows: readonly (readonly (number | null)[])[], length: number): readonly (readonly number[])[] {
  let below: readonly number[] = Array.from({ length }, () => 0);
  return rows.map((row) => {
    below = below.map((value, index) => value + (row[index] ?? 0));
    return below;
  });
}

/** What a table says of a series; null where it has no point. */
export type SeriesFacts = {
  readonly newest: number | null;
  readonly least: number | null;
  readonly most: number | null;
};

export function factsOf({ values }: Pick<DrawnSeries, 'values'>): SeriesFacts {
  if (values.length === 0) return { newest: null, least: null, most: null };
  return {
    newest: values.at(-1) ?? null,
    least: values.reduce((a, b) => Math.min(a, b)),
    most: values.reduce((a, b) => Math.max(a, b)),
  };
}

const sizes = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e4, 'k'],
] as const;

/** A value in few characters: `12.3k`, `0.25`, `0.00012`; at most three digits that mean something below a thousand. */
export function valueText(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  const [unit, letter] = sizes.find(([least]) => size >= least) ?? [1, ''];
  const scaled = letter === 'k' ? value / 1_000 : value / unit;
  const digits = Math.abs(scaled) >= 1_000 ? scaled.toFixed(0) : String(Number(scaled.toPrecision(3)));
  return `${plainDigits(digits)}${letter}`.replace('-', '−');
}

/** Without an exponent, which nobody reads. */
function plainDigits(text: string): string {
  return text.includes('e') ? Number(text).toFixed(9).replace(/0+$/, '').replace(/\.$/, '') : text;
}
