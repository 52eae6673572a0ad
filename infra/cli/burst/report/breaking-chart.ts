import type { BreakingPoint, BreakingPointStep } from '../../../../shared/burst/model.ts';
import { kindOf } from '../../../../shared/burst/quantity.ts';
import type { Threshold } from '../../../../shared/config/model.ts';
import { percentText, rateText, roundSpanText, spanText } from '../../numbers.ts';
import { breakingPointText, stepWord } from '../verdict.ts';
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
  const pointOf = (step: BreakingPointStep, ms: number): Point => [x.at(step.ratePerSecond), y.at(ms)];
  const newest = curve.filter((step, index) => step.ratePerSecond !== curve[index + 1]?.ratePerSecond);
  return renderChart({
    title: 'Breaking point',
    isWide: true,
    label: `Latency at each rate: ${breakingPointText(found)}.`,
    keys: [
      { name: 'p50', kind: 'p50' },
      { name: 'p99, held', kind: 'p99' },
      { name: 'p99, broke', kind: 'broke' },
      ...(curve.some((step) => stepWord(step) === 'saturated') ? [{ name: 'p99, saturated', kind: 'saturated' }] : []),
    ],
    x: { scale: x, text: rateText, title: 'Requests a second' },
    y: { scale: y, text: roundSpanText },
    // A rate that was tried again counts as it came the last time.
    shapes: [
      line(
        newest.map((step) => pointOf(step, step.p50Ms)),
        'p50',
      ),
      line(
        newest.map((step) => pointOf(step, step.p99Ms)),
        'p99',
      ),
    ],
    marks: [
      ...limits.map(({ text, value }) => limit(y.at(value), text, 'limit')),
      ...(found.sustainedPerSecond > 0
        ? [mark(x.at(found.sustainedPerSecond), rateText(found.sustainedPerSecond), 'quantile')]
        : []),
      ...curve.flatMap((step) => [
        dot(pointOf(step, step.p50Ms), 'p50', stepTitle(step)),
        dot(pointOf(step, step.p99Ms), stepKinds[stepWord(step)], stepTitle(step)),
      ]),
    ],
  });
}

const stepKinds = { held: 'p99', broke: 'broke', saturated: 'saturated' } as const;

function stepTitle(step: BreakingPointStep): string {
  const { ratePerSecond, throughputPerSecond, p50Ms, p99Ms, errorRatio } = step;
  return `${rateText(ratePerSecond)} asked, ${rateText(throughputPerSecond)} reached: p50 ${spanText(p50Ms)}, p99 ${spanText(p99Ms)}, ${percentText(errorRatio)} failed, ${stepWord(step)}`;
}
