import type { LogProperties, MetricProperties } from '../../template/dashboards/model.ts';
import type { LogAnswer, Span } from './dashboard-model.ts';
import { readLogs } from './dashboard-requests.ts';
import { element, show } from './dom.ts';
import { valueText } from './widget-data.ts';
import { barLine } from './widget-figures.ts';
import { graphView } from './widget-graph.ts';
import type { DrawnSeries } from './widget-queries.ts';

type LogView = { readonly element: HTMLElement; readonly refresh: (span: Span) => Promise<void> };

/** Logs are read whole for each query: not as often as metrics. */
const leastPauseMs = 20_000;

/** What a query finds in the local logs, as a table, bars or lines; and the query itself, for who wants to see it. */
export function logView(properties: LogProperties, height: number): LogView {
  const host = element('div');
  const nothing = element('p', { class: 'quiet widget-nothing' }, 'Nothing of this in the log of this time.');
  const query = element(
    'details',
    { class: 'widget-query' },
    element('summary', {}, 'The query'),
    element('pre', { tabindex: '0' }, properties.query),
  );
  const draw = drawerOf(properties, height);
  host.append(draw.element);
  let read = { at: 0, spanMs: 0 };
  return {
    element: element('div', { class: 'widget-body' }, host, nothing, query),
    refresh: async (span) => {
      const spanMs = span.toAt - span.fromAt;
      if (spanMs === read.spanMs && span.toAt - read.at < leastPauseMs) return;
      const answer = await readLogs(properties.query, span);
      read = { at: span.toAt, spanMs };
      show(nothing, answer.rows.length === 0);
      show(host, answer.rows.length > 0);
      draw.update(answer, span);
    },
  };
}

type Drawer = { readonly element: HTMLElement; readonly update: (answer: LogAnswer, span: Span) => void };

function drawerOf(properties: LogProperties, height: number): Drawer {
  switch (properties.view) {
    case 'table':
      return tableDrawer(properties.title);
    case 'bar':
      return barDrawer(properties.title);
    case 'timeSeries':
      return graphDrawer(properties, height);
    default:
      return properties.view satisfies never;
  }
}

function tableDrawer(title: string): Drawer {
  const table = element('table', { class: 'series log-table' });
  const box = element(
    'div',
    { class: 'log-rows', role: 'region', 'aria-label': `${title} Rows`, tabindex: '0' },
    table,
  );
  return {
    element: box,
    update: ({ columns, rows }) => {
      const head = element('tr', {}, ...columns.map((name) => element('th', { scope: 'col' }, name)));
      const body = rows.map((row) => element('tr', {}, ...row.map((value) => element('td', {}, cellText(value)))));
      table.replaceChildren(element('thead', {}, head), element('tbody', {}, ...body));
    },
  };
}

const isNumber = (text: string): boolean => text !== '' && Number.isFinite(Number(text));
const cellText = (value: string): string => (isNumber(value) ? valueText(Number(value)) : value);

/** The first column names the bar, the last is its length. */
function barDrawer(title: string): Drawer {
  const list = element('ul', { class: 'bars', 'aria-label': title });
  return {
    element: list,
    update: ({ rows }) => {
      const lengths = rows.map((row) => Number(row.at(-1)) || 0);
      const most = Math.max(...lengths);
      list.replaceChildren(
        ...rows.map((row, index) => {
          const bar = barLine();
          bar.update(row[0] ?? '', lengths[index] ?? 0, most);
          return bar.element;
        }),
      );
    },
  };
}

/** The first column is the time of a bin, each other one a line. */
function graphDrawer({ title, region, query }: LogProperties, height: number): Drawer {
  const binSeconds = 60 * Number(/bin\((\d+)m\)/.exec(query)?.[1] ?? 5);
  const properties: MetricProperties = { title, region, view: 'timeSeries', period: binSeconds, metrics: [] };
  const view = graphView({ ...properties, yAxis: { left: { min: 0 } } }, height);
  return { element: view.element, update: (answer, span) => view.update(linesOf(answer), span, binSeconds) };
}

function linesOf({ columns, rows }: LogAnswer): readonly DrawnSeries[] {
  const sorted = rows.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const at = sorted.map(([time = '']) => Date.parse(`${time.replace(' ', 'T')}Z`) / 1_000);
  return columns.slice(1).map((label, index) => ({
    id: label,
    label,
    isRight: false,
    color: undefined,
    at,
    values: sorted.map((row) => Number(row[index + 1])),
  }));
}
