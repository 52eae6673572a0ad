import type { Burst, Config, Json, Monitor, Slo } from '../../shared/config/model.ts';
import { dimensionsOf, type MetricKey, metrics, namespace } from '../../shared/metrics/catalogue.ts';
import { alarmName } from './alarms.ts';
import { nameOf, type Resource, type Stack, sub } from './model.ts';
import { undeliveredName } from './notify.ts';

type Widget = { readonly [name: string]: Json };

/** CloudWatch takes 500 widgets, 500 metrics a widget and 2,500 a dashboard: these keep well below them. */
const limits = { detailed: 100, grouped: 500, slos: 100, bursts: 50, aGroup: 25, aWidget: 100 };
const columns = 24;

/**
 * One dashboard for people: what fails, how slow it is, what is left of the error budgets, and whether the monitoring
 * itself is alive. Every metric is named, because a search would find those of other environments too. Beyond 100
 * monitors the latencies are grouped, one line each; beyond 500 the first ones are shown, and so are 50 bursts.
 */
export function dashboard(stack: Stack, config: Config): Resource {
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: { DashboardName: dashboardName(stack), DashboardBody: withAccount(dashboardBody(stack, config)) },
  };
}

function dashboardName(stack: Stack): string {
  return nameOf(stack, 'overview');
}

/** Where a person finds it. */
export function dashboardUrl(stack: Stack): string {
  return `https://${stack.region}.console.aws.amazon.com/cloudwatch/home?region=${stack.region}#dashboards/dashboard/${dashboardName(stack)}`;
}

/** What Fn::Sub fills in are the ARNs' account and partition; any other `${` is text. */
function withAccount(body: Json) {
  return sub(JSON.stringify(body).replaceAll('${', '${!').replaceAll('${!AWS::', '${AWS::'));
}

export function dashboardBody(stack: Stack, config: Config): { readonly widgets: readonly Widget[] } {
  const monitors = config.monitors.slice(0, limits.grouped);
  const slos = config.slos.slice(0, limits.slos);
  return {
    widgets: [
      help(stack, config),
      deadMen(stack),
      ...chunks(monitors, limits.aWidget).map((some) => failures(stack, some)),
      ...(slos.length > 0 ? [budgets(stack, slos), burnRates(stack, slos)] : []),
      ...(monitors.length <= limits.detailed
        ? monitors.map((monitor) => latency(stack, monitor))
        : chunks(monitors, limits.aGroup).map((some, index) => latencies(stack, some, index * limits.aGroup))),
      ...config.bursts
        .slice(0, limits.bursts)
        .flatMap((burst) => [burstLatency(stack, burst), burstTrouble(stack, burst)]),
    ],
  };
}

function help(stack: Stack, config: Config): Widget {
  const left = config.monitors.length - limits.grouped;
  const lines = [
    `# ${stack.service}, ${stack.stage}`,
    '**Something fails?** Look at *Failed probes* first, then at the latency of that monitor; the e-mail of the alert holds a `curl` ' +
      'line that reproduces it. **Error budget left** says how much may still fail before the objective is missed, below ' +
      '0 it is; a **burn rate** of 1 lands exactly on the objective. A latency line that ends, or a red tile under ' +
      '*Is the monitoring alive*, means that nothing is being probed.',
    ...(left > 0
      ? [`The first ${limits.grouped} monitors are shown; ${left} more are under Metrics, ${namespace}.`]
      : []),
    ...(config.bursts.length > limits.bursts
      ? [`The first ${limits.bursts} of ${config.bursts.length} bursts are shown.`]
      : []),
  ];
  return { type: 'text', width: 18, height: 4, properties: { markdown: lines.join('\n\n') } };
}

function deadMen(stack: Stack): Widget {
  const names = [
    ...(['probe', 'evaluate'] as const).map((target) => alarmName(stack, target)),
    ...(stack.isNotifyOn ? [undeliveredName(stack)] : []),
  ];
  const alarms = names.map(
    (name) => `arn:\${AWS::Partition}:cloudwatch:${stack.region}:\${AWS::AccountId}:alarm:${name}`,
  );
  return { type: 'alarm', width: 6, height: 4, properties: { title: 'Is the monitoring alive', alarms } };
}

function failures(stack: Stack, monitors: readonly Monitor[]): Widget {
  return chart(stack, columns, 'Failed probes', {
    metrics: filled(
      'failed',
      monitors.map(({ id }) => metric(stack, 'probeFailures', id, { label: id })),
    ),
    stat: 'Sum',
    period: 60,
    stacked: true,
    yAxis: { left: { min: 0, label: 'probes a minute', showUnits: false } },
  });
}

/** Sent once a day when nothing moves, so it looks back further than the dashboard does. */
function budgets(stack: Stack, slos: readonly Slo[]): Widget {
  return chart(stack, columns / 2, 'Error budget left', {
    metrics: slos.map(({ id, objective }) => metric(stack, 'errorBudgetLeft', id, { label: `${id} (${objective})` })),
    view: 'singleValue',
    sparkline: true,
    stat: 'Minimum',
    period: 3_600,
    start: '-P7D',
    end: 'P0D',
  });
}

function burnRates(stack: Stack, slos: readonly Slo[]): Widget {
  return chart(stack, columns / 2, 'Burn rate over the last hour', {
    metrics: filled(
      'burn rate',
      slos.map(({ id }) => metric(stack, 'burnRate', id, { label: id })),
    ),
    stat: 'Maximum',
    period: 60,
    annotations: { horizontal: [{ label: 'lands exactly on the objective', value: 1 }] },
    yAxis: { left: { min: 0, showUnits: false } },
  });
}

function latency(stack: Stack, monitor: Monitor): Widget {
  const stats = ['p50', 'p90', 'p99'].map((stat) => metric(stack, 'probeLatency', monitor.id, { stat, label: stat }));
  return chart(stack, columns / 3, `Latency of ${monitor.id}`, {
    metrics: stats,
    period: 300,
    ...(monitor.degradedAfterMs === undefined
      ? {}
      : { annotations: { horizontal: [{ label: 'degraded', value: monitor.degradedAfterMs }] } }),
    yAxis: { left: { min: 0, label: 'ms', showUnits: false } },
  });
}

function latencies(stack: Stack, monitors: readonly Monitor[], offset: number): Widget {
  return chart(stack, columns / 2, `Latency, p90, monitors ${offset + 1} to ${offset + monitors.length}`, {
    metrics: monitors.map(({ id }) => metric(stack, 'probeLatency', id, { label: id })),
    stat: 'p90',
    period: 300,
    yAxis: { left: { min: 0, label: 'ms', showUnits: false } },
  });
}

/** A run is minutes long and seldom: its points are an hour wide, so that weeks of them are seen. */
const runsPeriodSeconds = 3_600;

/** From the intended start: what a caller would have waited. Of a search, also the rate that it found to be sustained. */
function burstLatency(stack: Stack, { id, load, thresholds }: Burst): Widget {
  const limit = thresholds.find(({ metric: of, op }) => of === 'p99' && (op === 'lt' || op === 'lte'));
  const sustained = metric(stack, 'burstSustained', id, { label: 'sustained', stat: 'Minimum', yAxis: 'right' });
  return chart(stack, columns / 2, `Latency of the burst ${id}`, {
    metrics: [
      ...['p50', 'p90', 'p99'].map((stat) => metric(stack, 'burstLatency', id, { stat, label: stat })),
      ...(load.model === 'breakingPoint' ? [sustained] : []),
    ],
    period: runsPeriodSeconds,
    ...(limit === undefined ? {} : { annotations: { horizontal: [{ label: limit.text, value: limit.value }] } }),
    yAxis: {
      left: { min: 0, label: 'ms', showUnits: false },
      ...(load.model === 'breakingPoint' ? { right: { min: 0, label: 'per second', showUnits: false } } : {}),
    },
  });
}

function burstTrouble(stack: Stack, { id }: Burst): Widget {
  return chart(stack, columns / 2, `What went wrong in the burst ${id}`, {
    metrics: filled('run', [
      metric(stack, 'burstFailures', id, { label: 'failures' }),
      metric(stack, 'burstDropped', id, { label: 'dropped' }),
      metric(stack, 'burstUnmet', id, { label: 'not held' }),
    ]),
    stat: 'Sum',
    period: runsPeriodSeconds,
    yAxis: { left: { min: 0, label: 'a run', showUnits: false } },
  });
}

function chart(stack: Stack, width: number, title: string, properties: Widget): Widget {
  return {
    type: 'metric',
    width,
    height: 6,
    properties: { title, region: stack.region, view: 'timeSeries', stacked: false, ...properties },
  };
}

type Row = readonly [string, string, ...string[], Widget];

function metric({ service, stage }: Stack, key: MetricKey, id: string, options: Widget): Row {
  const dimensions = Object.entries(dimensionsOf(key, { service, environment: stage }, id)).flat();
  return [namespace, metrics[key].name, ...dimensions, options];
}

/** Metrics that are sent only when there is something to say, with 0 where they are silent. */
function filled(label: string, rows: readonly Row[]): readonly Json[] {
  const hidden = rows.map((row, index) => [
    ...row.slice(0, -1),
    { ...(row[row.length - 1] as Widget), id: `m${index}`, visible: false },
  ]);
  return [[{ expression: 'FILL(METRICS(), 0)', label, id: 'filled' }], ...hidden];
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
