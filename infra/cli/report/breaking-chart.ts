import type { BreakingPoint } from '../../../shared/burst/model.ts';
import { kindOf } from '../../../shared/burst/quantity.ts';
import type { Threshold } from '../../../shared/config/model.ts';
import { breakingPointText } from '../burst-verdict.ts';
import { percentText, rateText, roundSpanText, spanText } from '../numbers.ts';
import { dot, limit, line, mark, type Point, renderChart } from './chart.ts';
import type { Html } from './html.ts';
import { linearScale } from './scale.ts';
import { latencyScale } from './time-charts.ts';

/** p50 and p99 at each rate that a search tried, which of them held, and where the thresholds lie. */
export function renderBreakingPoint(found: BreakingPoint, thresholds: readonly Threshold[]): Html {
  const curve = found.curve.toSorted((a, b) => a.ratePerSecond - b.ratePerSecond);
  const limits = thresholds.filter(({ metric, op }) => kindOf(metric) === 'span' && (op === 'lt' || op === 'lte'));
  const spans = [...curve.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]), ...limits.map(({ value }) => value)];
  const x = linearScale(Math.max(1, ...curve.map(({ ratePerSecond }) => ratePerSecond)), 5);
  const y = latencyScale(Math.min(...spans), Math.max(...spans));
  const pointsOf = (of: (step: (typeof curve)[number]) => number) =>
    curve.map((step): Point => [x.at(step.ratePerSecond), y.at(of(step))]);
  const [p50, p99] = [pointsOf(({ p50Ms }) => p50Ms), pointsOf(({ p99Ms }) => p99Ms)];
  return renderChart({
    title: 'Breaking point',
    isWide: true,
    label: `Latency at each rate: ${breakingPointText(found)}.`,
    keys: [
      { name: 'p50', kind: 'p50' },
      { name: 'p99, held', kind: 'p99' },
      { name: 'p99, broke', kind: 'broke' },
    ],
    x: { scale: x, text: rateText, title: 'Requests a second' },
    y: { scale: y, text: roundSpanText },
    shapes: [line(p50, 'p50'), line(p99, 'p99')],
    marks: [
      ...limits.map(({ text, value }) => limit(y.at(value), text, 'limit')),
      ...(found.sustainedPerSecond > 0
        ? [mark(x.at(found.sustainedPerSecond), rateText(found.sustainedPerSecond), 'quantile')]
        : []),
      ...p50.map((point, index) => dot(point, 'p50', stepTitle(curve[index]))),
      ...p99.map((point, index) => dot(point, curve[index]?.passed ? 'p99' : 'broke', stepTitle(curve[index]))),
    ],
  });
}

function stepTitle(step: BreakingPoint['curve'][number] | undefined): string {
  if (!step) return '';
  const { ratePerSecond, throughputPerSecond, p50Ms, p99Ms, errorRatio, passed } = step;
  return `${rateText(ratePerSecond)} asked, ${rateText(throughputPerSecond)} reached: p50 ${spanText(p50Ms)}, p99 ${spanText(p99Ms)}, ${percentText(errorRatio)} failed, ${passed ? 'held' : 'broke'}`;
}
