import type { Json } from '../../shared/config/model.ts';
import type { Panel, Row, Source } from './model.ts';

/** Grafana 11 writes 39 to 40; newer ones read it and bring it up to date. */
const schemaVersion = 39;
const columns = 24;
const size = { timeseries: { w: 12, h: 8 }, stat: { w: 6, h: 4 } } as const;

export type DashboardName = { readonly service: string; readonly environment: string; readonly source: Source };

/**
 * A dashboard that Grafana imports, in its classic model: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/.
 * The data source is a variable, so the same file serves everybody. `variables` come after it.
 */
export function grafanaDashboard(
  { service, environment, source }: DashboardName,
  rows: readonly Row[],
  variables: readonly Json[] = [],
): Json {
  const place = createPlacer();
  const panels = rows
    .filter((row) => row.panels.length > 0)
    .flatMap((row) => [place.row(row.title), ...row.panels.map((panel) => place.panel(panel, source))]);
  return {
    uid: uidOf(`burnwatch-${service}-${environment}-${source}`),
    title: `Burnwatch: ${service}, ${environment}`,
    tags: ['burnwatch'],
    timezone: 'browser',
    editable: true,
    graphTooltip: 1,
    refresh: '1m',
    schemaVersion,
    version: 1,
    time: { from: 'now-6h', to: 'now' },
    timepicker: {},
    annotations: { list: [] },
    links: [],
    templating: { list: [sourceVariable(source), ...variables] },
    panels,
  };
}

/** Grafana takes 40 characters of these. */
const uidOf = (text: string): string => text.replaceAll(/[^\w-]/g, '-').slice(0, 40);

const sourceOf = (source: Source) => ({ type: source, uid: `\${source}` });

function sourceVariable(source: Source): Json {
  return {
    name: 'source',
    label: 'Data source',
    type: 'datasource',
    query: source,
    hide: 0,
    refresh: 1,
    regex: '',
    multi: false,
    includeAll: false,
    current: {},
    options: [],
  };
}

/** Puts panels side by side, from left to right and down. */
function createPlacer() {
  let [id, x, y, rowHeight] = [0, 0, 0, 0];
  const lineFeed = () => {
    [x, y, rowHeight] = [0, y + rowHeight, 0];
  };
  return {
    row: (title: string): Json => {
      lineFeed();
      id += 1;
      y += 1;
      return { id, type: 'row', title, collapsed: false, panels: [], gridPos: { x: 0, y: y - 1, w: columns, h: 1 } };
    },
    panel: (panel: Panel, source: Source): Json => {
      const { w, h } = size[panel.view];
      if (x + w > columns) lineFeed();
      const gridPos = { x, y, w, h };
      id += 1;
      x += w;
      rowHeight = Math.max(rowHeight, h);
      return { id, gridPos, ...render(panel, source) };
    },
  };
}

function render({ title, help, unit, view, targets }: Panel, source: Source) {
  return {
    type: view,
    title,
    description: help,
    datasource: sourceOf(source),
    targets: targets.map((target): Json => ({ datasource: sourceOf(source), ...target })),
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: view === 'stat' ? {} : { drawStyle: 'line', fillOpacity: 10, showPoints: 'never', spanNulls: false },
      },
      overrides: [],
    },
    options:
      view === 'stat'
        ? {
            reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
            colorMode: 'value',
            graphMode: 'area',
          }
        : {
            legend: { displayMode: 'list', placement: 'bottom', showLegend: true, calcs: [] },
            tooltip: { mode: 'multi', sort: 'desc' },
          },
  };
}
