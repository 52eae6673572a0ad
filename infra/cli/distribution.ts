import type { Bucket } from '../../shared/stats/histogram.ts';

/** Spans above `fromMs` up to `toMs`: how many there were, and which share of all is no longer than `toMs`. */
export type Bin = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
  readonly cumulativeRatio: number;
};

/** Steps of one decade, from fine to coarse: round numbers, about equally far apart on a logarithmic scale. */
const series: readonly (readonly number[])[] = [
  [1, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.7, 3, 3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5, 8.2, 9.1],
  [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1],
];

/** The finest span that is told apart from none. */
const shortestMs = 0.001;

/**
 * Sorts spans (buckets from short to long) into at most `mostBins` log-spaced bins with round edges, from the shortest to
 * the longest, empty ones between them included. None of nothing.
 */
export function binSpans(buckets: readonly Bucket[], mostBins: number): readonly Bin[] {
  const [first, last] = [buckets[0], buckets.at(-1)];
  if (!first || !last) return [];
  const edges = chooseEdges(first.valueMs, last.valueMs, mostBins);
  const total = buckets.reduce((sum, { count }) => sum + count, 0);
  let [seen, next] = [0, 0];
  return edges.slice(1).map((toMs, index) => {
    const before = seen;
    for (; next < buckets.length && (buckets[next]?.valueMs ?? 0) <= toMs; next += 1) seen += buckets[next]?.count ?? 0;
    return { fromMs: edges[index] ?? 0, toMs, count: seen - before, cumulativeRatio: seen / total };
  });
}

function chooseEdges(fromMs: number, toMs: number, mostBins: number): readonly number[] {
  for (const steps of series) {
    const edges = edgesOf(steps, fromMs, toMs);
    if (edges.length - 1 <= mostBins) return edges;
  }
  return [0, toMs];
}

/** From the greatest edge below the shortest span (0 where that is no whole µs) to the smallest that the longest does not exceed. */
function edgesOf(steps: readonly number[], fromMs: number, toMs: number): readonly number[] {
  const decades = [-3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7];
  const all = decades.flatMap((decade) => steps.map((step) => Number((step * 10 ** decade).toPrecision(3))));
  const lowest = fromMs <= shortestMs ? -1 : all.findLastIndex((edge) => edge < fromMs);
  const highest = all.findIndex((edge) => edge >= toMs);
  return [lowest < 0 ? 0 : (all[lowest] ?? 0), ...all.slice(lowest + 1, highest + 1)];
}
