import type { Json } from '../../shared/config/model.ts';
import { type EntryKey, entryOf } from '../../shared/metrics/entries.ts';
import { grafanaDashboard } from './dashboard.ts';
import { type Panel, type Row, refIdOf } from './model.ts';

/** One query: what is asked of a metric of the exposition, and how its series are called. `$` stands for the metric. */
type Asked = { readonly key: EntryKey; readonly query?: string; readonly legend: string };

/** The name of a metric of the exposition. */
function nameOf(key: EntryKey): string {
  const { prometheus } = entryOf(key);
  if (prometheus === undefined) throw new Error(`${key} is no metric of the exposition`);
  return prometheus.name;
}

function panel(title: string, unit: string, asked: readonly Asked[], view: Panel['view'] = 'timeseries'): Panel {
  return {
    title,
    help: [...new Set(asked.map(({ key }) => entryOf(key).help))].join(' '),
    unit,
    view,
    targets: asked.map(({ key, query = '$', legend }, index) => ({
      refId: refIdOf(index),
      expr: query.replaceAll('$', () => nameOf(key)),
      legendFormat: legend,
      editorMode: 'code',
      range: true,
      instant: false,
    })),
  };
}

const locations = panel(
  'Which locations are heard?',
  's',
  [{ key: 'locationTimestamp', query: 'time() - $', legend: '{{location}}' }],
  'stat',
);

const rows: readonly Row[] = [
  {
    title: 'Monitors',
    panels: [
      panel('Which are up?', 'short', [{ key: 'probeSuccess', legend: '{{monitor}}' }], 'stat'),
      panel(
        'How old is the newest probe?',
        's',
        [{ key: 'probeTimestamp', query: 'time() - $', legend: '{{monitor}}' }],
        'stat',
      ),
      panel('How slow are they?', 's', [{ key: 'probeLatency', legend: '{{monitor}}' }]),
      panel('What became of the probes?', 'short', [
        { key: 'probeOutcome', query: 'sum by (outcome) ($)', legend: '{{outcome}}' },
      ]),
      panel('With which status do they fail?', 'none', [{ key: 'probeStatusCode', legend: '{{monitor}}' }]),
    ],
  },
  {
    title: 'Alerts and incidents',
    panels: [
      panel('How many incidents are open?', 'short', [{ key: 'incidentsOpen', legend: '{{severity}}' }], 'stat'),
      panel('Which alerts fire, or are about to?', 'short', [
        { key: 'alertFiring', query: '$ > 0', legend: '{{alert}} fires' },
        { key: 'alertPending', query: '$ > 0', legend: '{{alert}} is pending' },
      ]),
    ],
  },
  {
    title: 'Error budgets',
    panels: [
      panel('How much budget is left?', 'percentunit', [{ key: 'errorBudgetLeft', legend: '{{slo}}' }], 'stat'),
      panel('Is everything judged?', 'percentunit', [{ key: 'sloCoverage', legend: '{{slo}}' }], 'stat'),
      panel('How fast does it burn?', 'short', [{ key: 'burnRate', legend: '{{slo}}' }]),
      panel('How near are the burn rules to firing?', 'percentunit', [
        {
          key: 'ruleBurnRate',
          query: `\${window="long"} / on (slo, severity, length) ${nameOf('ruleThreshold')}`,
          legend: '{{slo}}, {{severity}} over {{length}}',
        },
      ]),
      panel('What was counted?', 'short', [
        { key: 'sloBadEvents', legend: '{{slo}}, bad' },
        { key: 'sloBudgetEvents', legend: '{{slo}}, allowed' },
      ]),
    ],
  },
  {
    title: 'Bursts',
    panels: [
      panel('Did they hold?', 'short', [{ key: 'burstSuccess', legend: '{{burst}}' }], 'stat'),
      panel('How slow were they?', 's', [{ key: 'burstQuantile', legend: '{{burst}}, {{quantile}}' }]),
      panel('What went wrong?', 'short', [
        { key: 'burstFailures', legend: '{{burst}}, failures' },
        { key: 'burstDropped', legend: '{{burst}}, dropped' },
        { key: 'burstUnmet', legend: '{{burst}}, not held' },
      ]),
    ],
  },
  {
    title: 'Application',
    panels: [
      panel('How much is asked?', 'reqps', [{ key: 'apiRequests', legend: 'requests' }]),
      panel('What share fails?', 'percentunit', [
        { key: 'api5xx', legend: '5xx' },
        { key: 'api4xx', legend: '4xx' },
      ]),
      panel('How slow are answers?', 's', [{ key: 'apiLatency', legend: '{{quantile}}' }]),
      panel('How slow is the hottest route?', 's', [{ key: 'requestLatency', legend: '{{http_route}}, {{quantile}}' }]),
      panel('Does the cache help?', 'percentunit', [{ key: 'cacheHitRatio', legend: '{{cache}}' }]),
      panel('What is looked up?', 'ops', [
        { key: 'cacheHits', legend: '{{cache}}, hits' },
        { key: 'cacheMisses', legend: '{{cache}}, misses' },
      ]),
      panel('Which functions fail?', 'percentunit', [{ key: 'functionErrors', legend: '{{faas_name}}' }]),
      panel('How many at once, and how many are refused?', 'short', [
        { key: 'concurrency', legend: '{{faas_name}}, at once' },
        { key: 'throttles', legend: '{{faas_name}}, refused a second' },
      ]),
    ],
  },
  {
    title: 'These numbers',
    panels: [
      panel('How old are they?', 's', [{ key: 'expositionAge', legend: 'age' }], 'stat'),
      panel('How long do they take?', 's', [{ key: 'expositionDuration', legend: 'to compute' }], 'stat'),
    ],
  },
];

/** The dashboard over what `/metrics` exposes. `isSeveral`: monitors are probed from several locations. */
export function prometheusDashboard(service: string, environment: string, isSeveral = false): Json {
  const [monitors, ...others] = rows;
  const all = isSeveral && monitors ? [{ ...monitors, panels: [...monitors.panels, locations] }, ...others] : rows;
  return grafanaDashboard({ service, environment, source: 'prometheus' }, all);
}
