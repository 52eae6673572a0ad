import { createChart } from './chart.ts';
import type { MetricProperties } from './dashboard-model.ts';
import { element, keyedList, type Part, setAttribute, setText } from './dom.ts';
import { columnsOf, factsOf, valueText } from './widget-data.ts';
import { summaryOf, type WidgetView } from './widget-graph.ts';
import type { DrawnSeries } from './widget-queries.ts';

type Drawn = {
  readonly series: DrawnSeries;
  readonly key: string;
  readonly periodSeconds: number;
  readonly most: number;
};

const keyed = (all: readonly DrawnSeries[], periodSeconds: number): readonly Drawn[] => {
  const most = all.reduce((top, { values }) => Math.max(top, values.at(-1) ?? 0), 0);
  return all.map((series, index) => ({ series, periodSeconds, most, key: `${index} ${series.label}` }));
};

function listView(properties: MetricProperties, className: string, make: (value: Drawn) => Part<Drawn>): WidgetView {
  const list = element('ul', { class: className, 'aria-label': properties.title });
  const update = keyedList<Drawn>(list, ({ key }) => key, make);
  return {
    element: element('div', { class: 'widget-body' }, list),
    update: (series, { toAt }, periodSeconds) => update(keyed(series, periodSeconds), toAt),
  };
}

/** The newest value of each series in large figures, with its way there where the body wants one. */
export function numberView(properties: MetricProperties): WidgetView {
  return listView(properties, 'numbers', () => {
    const value = element('span', { class: 'number-value' });
    const label = element('span', { class: 'number-label' });
    const spark = properties.sparkline === true ? sparkline() : null;
    const node = element('li', { class: 'number' }, value, label, spark?.element ?? null);
    return {
      element: node,
      update: ({ series, periodSeconds }) => {
        setText(value, valueText(factsOf(series).newest));
        setText(label, series.label);
        spark?.update(series, periodSeconds);
      },
    };
  });
}

function sparkline(): {
  readonly element: HTMLElement;
  readonly update: (series: DrawnSeries, periodSeconds: number) => void;
} {
  const chart = createChart(28, (theme) => ({
    legend: { show: false },
    padding: [2, 2, 2, 2],
    cursor: { show: false },
    scales: { x: { time: true }, y: { range: (_, min, max) => (min === max ? [min - 1, max + 1] : [min, max]) } },
    axes: [{ show: false }, { show: false }],
    series: [{}, { stroke: theme.line, width: 1.5, spanGaps: true, points: { show: false } }],
  }));
  chart.element.classList.add('spark');
  return {
    element: chart.element,
    update: (series, periodSeconds) => {
      const { seconds, values } = columnsOf([series], periodSeconds, false);
      setAttribute(chart.element, 'aria-label', summaryOf('Its way there:', [series]));
      chart.setData([[...seconds], [...(values[0] ?? [])]]);
    },
  };
}

/** The newest value between the ends of the axis, as a half ring. */
export function gaugeView(properties: MetricProperties): WidgetView {
  const { min = 0, max = 100 } = properties.yAxis?.left ?? {};
  const limit = properties.annotations?.horizontal[0];
  return listView(properties, 'gauges', () => {
    const ring = element('span', { class: 'gauge-ring', 'aria-hidden': 'true' });
    const value = element('span', { class: 'number-value' });
    const label = element('span', { class: 'number-label' });
    return {
      element: element('li', { class: 'gauge' }, ring, value, label),
      update: ({ series }) => {
        const { newest } = factsOf(series);
        const share = newest === null ? 0 : Math.min(1, Math.max(0, (newest - min) / (max - min)));
        ring.style.setProperty('--share', String(share));
        const isBad = newest !== null && limit?.fill === 'below' && newest < limit.value;
        setAttribute(ring, 'data-tone', isBad ? 'bad' : 'good');
        setText(value, valueText(newest));
        setText(label, isBad ? `${series.label}: ${limit.label}` : series.label);
      },
    };
  });
}

/** The newest value of each series as the length of a bar. */
export function barView(properties: MetricProperties): WidgetView {
  return listView(properties, 'bars', () => {
    const bar = barLine();
    return {
      element: bar.element,
      update: ({ series, most }) => bar.update(series.label, factsOf(series).newest ?? 0, most),
    };
  });
}

/** One bar: what it stands for, how long it is beside the longest, and its number. */
export function barLine(): {
  readonly element: HTMLElement;
  readonly update: (label: string, value: number, most: number) => void;
} {
  const name = element('span', { class: 'bar-name' });
  const fill = element('span', { class: 'bar-length', 'aria-hidden': 'true' });
  const text = element('span', { class: 'bar-value' });
  return {
    element: element('li', { class: 'bar-line' }, name, element('span', { class: 'bar-track' }, fill), text),
    update: (label, value, most) => {
      setText(name, label);
      fill.style.width = `${most > 0 ? (100 * value) / most : 0}%`;
      setText(text, valueText(value));
    },
  };
}
