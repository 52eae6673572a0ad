import type uPlot from 'uplot';
import type { BreakingPoint, BreakingPointStep } from '../../../shared/burst/model.ts';
import { breakingPointText, stepWord } from '../../cli/burst/verdict.ts';
import { percentText, rateText, roundSpanText, spanText } from '../../cli/numbers.ts';
import { drawLimits } from './burst-chart-marks.ts';
import { curveOf, type Limit } from './burst-model.ts';
import { type ChartOptions, createChart, plainAxis, type Theme, valueAxis } from './chart.ts';
import { element, setAttribute, setText, show } from './dom.ts';
import { icon } from './icons.ts';

export type Curve = {
  readonly steps: readonly BreakingPointStep[];
  readonly limits: readonly Limit[];
  readonly brokenPerSecond: number | undefined;
};

/** p50 and p99 at each rate that a search tried: which of them held, and which broke. */
export function burstCurve(): {
  readonly element: HTMLElement;
  readonly update: (found: BreakingPoint, limits: readonly Limit[]) => void;
} {
  const held: { curve: Curve; drawn: string } = {
    curve: { steps: [], limits: [], brokenPerSecond: undefined },
    drawn: '',
  };
  const readout = element('p', { class: 'chart-readout' });
  const say = (index: number | null) => {
    const step = index === null ? undefined : held.curve.steps[index];
    setText(readout, step === undefined ? 'Latency at each rate that was tried' : stepText(step));
  };
  const chart = createChart(180, (theme) => options(() => held.curve, theme, say));
  const legend = curveLegend();
  return {
    element: element(
      'div',
      { class: 'chart-box' },
      chart.element,
      element('div', { class: 'chart-foot' }, legend.element, readout),
    ),
    update: (found, limits) => {
      const drawn = JSON.stringify([found, limits]);
      if (held.drawn === drawn) return;
      const steps = curveOf(found);
      Object.assign(held, { curve: { steps, limits, brokenPerSecond: found.brokenPerSecond }, drawn });
      say(null);
      legend.update(steps);
      setAttribute(chart.element, 'aria-label', `Latency at each rate: ${breakingPointText(found)}`);
      chart.setData([
        steps.map(({ ratePerSecond }) => ratePerSecond),
        steps.map(({ p99Ms }) => p99Ms || null),
        steps.map(({ p50Ms }) => p50Ms || null),
      ]);
    },
  };
}

function curveLegend(): {
  readonly element: HTMLElement;
  readonly update: (steps: readonly BreakingPointStep[]) => void;
} {
  const p50 = element('li', {}, element('span', { class: 'chart-key', 'data-key': 'p50' }), 'p50');
  const words = [
    ['held', 'dot', 'p99, held'],
    ['broke', 'cross', 'p99, broke'],
    ['saturated', 'square', 'p99, generator saturated'],
  ] as const;
  const marks = words.map(([step, name, word]) => ({
    step,
    item: element('li', { 'data-step': step }, icon(name), word),
  }));
  return {
    element: element('ul', { class: 'chart-legend', 'aria-hidden': 'true' }, p50, ...marks.map(({ item }) => item)),
    update: (steps) => {
      for (const { step, item } of marks)
        show(
          item,
          steps.some((each) => stepWord(each) === step),
        );
    },
  };
}

function stepText(step: BreakingPointStep): string {
  const { ratePerSecond, throughputPerSecond, p50Ms, p99Ms, errorRatio } = step;
  const rates = `${rateText(ratePerSecond)} asked, ${rateText(throughputPerSecond)} reached`;
  return `${rates}: p50 ${spanText(p50Ms)}, p99 ${spanText(p99Ms)}, ${percentText(errorRatio)} failed, ${stepWord(step)}`;
}

function options(read: () => Curve, theme: Theme, onPoint: (index: number | null) => void): ChartOptions {
  return {
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: false, range: (_, __, max) => [0, (max ?? 1) * 1.05] },
      y: { distr: 3, range: () => latencyRange(read()) },
    },
    axes: [plainAxis(theme, rateText), decadeAxis(theme)],
    series: [
      {},
      { stroke: theme.accent, width: 1.5, points: { show: false } },
      { stroke: theme.line, width: 1.5, points: { size: 4, fill: theme.line } },
    ],
    hooks: {
      drawClear: [(u: uPlot) => drawBroken(u, read(), theme)],
      draw: [
        (u: uPlot) => drawLimits(u, read().limits, theme, 'left'),
        (u: uPlot) => drawSteps(u, read().steps, theme),
      ],
      setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)],
    },
  };
}

/** Whole decades around everything that is drawn: between the first rate and the broken ones lie two or three of them. */
function latencyRange({ steps, limits }: Curve): [number, number] {
  const all = [...steps.flatMap(({ p50Ms, p99Ms }) => [p50Ms, p99Ms]), ...limits.map(({ valueMs }) => valueMs)];
  const positive = all.filter((value) => value > 0);
  if (positive.length === 0) return [1, 10];
  return [
    10 ** Math.floor(Math.log10(Math.min(...positive))),
    10 ** Math.ceil(Math.log10(Math.max(...positive) * 1.2)),
  ];
}

/** Names the decades alone; the lines between them tell that the scale is logarithmic. */
function decadeAxis(theme: Theme): uPlot.Axis {
  const isDecade = (value: number) => Number.isInteger(Math.round(Math.log10(value) * 1e9) / 1e9);
  return {
    ...valueAxis(theme, roundSpanText),
    space: 6,
    values: (_, splits) => splits.map((value) => (value > 0 && isDecade(value) ? roundSpanText(value) : '')),
  };
}

/** From the lowest rate that broke on the ground is red. */
function drawBroken(u: uPlot, { brokenPerSecond }: Curve, theme: Theme): void {
  if (brokenPerSecond === undefined) return;
  const { ctx, bbox } = u;
  const left = u.valToPos(brokenPerSecond, 'x', true);
  ctx.fillStyle = theme.badFill;
  ctx.fillRect(left, bbox.top, bbox.left + bbox.width - left, bbox.height);
}

/** A filled point where a rate held, a cross where it broke, an empty square where it could not be sent. */
function drawSteps(u: uPlot, steps: readonly BreakingPointStep[], theme: Theme): void {
  const { ctx } = u;
  const size = 4 * devicePixelRatio;
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  for (const step of steps) {
    if (step.p99Ms <= 0) continue;
    const [x, y] = [u.valToPos(step.ratePerSecond, 'x', true), u.valToPos(step.p99Ms, 'y', true)];
    drawStep(ctx, stepWord(step), x, y, size, theme);
  }
  ctx.restore();
}

function drawStep(
  ctx: CanvasRenderingContext2D,
  word: ReturnType<typeof stepWord>,
  x: number,
  y: number,
  size: number,
  theme: Theme,
): void {
  ctx.strokeStyle = word === 'broke' ? theme.bad : theme.odd;
  ctx.fillStyle = theme.accent;
  ctx.beginPath();
  if (word === 'held') ctx.arc(x, y, size * 0.8, 0, Math.PI * 2);
  else if (word === 'saturated') ctx.rect(x - size, y - size, size * 2, size * 2);
  else {
    ctx.moveTo(x - size, y - size);
    ctx.lineTo(x + size, y + size);
    ctx.moveTo(x + size, y - size);
    ctx.lineTo(x - size, y + size);
  }
  if (word === 'held') ctx.fill();
  else ctx.stroke();
}
