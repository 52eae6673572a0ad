/** Where a value lies between the ends of an axis: 0 to 1, not beyond; and the values at which the axis says what it shows. */
export type Scale = { readonly at: (value: number) => number; readonly ticks: readonly number[] };

const between = (value: number): number => Math.min(1, Math.max(0, value));

/** From 0 to a round number that nothing exceeds, with about `wanted` ticks. */
export function linearScale(highest: number, wanted = 4): Scale {
  const step = roundUp(Math.max(highest, 1e-9) / wanted);
  const count = Math.max(1, Math.ceil(highest / step - 1e-9));
  const ticks = Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
  return { at: (value) => between(value / (count * step)), ticks };
}

/** From `lowest` to `highest` exactly, with ticks at round numbers: for axes that must not be longer than what they show. */
export function exactScale(lowest: number, highest: number, step: number): Scale {
  const span = Math.max(highest - lowest, Number.MIN_VALUE);
  const first = Math.ceil(lowest / step - 1e-9);
  const count = Math.floor(highest / step + 1e-9) - first + 1;
  const ticks = Array.from({ length: Math.max(0, count) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { at: (value) => between((value - lowest) / span), ticks };
}

/** Logarithmic, from a round number below `lowest` to one above `highest` (both above 0), with at most `most` ticks. */
export function logScale(lowest: number, highest: number, most = 6): Scale {
  const decades = [[1, 2, 5], [1, 3], [1]].map((steps) => edgesAround(steps, lowest, highest));
  const edges = decades.find(({ length }) => length <= most) ?? thin(decades.at(-1) ?? [], most);
  const [first, last] = [Math.log(edges[0] ?? lowest), Math.log(edges.at(-1) ?? highest)];
  return {
    at: (value) => between((Math.log(Math.max(value, Number.MIN_VALUE)) - first) / (last - first)),
    ticks: edges,
  };
}

/** Round numbers from the greatest that is not above `lowest` to the smallest that is not below `highest`: two at least. */
function edgesAround(steps: readonly number[], lowest: number, highest: number): readonly number[] {
  const [from, to] = [Math.floor(Math.log10(lowest)) - 1, Math.ceil(Math.log10(highest)) + 1];
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index).flatMap((decade) =>
    steps.map((step) => Number((step * 10 ** decade).toPrecision(6))),
  );
  const first = Math.max(
    0,
    all.findLastIndex((edge) => edge <= lowest),
  );
  const last = all.findIndex((edge) => edge >= highest);
  return all.slice(first, Math.max(last, first + 1) + 1);
}

function thin(edges: readonly number[], most: number): readonly number[] {
  const every = Math.ceil((edges.length - 1) / (most - 1));
  return edges.filter((_, index) => index % every === 0 || index === edges.length - 1);
}

/** The next of 1, 2, 2.5, 5, 10 and so on that is not below. */
export function roundUp(value: number): number {
  const decade = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 5].find((each) => value <= each * decade * (1 + 1e-9)) ?? 10;
  return Number((step * decade).toPrecision(12));
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200];

/** Seconds of a run from 0 on, with at most `most` ticks at round times. */
export function timeScale(seconds: number, most = 6): Scale {
  const step = timeSteps.find((each) => seconds / each <= most) ?? roundUp(seconds / most);
  return exactScale(0, seconds, step);
}
