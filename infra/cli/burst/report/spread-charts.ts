import { kindOf, renderQuantity } from '../../../../shared/burst/quantity.ts';
import type { Threshold } from '../../../../shared/config/model.ts';
import type { Histogram } from '../../../../shared/stats/histogram.ts';
import { countText, percentText, roundSpanText, spanText } from '../../numbers.ts';
import { columns, hit, limit, line, mark, type Point, renderChart } from './chart.ts';
import type { Html } from './html.ts';
import { exactScale, linearScale, logScale } from './scale.ts';
import { latencyScale } from './time-charts.ts';

/** Columns across the whole axis. */
const binCount = 64;

const marked = [
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
] as const;

/** How latencies are spread, on a logarithmic scale of spans. */
export function renderSpread(latency: Histogram): Html {
  const buckets = latency.buckets();
  const [shortest, longest] = [Math.max(0.001, buckets[0]?.valueMs ?? 1), Math.max(0.001, latency.maxMs)];
  const x = logScale(shortest, longest);
  const counts = Array.from({ length: binCount }, () => 0);
  for (const { valueMs, count } of buckets) {
    const bin = Math.min(binCount - 1, Math.floor(x.at(valueMs) * binCount));
    counts[bin] = (counts[bin] ?? 0) + count;
  }
  const y = linearScale(Math.max(1, ...counts), 3);
  const bins = counts.map((count, bin) => ({
    from: bin / binCount,
    to: (bin + 1) / binCount,
    low: 0,
    // What is not nothing can be seen.
    high: count === 0 ? 0 : Math.max(0.012, y.at(count)),
  }));
  const [first = 0, last = 1] = [x.ticks[0], x.ticks.at(-1)];
  const edge = (share: number) => first * (last / first) ** share;
  return renderChart({
    title: 'Distribution of the latency',
    label: `How latencies are spread: p50 ${spanText(latency.quantile(0.5))}, p99 ${spanText(latency.quantile(0.99))}, the longest ${spanText(latency.maxMs)}.`,
    keys: [],
    x: { scale: x, text: roundSpanText },
    y: { scale: y, text: countText },
    shapes: [columns(bins, 'spread')],
    marks: [
      ...apart(marked.map(([share, name]) => ({ at: x.at(latency.quantile(share)), name }))).map(({ at, name }) =>
        mark(at, name, 'quantile'),
      ),
      ...bins.map(({ from, to }, bin) =>
        hit(from, to, `${spanText(edge(from))} – ${spanText(edge(to))}: ${countText(counts[bin] ?? 0)}`),
      ),
    ],
  });
}

/** Names that would lie on one another are told together, at the last of their lines. */
function apart(marks: readonly { at: number; name: string }[]): readonly { at: number; name: string }[] {
  const kept: { at: number; name: string }[] = [];
  for (const each of marks) {
    const before = kept.at(-1);
    const isNear = before !== undefined && before.name !== '' && each.at - before.at < 0.1;
    if (isNear) kept[kept.length - 1] = { at: before.at, name: '' };
    kept.push(isNear ? { at: each.at, name: `${before.name} ${each.name}` } : each);
  }
  return kept;
}

/** How far the curve goes: p99.9. */
const mostNines = 3;
const nines = [0.5, 0.9, 0.99, 0.999] as const;
const toNines = (share: number): number => -Math.log10(1 - share);

/** The span that a share of the requests does not exceed, from none to 99.9 %, each nine as wide as the one before. */
export function renderQuantileCurve(
  spans: readonly { readonly name: string; readonly kind: string; readonly of: Histogram }[],
  thresholds: readonly Threshold[],
): Html {
  const shares = Array.from({ length: 121 }, (_, index) => 1 - 10 ** -((index / 120) * mostNines));
  const x = exactScale(0, mostNines, 1);
  const values = spans.map(({ of }) => shares.map((share) => of.quantile(share)));
  const limits = thresholds.filter(({ metric, op }) => kindOf(metric) === 'span' && (op === 'lt' || op === 'lte'));
  const all = [...values.flat(), ...limits.map(({ value }) => value)];
  const y = latencyScale(Math.min(...all), Math.max(...all));
  const points = values.map((each) =>
    each.map((value, index): Point => [x.at(toNines(shares[index] ?? 0)), y.at(value)]),
  );
  return renderChart({
    title: 'Quantiles',
    label: `The latency that a share of the requests does not exceed, up to ${spanText(spans[0]?.of.quantile(0.999) ?? 0)} for 99.9 %.`,
    keys: spans.map(({ name, kind }) => ({ name, kind })),
    x: { scale: { at: x.at, ticks: nines.map(toNines) }, text: (value) => ninesText(value) },
    y: { scale: y, text: roundSpanText },
    shapes: points.map((each, index) => line(each, spans[index]?.kind ?? '')).reverse(),
    marks: [
      ...limits.map(({ metric, value }) =>
        limit(y.at(value), `${metric} limit ${renderQuantity('span', value)}`, 'limit'),
      ),
      ...shares
        .slice(0, -1)
        .map((share, index) =>
          hit(
            x.at(toNines(share)),
            x.at(toNines(shares[index + 1] ?? share)),
            `${percentText(share)} of the requests: ${spans.map(({ name }, which) => `${name} ${spanText(values[which]?.[index] ?? 0)}`).join(', ')}`,
          ),
        ),
    ],
  });
}

function ninesText(value: number): string {
  return `p${Number(((1 - 10 ** -value) * 100).toFixed(1))}`;
}
