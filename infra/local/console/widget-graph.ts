import type uPlot from 'uplot';
import { type ChartOptions, createChart, type Theme, timeAxis, valueAxis } from './chart.ts';
import type { MetricProperties, Span } from './dashboard-model.ts';
import { element, setAttribute, setText } from './dom.ts';
import { instantText } from './instants.ts';
import { drawAnnotations, highestAnnotation, lowestAnnotation } from './widget-annotations.ts';
import { colorsOf, faded } from './widget-colors.ts';
import { columnsOf, factsOf, valueText } from './widget-data.ts';
import type { DrawnSeries } from './widget-queries.ts';
import { seriesTable } from './widget-table.ts';

export type WidgetView = {
  readonly element: HTMLElement;
  readonly update: (series: readonly DrawnSeries[], span: Span, periodSeconds: number) => void;
};

/** Lines or areas over time, on one axis or two, with annotations, a table of what they say, and a reading of each instant. */
export function graphView(properties: MetricProperties, height: number): WidgetView {
  const host = element('div', { class: 'widget-graph' });
  const readout = element('p', { class: 'chart-readout' });
  const table = seriesTable(properties.title);
  const model: Model = { properties, series: [], span: { fromAt: 0, toAt: 1 }, seconds: [] };
  let drawn = '';
  let chart: ReturnType<typeof createChart> | null = null;

  const redraw = () => {
    chart = createChart(height, (theme) =>
      chartOptions(model, theme, (index) => setText(readout, readoutOf(model, index))),
    );
    host.replaceChildren(chart.element);
  };
  return {
    element: element('div', { class: 'widget-body' }, ...unitsOf(properties), host, readout, table.element),
    update: (series, span, periodSeconds) => {
      const shape = JSON.stringify(series.map(({ label, isRight }) => [label, isRight]));
      Object.assign(model, { series, span });
      // A chart cannot take more or other series than it was made with.
      if (shape !== drawn || chart === null) redraw();
      drawn = shape;
      const { seconds, values } = columnsOf(series, periodSeconds, properties.stacked === true);
      model.seconds = seconds;
      chart?.setData([[...seconds], ...values.map((each) => [...each])]);
      if (chart !== null) setAttribute(chart.element, 'aria-label', summaryOf(properties.title, series));
      setText(readout, readoutOf(model, null));
      table.update(series);
    },
  };
}

/** Over each axis what its numbers count, as far as the body says it. */
function unitsOf({ yAxis }: MetricProperties): readonly HTMLElement[] {
  const { left, right } = { left: yAxis?.left?.label ?? '', right: yAxis?.right?.label ?? '' };
  if (left === '' && right === '') return [];
  return [element('p', { class: 'widget-units' }, element('span', {}, left), element('span', {}, right))];
}

type Model = {
  readonly properties: MetricProperties;
  series: readonly DrawnSeries[];
  span: Span;
  seconds: readonly number[];
};

/** One sentence for somebody who does not see the lines. */
export function summaryOf(title: string, series: readonly DrawnSeries[]): string {
  const parts = series.slice(0, 8).map((each) => {
    const { newest, most } = factsOf(each);
    return newest === null
      ? `${each.label}: no data`
      : `${each.label}: ${valueText(newest)} now, at most ${valueText(most)}`;
  });
  return `${title} ${parts.join('; ')}`;
}

/** At an instant, the largest values; else which span is drawn. */
function readoutOf({ series, seconds, span }: Model, index: number | null): string {
  const at = index === null ? undefined : seconds[index];
  if (at === undefined) return `${instantText(span.fromAt, span.toAt)} to ${instantText(span.toAt, span.toAt)}`;
  const parts = series
    .map(({ label, at: times, values }) => ({ label, value: values[times.indexOf(at)] }))
    .filter((each): each is { label: string; value: number } => each.value !== undefined)
    .sort((a, b) => b.value - a.value)
    .slice(0, 5);
  const text = parts.map(({ label, value }) => `${label} ${valueText(value)}`).join(', ');
  return `${instantText(at * 1_000, span.toAt)}: ${text === '' ? 'no data' : text}`;
}

function chartOptions(model: Model, theme: Theme, onPoint: (index: number | null) => void): ChartOptions {
  const { properties, series } = model;
  const colors = colorsOf(series);
  const hasRight = series.some(({ isRight }) => isRight);
  return {
    legend: { show: false },
    padding: [8, hasRight ? 0 : 22, 0, 0],
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: () => [model.span.fromAt / 1_000, model.span.toAt / 1_000] },
      y: { range: rangeOf(properties, 'left') },
      ...(hasRight ? { right: { range: rangeOf(properties, 'right') } } : {}),
    },
    axes: [
      timeAxis(theme),
      valueAxis(theme, valueText),
      ...(hasRight ? [{ ...valueAxis(theme, valueText), scale: 'right', side: 1, grid: { show: false } }] : []),
    ],
    series: [
      {},
      ...series.map(({ isRight }, index) => ({
        scale: isRight ? 'right' : 'y',
        stroke: colors[index] ?? theme.line,
        width: 1.5,
        points: { show: false, size: 5, filter: alone },
        ...(properties.stacked === true ? { fill: faded(colors[index] ?? theme.line) } : {}),
        ...(isRight ? { dash: [5, 4] } : {}),
      })),
    ],
    ...(properties.stacked === true ? { bands: bandsOf(series.length) } : {}),
    hooks: {
      drawClear: [(u: uPlot) => drawAnnotations(u, properties, theme)],
      setCursor: [(u: uPlot) => onPoint(u.cursor.idx ?? null)],
    },
  };
}

/** A point without neighbours is no line: those alone are drawn. */
function alone(u: uPlot, series: number): number[] {
  const values = u.data[series] ?? [];
  return [...values.keys()].filter(
    (index) => values[index] != null && values[index - 1] == null && values[index + 1] == null,
  );
}

/** Each area is filled down to the one below it. */
function bandsOf(count: number): uPlot.Band[] {
  return Array.from({ length: Math.max(0, count - 1) }, (_, index) => ({ series: [index + 2, index + 1] }));
}

/** What the body says of an axis, widened to the annotations and to all that is drawn, with a little room above it. */
function rangeOf(properties: MetricProperties, side: 'left' | 'right'): uPlot.Scale.Range {
  const axis = properties.yAxis?.[side];
  const [low, high] =
    side === 'left' ? [lowestAnnotation(properties), highestAnnotation(properties)] : [undefined, undefined];
  return (_, dataMin, dataMax) => {
    const least = Math.min(axis?.min ?? dataMin ?? 0, low ?? dataMin ?? 0, dataMin ?? 0);
    const most = Math.max(dataMax ?? 0, high ?? 0);
    const top = axis?.max ?? (most > least ? most + (most - least) * 0.08 : least + 1);
    return [least, Math.max(top, dataMax ?? top)];
  };
}
