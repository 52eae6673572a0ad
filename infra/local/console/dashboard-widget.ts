import { catalogue } from '../../../shared/metrics/entries.ts';
import type { CloudWatchName, Entry } from '../../../shared/metrics/entry.ts';
import type { MetricProperties, Span, Widget, WidgetOf } from './dashboard-model.ts';
import { readMetrics } from './dashboard-requests.ts';
import { element, setAttribute, setText, show } from './dom.ts';
import { type LinkReader, renderMarkdown } from './markdown.ts';
import type { ConsoleState } from './state.ts';
import { alarmView } from './widget-alarm.ts';
import { barView, gaugeView, numberView } from './widget-figures.ts';
import { graphView, type WidgetView } from './widget-graph.ts';
import { logView } from './widget-log.ts';
import { drawnSeries, metricInput, namesOf, periodOf, spanOf } from './widget-queries.ts';

/** A widget on the page. */
export type PlacedWidget = {
  readonly element: HTMLElement;
  /** Reads what it shows anew. */
  readonly refresh: (span: Span) => Promise<void>;
  readonly update: (state: ConsoleState, now: number) => void;
};

/** Height of a grid unit, and of what stands around a graph in its card, px. */
const unitPx = 46;
const aroundPx = { graph: 130, least: 96 };
const graphHeight = ({ height }: Pick<Widget, 'height'>): number =>
  Math.max(aroundPx.least, height * unitPx - aroundPx.graph);

export function placeWidget(widget: Widget, linkOf: LinkReader): PlacedWidget {
  const placed = viewOf(widget, linkOf);
  const { style } = placed.element;
  style.setProperty('--x', String(widget.x + 1));
  style.setProperty('--y', String(widget.y + 1));
  style.setProperty('--width', String(widget.width));
  style.setProperty('--height', String(widget.height));
  return placed;
}

function viewOf(widget: Widget, linkOf: LinkReader): PlacedWidget {
  switch (widget.type) {
    case 'text':
      return still(element('div', { class: 'widget-text' }, renderMarkdown(widget.properties.markdown, linkOf)));
    case 'alarm':
      return alarmWidget(widget);
    case 'log':
      return loading(widget.properties.title, logView(widget.properties, graphHeight(widget)));
    case 'metric':
      return metricWidget(widget);
    default:
      return widget satisfies never;
  }
}

const still = (node: HTMLElement): PlacedWidget => ({ element: node, refresh: async () => {}, update: () => {} });

function alarmWidget({ properties }: WidgetOf<'alarm'>): PlacedWidget {
  const { element: body, update } = alarmView(properties);
  return { ...still(card(properties.title, body)), update: (state, now) => update(state.alarms, now) };
}

function metricWidget({ properties, height }: WidgetOf<'metric'>): PlacedWidget {
  const view = metricView(properties, graphHeight({ height }));
  const nothing = element('p', { class: 'quiet widget-nothing', hidden: '' }, nothingText(properties));
  const refresh = async (asked: Span): Promise<void> => {
    // An expression that fills gaps would draw zeros that nobody measured.
    if (isOnlyOnAws(properties)) {
      show(view.element, false);
      show(nothing, true);
      return;
    }
    const span = spanOf(properties, asked);
    const series = drawnSeries(properties, await readMetrics(metricInput(properties, span)));
    const isEmpty = series.every(({ values }) => values.length === 0);
    show(nothing, isEmpty);
    show(view.element, !isEmpty);
    view.update(series, span, periodOf(properties, span));
  };
  return loading(properties.title, { element: element('div', {}, view.element, nothing), refresh });
}

function metricView(properties: MetricProperties, height: number): WidgetView {
  switch (properties.view) {
    case 'singleValue':
      return numberView(properties);
    case 'gauge':
      return gaugeView(properties);
    case 'bar':
      return barView(properties);
    case 'timeSeries':
      return graphView(properties, height);
    default:
      return properties.view satisfies never;
  }
}

const published: readonly Entry[] = Object.values(catalogue);
const namedWhere = (isWanted: (name: CloudWatchName) => boolean): ReadonlySet<string> =>
  new Set(
    published
      .flatMap(({ cloudwatch }) => (cloudwatch !== undefined && isWanted(cloudwatch) ? [cloudwatch] : []))
      .map(({ namespace, name }) => `${namespace} ${name}`),
  );
const onlyOnAws = namedWhere(({ isOnlyOnAws }) => isOnlyOnAws === true);
const sparse = namedWhere(({ isSparse }) => isSparse === true);

const areAll = (properties: MetricProperties, names: ReadonlySet<string>): boolean => {
  const own = namesOf(properties);
  return own.length > 0 && own.every((name) => names.has(name));
};
const isOnlyOnAws = (properties: MetricProperties): boolean => areAll(properties, onlyOnAws);

/** Why there may be nothing to draw. */
function nothingText(properties: MetricProperties): string {
  if (isOnlyOnAws(properties)) return 'Only AWS publishes this: local mode has nothing to measure.';
  if (areAll(properties, sparse)) return 'No data in this time. It is sent only when there is something to say.';
  return 'No data in this time.';
}

/** A card that says while it waits, and why it has nothing; what it showed before stays. */
function loading(
  title: string,
  view: { readonly element: HTMLElement; readonly refresh: (span: Span) => Promise<void> },
): PlacedWidget {
  const status = element('p', { class: 'quiet widget-nothing' }, 'Loading…');
  const node = card(title, view.element, status);
  setAttribute(node, 'aria-busy', 'true');
  show(view.element, false);
  let isThere = false;
  return {
    ...still(node),
    refresh: async (span) => {
      try {
        if (!isThere) show(view.element, true);
        await view.refresh(span);
        isThere = true;
        show(status, false);
        setAttribute(node, 'data-state', 'ready');
      } catch (error) {
        show(view.element, isThere);
        show(status, true);
        setText(status, error instanceof Error ? error.message : String(error));
        setAttribute(node, 'data-state', 'failed');
      }
      setAttribute(node, 'aria-busy', null);
    },
  };
}

function card(title: string, ...children: readonly HTMLElement[]): HTMLElement {
  return element(
    'section',
    { class: 'widget card', 'aria-label': title },
    element('h3', { class: 'widget-title' }, title),
    ...children,
  );
}
