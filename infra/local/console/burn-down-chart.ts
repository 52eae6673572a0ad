import type uPlot from 'uplot';
import type { SloView } from '../../../shared/app/overview/model.ts';
import { type ChartOptions, createChart, type Theme, timeAxis, timeRange, valueAxis } from './chart.ts';
import { element, setAttribute, setText, show } from './dom.ts';
import { instantText } from './instants.ts';
import { budgetText } from './words.ts';

type Points = SloView['burnDown'];

/** What was left of a budget over time, down to zero and below it. */
export function burnDownChart(): { readonly element: HTMLElement; readonly update: (slo: SloView) => void } {
  const model: { points: Points } = { points: [] };
  const readout = element('p', { class: 'chart-readout' });
  let given: Points | null = null;
  const resting = () => setText(readout, restingText(model.points));
  const chart = createChart(110, (theme) =>
    chartOptions(model, theme, (index) => {
      const point = index === null ? undefined : model.points[index];
      if (point === undefined) resting();
      else setText(readout, `${instantText(point.at, Date.now())}: ${budgetText(point.leftRatio)} left`);
    }),
  );
  return {
    element: element('div', { class: 'chart-box' }, chart.element, readout),
    update: (slo) => {
      if (given !== null && isSame(given, slo.burnDown)) return;
      given = slo.burnDown;
      model.points = newestOfEachInstant(slo.burnDown);
      resting();
      show(chart.element, model.points.length > 1);
      setAttribute(
        chart.element,
        'aria-label',
        `Budget of ${slo.id} over time: ${budgetText(slo.budgetLeftRatio)} left now`,
      );
      chart.setData([model.points.map((point) => point.at / 1000), model.points.map((point) => point.leftRatio * 100)]);
    },
  };
}

/** A young history is cut into more points than it has instants. */
function newestOfEachInstant(points: Points): Points {
  return [...new Map(points.map((point) => [point.at, point])).values()];
}

function restingText(points: Points): string {
  return points.length < 2 ? 'No history to draw yet' : 'Budget left over time';
}

function isSame(before: Points, after: Points): boolean {
  const [last, newest] = [before.at(-1), after.at(-1)];
  return (
    before.length === after.length &&
    before[0]?.at === after[0]?.at &&
    last?.at === newest?.at &&
    last?.leftRatio === newest?.leftRatio
  );
}

function chartOptions(
  model: { readonly points: Points },
  theme: Theme,
  onPoint: (index: number | null) => void,
): ChartOptions {
  return {
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: timeRange(600) },
      y: { range: () => [lowestPercent(model.points), 104] },
    },
    axes: [timeAxis(theme), valueAxis(theme, (value) => `${String(value).replace('-', '−')}%`)],
    series: [{}, { stroke: theme.line, fill: theme.fill, width: 1.5, points: { size: 4, fill: theme.line } }],
    hooks: {
      drawClear: [(u: uPlot) => drawOverspent(u, theme)],
      setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)],
    },
  };
}

function lowestPercent(points: Points): number {
  const lowest = points.reduce((low, point) => Math.min(low, point.leftRatio * 100), 0);
  return lowest < 0 ? lowest * 1.1 : 0;
}

/** Below zero the objective is missed: the ground there is red, under a line. */
function drawOverspent(u: uPlot, theme: Theme): void {
  const { ctx, bbox } = u;
  const zero = u.valToPos(0, 'y', true);
  const depth = bbox.top + bbox.height - zero;
  if (depth < 1) return;
  ctx.fillStyle = theme.badFill;
  ctx.fillRect(bbox.left, zero, bbox.width, depth);
  ctx.fillStyle = theme.bad;
  ctx.fillRect(bbox.left, zero, bbox.width, devicePixelRatio);
}
