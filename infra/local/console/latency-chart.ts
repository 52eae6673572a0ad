import type uPlot from 'uplot';
import type { MonitorView } from '../../../shared/app/overview/model.ts';
import { type Chart, type ChartOptions, createChart, type Theme, timeAxis, timeRange, valueAxis } from './chart.ts';
import { chartLegend } from './chart-legend.ts';
import { element, setAttribute, setText, show } from './dom.ts';
import { instantText } from './instants.ts';
import { drawDegradedLine, drawMarks, drawShades } from './latency-marks.ts';
import { historySentence, type LatencyModel, latencyCeiling, latencySeries } from './latency-series.ts';
import { countedWord, latencyText, monitorWords, untrustedText } from './words.ts';

const noProbes = 'The chart begins with the first probe';
export type LatencyChart = { readonly element: HTMLElement; readonly update: (monitor: MonitorView) => void };

/** The latency of one monitor over its history, with every tick that was not good marked. A heartbeat has none: it is counted alone. */
export function latencyChart(isSmall: boolean): LatencyChart {
  const model: LatencyModel = {
    series: { seconds: [], latencies: [], entries: [] },
    degradedAfterMs: undefined,
    intervalMs: 60_000,
  };
  const readout = element('p', { class: 'chart-readout' });
  const legend = chartLegend();
  const sentence = { text: '' };
  const chart = createChart(isSmall ? 28 : 128, (theme) =>
    chartOptions(model, theme, isSmall, (index) => setText(readout, readoutText(model, index) ?? sentence.text)),
  );
  let drawn: MonitorView['history'] | null = null;
  return {
    element: isSmall
      ? chart.element
      : element(
          'div',
          { class: 'chart-box' },
          chart.element,
          element('div', { class: 'chart-foot' }, legend.element, readout),
        ),
    update: (monitor) => {
      if (drawn !== null && isSameHistory(drawn, monitor.history)) return;
      drawn = monitor.history;
      sentence.text = sentenceOf(monitor);
      const hasLatency = monitor.type !== 'heartbeat';
      show(chart.element, hasLatency && monitor.history.length > 0);
      setText(readout, sentence.text);
      legend.update(hasLatency ? monitor.history : []);
      if (hasLatency) redraw(chart, model, monitor);
    },
  };
}

function sentenceOf({ type, history }: MonitorView): string {
  if (history.length > 0) return historySentence(history, countedWord(type));
  return type === 'heartbeat' ? '' : noProbes;
}

function redraw(chart: Chart, model: LatencyModel, monitor: MonitorView): void {
  model.series = latencySeries(monitor.history, monitor.intervalMs);
  model.degradedAfterMs = monitor.degradedAfterMs;
  model.intervalMs = monitor.intervalMs;
  setAttribute(chart.element, 'aria-label', `Latency of ${monitor.id}: ${historySentence(monitor.history)}`);
  chart.setData([[...model.series.seconds], [...model.series.latencies]]);
}

/** Every message brings the history as new objects: its ends tell whether there is anything to draw. */
function isSameHistory(before: MonitorView['history'], after: MonitorView['history']): boolean {
  const [last, newest] = [before.at(-1), after.at(-1)];
  return (
    before === after ||
    (before.length === after.length &&
      before[0]?.at === after[0]?.at &&
      last?.at === newest?.at &&
      last?.outcome === newest?.outcome)
  );
}

function chartOptions(
  model: LatencyModel,
  theme: Theme,
  isSmall: boolean,
  onPoint: (index: number | null) => void,
): ChartOptions {
  return {
    legend: { show: false },
    padding: isSmall ? [2, 2, 2, 2] : [8, 16, 0, 0],
    cursor: { show: !isSmall, y: false, drag: { x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { time: true, range: timeRange(Math.max(300, (model.intervalMs / 1000) * 20)) },
      y: { range: () => [0, latencyCeiling(model.series, model.degradedAfterMs)] },
    },
    axes: isSmall ? [{ show: false }, { show: false }] : [timeAxis(theme), valueAxis(theme, (value) => `${value} ms`)],
    series: [
      {},
      { stroke: theme.line, fill: theme.fill, width: 1.5, spanGaps: false, points: { size: 4, fill: theme.line } },
    ],
    hooks: {
      drawClear: [(u: uPlot) => drawShades(u, model, theme)],
      draw: [
        (u: uPlot) => drawMarks(u, model, theme, isSmall),
        (u: uPlot) => isSmall || drawDegradedLine(u, model, theme),
      ],
      setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)],
    },
  };
}

function readoutText(model: LatencyModel, index: number | null): string | null {
  const entry = index === null ? undefined : model.series.entries[index];
  if (entry === undefined) return null;
  if (entry === null) return 'No probe here: a tick is missing';
  const latency = entry.isContaminated
    ? `, ${untrustedText}`
    : entry.latencyMs === null
      ? ''
      : `, ${latencyText(entry.latencyMs)}`;
  return `${instantText(entry.at, Date.now())}: ${monitorWords[entry.outcome].toLowerCase()}${latency}${entry.isMaintenance ? ', under maintenance' : ''}`;
}
