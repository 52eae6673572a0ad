import type uPlot from 'uplot';
import type { SloDetailView } from '../../../shared/app/overview/model.ts';
import { burnChartLegend } from './burn-chart-legend.ts';
import { drawFan, drawGround, drawIdeal } from './burn-chart-marks.ts';
import { type BurnChartModel, chartModel, type Zoom, zooms } from './burn-chart-model.ts';
import { type ChartOptions, createChart, type Theme, timeAxis, valueAxis } from './chart.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';
import { minuteText } from './instants.ts';
import { budgetText } from './words.ts';

const zoomWords: Readonly<Record<Zoom, string>> = { window: 'Window', day: 'Last day', hours: 'Last 6 h' };

/** The burn-down of one SLO, what happened meanwhile, and the fan of what comes; the reader chooses how far back. */
export function burnChart(): Part<SloDetailView> {
  const held: { model: BurnChartModel | null; detail: SloDetailView | null; zoom: Zoom; now: number } = {
    ...{ model: null, detail: null, zoom: 'window', now: 0 },
  };
  const readout = element('p', { class: 'chart-readout' });
  const say = (index: number | null) => {
    const at = index === null ? undefined : held.model?.data[0][index];
    const left = index === null ? undefined : held.model?.data[1][index];
    if (at === undefined || left == null) setText(readout, held.model?.summary ?? '');
    else setText(readout, `${minuteText(at * 1000, held.now)}: ${budgetText(left / 100)} left`);
  };
  const chart = createChart(260, (theme) => chartOptions(() => held.model, theme, say));
  const legend = burnChartLegend();
  const draw = () => {
    if (held.detail === null) return;
    held.model = chartModel(held.detail, held.zoom, held.now);
    setAttribute(chart.element, 'aria-label', held.model.summary);
    show(chart.element, held.model.data[0].length > 1);
    legend.update(held.model, held.now);
    say(null);
    chart.setData([[...held.model.data[0]], [...held.model.data[1]]]);
  };
  const zoomRow = zoomButtons((zoom) => {
    held.zoom = zoom;
    draw();
  });
  let drawn: SloDetailView | null = null;
  return {
    element: element(
      'div',
      { class: 'chart-box burn-chart' },
      zoomRow,
      chart.element,
      element('div', { class: 'chart-foot' }, legend.element, readout),
    ),
    update: (detail, now) => {
      if (drawn === detail) return;
      drawn = detail;
      Object.assign(held, { detail, now });
      draw();
    },
  };
}

function zoomButtons(onZoom: (zoom: Zoom) => void): HTMLElement {
  const buttons = zooms.map((zoom) => {
    const button = element('button', { type: 'button', class: 'button button-small' }, zoomWords[zoom]);
    button.addEventListener('click', () => {
      for (const each of buttons) setAttribute(each, 'aria-pressed', String(each === button));
      onZoom(zoom);
    });
    return button;
  });
  for (const [index, each] of buttons.entries()) setAttribute(each, 'aria-pressed', String(index === 0));
  return element('div', { class: 'zooms', role: 'group', 'aria-label': 'How far back' }, ...buttons);
}

function chartOptions(
  read: () => BurnChartModel | null,
  theme: Theme,
  onPoint: (index: number | null) => void,
): ChartOptions {
  const drawn = (draw: (u: uPlot, model: BurnChartModel, theme: Theme) => void) => (u: uPlot) => {
    const model = read();
    if (model !== null) draw(u, model, theme);
  };
  return {
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: () => [(read()?.fromAt ?? 0) / 1000, (read()?.toAt ?? 1) / 1000] },
      y: { range: () => [read()?.lowest ?? 0, read()?.highest ?? 104] },
    },
    axes: [timeAxis(theme), valueAxis(theme, (value) => `${String(value).replace('-', '−')}%`)],
    series: [{}, { stroke: theme.line, fill: theme.fill, width: 2, points: { show: false } }],
    hooks: {
      drawClear: [drawn(drawGround)],
      draw: [drawn(drawIdeal), drawn(drawFan)],
      setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)],
    },
  };
}
