import type uPlot from 'uplot';
import { durationText, rateText, roundSpanText } from '../../cli/numbers.ts';
import { drawBars, drawLimits, drawPlan } from './burst-chart-marks.ts';
import { burstLegend } from './burst-legend.ts';
import { type BurstChartModel, latencyTop, rateTop } from './burst-model.ts';
import { secondsSentence, secondText } from './burst-words.ts';
import { type Chart, type ChartOptions, createChart, plainAxis, type Theme, valueAxis } from './chart.ts';
import { element, setAttribute, setText, show } from './dom.ts';

/** Of a run whose length nobody knows the axis is this long at first. */
const leastMs = 5_000;

const nothing: BurstChartModel = { seconds: [], plannedMs: undefined, rates: [], limits: [] };

/** Second by second: how many requests ended and how many of them failed, and under them how long they took. */
export function burstChart(name: string): {
  readonly element: HTMLElement;
  readonly update: (model: BurstChartModel) => void;
} {
  const held = { model: nothing, drawn: '' };
  const readout = element('p', { class: 'chart-readout' });
  const say = (index: number | null) => {
    const second = index === null ? undefined : held.model.seconds[index];
    setText(readout, second === undefined ? secondsSentence(held.model.seconds) : secondText(second));
  };
  const rates = createChart(104, (theme) => rateOptions(name, () => held.model, theme, say));
  const latencies = createChart(128, (theme) => latencyOptions(name, () => held.model, theme, say));
  const legend = burstLegend();
  const foot = element('div', { class: 'chart-foot' }, legend.element, readout);
  const node = element('div', { class: 'chart-box burst-chart' }, rates.element, latencies.element, foot);
  return {
    element: node,
    update: (model) => {
      const key = JSON.stringify(model);
      if (held.drawn === key) return;
      Object.assign(held, { model, drawn: key });
      show(node, model.seconds.length > 0 || model.rates.length > 0);
      legend.update(model);
      say(null);
      draw(rates, latencies, model);
    },
  };
}

/** Each second lies where its middle is. */
function draw(rates: Chart, latencies: Chart, { seconds }: BurstChartModel): void {
  const sentence = secondsSentence(seconds);
  setAttribute(rates.element, 'aria-label', `Requests a second: ${sentence}`);
  setAttribute(latencies.element, 'aria-label', `Latency by the second: ${sentence}`);
  const xs = seconds.map(({ second }) => second + 0.5);
  rates.setData([xs, seconds.map(({ requests }) => requests)]);
  latencies.setData([xs, seconds.map(({ p99Ms }) => p99Ms), seconds.map(({ p50Ms }) => p50Ms)]);
}

type OnPoint = (index: number | null) => void;

function baseOptions(name: string, read: () => BurstChartModel, onPoint: OnPoint): Omit<ChartOptions, 'series'> {
  return {
    legend: { show: false },
    padding: [8, 16, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 }, sync: { key: `burst-${name}` } },
    scales: { x: { time: false, range: () => [0, lastSecond(read())] } },
    hooks: { setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)] },
  };
}

function lastSecond({ seconds, plannedMs }: BurstChartModel): number {
  return Math.max((plannedMs ?? leastMs) / 1_000, (seconds.at(-1)?.second ?? 0) + 1);
}

function rateOptions(name: string, read: () => BurstChartModel, theme: Theme, onPoint: OnPoint): ChartOptions {
  const base = baseOptions(name, read, onPoint);
  return {
    ...base,
    padding: [8, 16, 8, 0],
    scales: { ...base.scales, y: { range: () => [0, rateTop(read())] } },
    axes: [{ ...elapsedAxis(theme), show: false }, valueAxis(theme, rateText)],
    series: [{}, { stroke: theme.line, paths: () => null, points: { show: false } }],
    hooks: {
      ...base.hooks,
      drawClear: [(u: uPlot) => drawBars(u, read().seconds, theme)],
      draw: [(u: uPlot) => drawPlan(u, read().rates, theme)],
    },
  };
}

function latencyOptions(name: string, read: () => BurstChartModel, theme: Theme, onPoint: OnPoint): ChartOptions {
  const base = baseOptions(name, read, onPoint);
  return {
    ...base,
    scales: { ...base.scales, y: { range: () => [0, latencyTop(read())] } },
    axes: [elapsedAxis(theme), valueAxis(theme, (value) => (value === 0 ? '0 ms' : roundSpanText(value)))],
    series: [
      {},
      { stroke: theme.accent, width: 1.5, points: { size: 4, fill: theme.accent } },
      { stroke: theme.line, fill: theme.fill, width: 1.5, points: { size: 4, fill: theme.line } },
    ],
    hooks: { ...base.hooks, draw: [(u: uPlot) => drawLimits(u, read().limits, theme, 'right')] },
  };
}

const elapsedAxis = (theme: Theme): uPlot.Axis =>
  plainAxis(theme, (seconds) => (seconds === 0 ? '0 s' : durationText(seconds * 1_000)));
