import { caches, hotRoutes } from '../../functions/shortener/telemetry.ts';
import { type Config, type Json, locationNames } from '../../shared/config/model.ts';
import { type CloudWatchKey, cloudWatchOf, entryOf } from '../../shared/metrics/entries.ts';
import { type FunctionName, functionsOf, nameOf, type Stack } from '../template/model.ts';
import { grafanaDashboard } from './dashboard.ts';
import { type Panel, type Row, refIdOf, type Target } from './model.ts';

/** A series: which statistic of what, and how it is called in the legend. */
type Series = {
  readonly key: CloudWatchKey;
  readonly statistic: string;
  /** The values of its dimensions, in the catalogue's order. */
  readonly values: readonly string[];
  /** Where several send it. */
  readonly location?: string;
  readonly label: string;
};

/** Panels take at most so many series: more monitors than that are no graph. */
const mostSeries = 50;
const quantiles = ['p50', 'p90', 'p99'] as const;

/** The dashboard over CloudWatch, of one stack: its monitors, budgets, bursts and functions by their names. */
export function cloudWatchDashboard(config: Config, stack: Stack): Json {
  const { service, stage: environment } = stack;
  const ours = (id: string) => [service, environment, id];
  const rows: readonly Row[] = [
    { title: 'Monitors', panels: monitorPanels(config, ours) },
    { title: 'Error budgets', panels: budgetPanels(config, ours) },
    { title: 'Bursts', panels: burstPanels(config, ours) },
    { title: 'Application', panels: stack.isShortenerOn ? appPanels(stack, ours) : [] },
    { title: 'Functions and tables', panels: functionPanels(stack) },
  ];
  const variables = stack.isShortenerOn ? [apiVariable] : [];
  return grafanaDashboard({ service, environment, source: 'cloudwatch' }, rows, variables);
}

type Ours = (id: string) => readonly string[];

function panel(
  title: string,
  unit: string,
  series: readonly Series[],
  view: Panel['view'] = 'timeseries',
): readonly Panel[] {
  if (series.length === 0) return [];
  const sentences = series.flatMap(({ key }) => [entryOf(key).help, cloudWatchOf(key).sent]);
  const help = [...new Set(sentences)].filter((sentence) => sentence !== undefined).join(' ');
  return [{ title, help, unit, view, targets: series.slice(0, mostSeries).map(targetOf) }];
}

function targetOf({ key, statistic, values, location, label }: Series, index: number): Target {
  const { namespace, name, dimensions, severally = [] } = cloudWatchOf(key);
  const several = location === undefined ? [] : severally.map((dimension) => [dimension, [location]]);
  return {
    refId: refIdOf(index),
    id: '',
    queryMode: 'Metrics',
    metricQueryType: 0,
    metricEditorMode: 0,
    region: 'default',
    namespace,
    metricName: name,
    dimensions: Object.fromEntries([...dimensions.map((dimension, at) => [dimension, [values[at] ?? '']]), ...several]),
    matchExact: true,
    statistic,
    period: '',
    expression: '',
    label,
  };
}

function monitorPanels(config: Config, ours: Ours): readonly Panel[] {
  const each = (key: CloudWatchKey, statistic: string) =>
    config.monitors.flatMap(({ id, agreement }): readonly Series[] => {
      const own = { key, statistic, values: ours(id) };
      if (agreement === undefined) return [{ ...own, label: id }];
      return locationNames(config).map((location) => ({ ...own, location, label: `${id}, ${location}` }));
    });
  return [
    ...panel('How slow are they? (p90)', 'ms', each('probeLatency', 'p90')),
    ...panel('What fails?', 'short', [...each('probeFailures', 'Sum'), ...unjudged(each('probeUnjudged', 'Sum'))]),
  ];
}

const unjudged = (series: readonly Series[]) =>
  series.map((each): Series => ({ ...each, label: `${each.label}, not judged` }));

function budgetPanels({ slos }: Config, ours: Ours): readonly Panel[] {
  const each = (key: CloudWatchKey, statistic: string) =>
    slos.map(({ id }): Series => ({ key, statistic, values: ours(id), label: id }));
  return [
    ...panel('How much budget is left?', 'percent', each('errorBudgetLeft', 'Minimum'), 'stat'),
    ...panel('How fast does it burn?', 'short', each('burnRate', 'Maximum')),
  ];
}

function burstPanels({ bursts }: Config, ours: Ours): readonly Panel[] {
  const of = (key: CloudWatchKey, statistic: string, what: string) =>
    bursts.map(({ id }): Series => ({ key, statistic, values: ours(id), label: `${id}, ${what}` }));
  return [
    ...panel(
      'How slow are they?',
      'ms',
      quantiles.flatMap((statistic) => of('burstLatency', statistic, statistic)),
    ),
    ...panel('What went wrong?', 'short', [
      ...of('burstFailures', 'Sum', 'failures'),
      ...of('burstDropped', 'Sum', 'dropped'),
      ...of('burstUnmet', 'Sum', 'not held'),
    ]),
  ];
}

/** The id of the HTTP API is known when the stack is there: it is chosen from those that CloudWatch knows. */
const api = ['$api'];
const apiVariable: Json = {
  name: 'api',
  label: 'HTTP API',
  type: 'query',
  datasource: { type: 'cloudwatch', uid: `\${source}` },
  query: {
    queryType: 'dimensionValues',
    region: 'default',
    namespace: cloudWatchOf('apiRequests').namespace,
    metricName: cloudWatchOf('apiRequests').name,
    dimensionKey: 'ApiId',
    dimensionFilters: {},
    refId: 'CloudWatchVariableQueryEditor-VariableQuery',
  },
  hide: 0,
  refresh: 1,
  regex: '',
  sort: 1,
  multi: false,
  includeAll: false,
  current: {},
  options: [],
};

function appPanels(stack: Stack, ours: Ours): readonly Panel[] {
  const own = nameOf(stack, 'shortener');
  return [
    ...panel('How much is asked?', 'short', [{ key: 'apiRequests', statistic: 'Sum', values: api, label: 'requests' }]),
    ...panel('What share fails?', 'percentunit', [
      { key: 'api5xx', statistic: 'Average', values: api, label: '5xx' },
      { key: 'api4xx', statistic: 'Average', values: api, label: '4xx' },
    ]),
    ...panel(
      'How slow are answers?',
      'ms',
      quantiles.map((statistic) => ({ key: 'apiLatency', statistic, values: api, label: statistic })),
    ),
    ...hotRoutes.flatMap((route) =>
      panel(
        `How slow is ${route}?`,
        'ms',
        quantiles.map((statistic) => ({ key: 'requestLatency', statistic, values: ours(route), label: statistic })),
      ),
    ),
    ...caches.flatMap((cache) =>
      panel(`Does the cache of ${cache} help?`, 'short', [
        { key: 'cacheHits', statistic: 'Sum', values: ours(cache), label: 'hits' },
        { key: 'cacheMisses', statistic: 'Sum', values: ours(cache), label: 'misses' },
      ]),
    ),
    ...panel('How many at once?', 'short', [
      { key: 'concurrency', statistic: 'Maximum', values: [own], label: 'requests' },
    ]),
  ];
}

function functionPanels(stack: Stack): readonly Panel[] {
  const each = (key: CloudWatchKey, statistic: string, names: readonly FunctionName[] = functionsOf(stack)) =>
    names.map((name): Series => ({ key, statistic, values: [nameOf(stack, name)], label: name }));
  const tables = [nameOf(stack, 'ledger'), ...(stack.isShortenerOn ? [nameOf(stack, 'links')] : [])];
  const ofTables = (key: CloudWatchKey, what: string) =>
    tables.map((table): Series => ({ key, statistic: 'Sum', values: [table], label: `${table}, ${what}` }));
  return [
    ...panel('Which functions fail?', 'percentunit', each('functionErrors', 'Average')),
    ...panel('How long do they run? (p99)', 'ms', each('functionDuration', 'p99')),
    ...panel('Which are throttled?', 'short', each('throttles', 'Sum')),
    ...panel('What do the tables consume?', 'short', [
      ...ofTables('consumedReads', 'read units'),
      ...ofTables('consumedWrites', 'write units'),
    ]),
  ];
}
