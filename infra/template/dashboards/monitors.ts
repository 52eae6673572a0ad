import { locationNames, type Monitor } from '../../../shared/config/model.ts';
import { formatSpan } from '../../../shared/slo/words.ts';
import { chunks, columns, type Figure, type Row } from './layout.ts';
import { filled, graph, metric, quantiles, type Values } from './metrics.ts';
import type { Content, MetricRow } from './model.ts';
import { savedLink } from './saved.ts';
import { headOf, runbookOf, type Scene } from './scene.ts';

/** Beyond so many monitors their latencies share graphs; beyond the second number, or of several locations so many lines, the first ones are shown. */
const limits = { detailed: 40, shown: 500, lines: 1_000, aGraph: 25, ofFailures: 100 };

/** Which monitor fails or is slow, since when, and how it was before. */
export function monitorsRows(scene: Scene): readonly Row[] {
  const { config } = scene;
  const monitors = config.monitors.slice(0, Math.min(limits.shown, monitorsFor(scene, limits.lines)));
  const left = config.monitors.length - monitors.length;
  return [
    headOf(
      scene,
      'monitors',
      'A latency line that ends means that nothing is being probed, or that nothing could be measured.',
      savedLink(scene, 'what did the probe see'),
      left > 0 ? `The first ${monitors.length} monitors are shown; ${left} more are under Metrics.` : '',
    ),
    ...(monitors.length <= limits.detailed
      ? chunks(monitors, 2).map((pair) => ({
          figures: pair.flatMap((monitor) => detailed(scene, monitor, columns / pair.length)),
        }))
      : grouped(scene, monitors)),
  ];
}

/** Whose series it is, of a monitor that one location judges, or several of which this is one. */
function valuesOf({ id, agreement }: Monitor, location: string | undefined): Values {
  return agreement === undefined || location === undefined ? { Monitor: id } : { Monitor: id, Location: location };
}

/** As one sees it: of several locations, home. */
function homeValues({ config }: Scene, monitor: Monitor): Values {
  return valuesOf(monitor, config.locations?.home);
}

/** What fails, a series for each location where several judge: a dashboard with all metrics of each would not be free. */
function failuresOf({ stack, config }: Scene, monitor: Monitor, label: string): readonly MetricRow[] {
  if (monitor.agreement === undefined) return [metric(stack, 'probeFailures', valuesOf(monitor, undefined), { label })];
  return locationNames(config).map((location) =>
    metric(stack, 'probeFailures', valuesOf(monitor, location), { label: `${label}, ${location}` }),
  );
}

/** So many monitors as fill a graph with lines, a line for each location. */
export function monitorsFor({ config }: Scene, lines: number): number {
  return Math.max(1, Math.floor(lines / Math.max(1, locationNames(config).length)));
}

/** Which location a figure is of that shows one of several; empty where there is one alone. */
export function fromHome({ config: { locations } }: Scene): string {
  return locations === undefined ? '' : `As ${locations.home} sees it; the other locations are under Metrics. `;
}

/** Latency and trouble side by side, in so many columns. */
function detailed(scene: Scene, monitor: Monitor, width: number): readonly Figure[] {
  const { stack } = scene;
  const values = homeValues(scene, monitor);
  const latency = graph(stack, `How slow is ${monitor.id}?`, quantiles(stack, 'probeLatency', values), 'ms', {
    period: 300,
    annotations: { horizontal: limitOf(monitor) },
  });
  const rows = [
    ...failuresOf(scene, monitor, 'failed'),
    metric(stack, 'probeUnjudged', values, { label: 'not judged' }),
  ];
  const trouble = graph(stack, `When did ${monitor.id} fail?`, filled(rows), 'probes', { stat: 'Sum', stacked: true });
  const runbook = monitor.alerts.flatMap((alert) => alert.runbook ?? [])[0];
  return [
    {
      width: Math.ceil(width * 0.58),
      content: latency,
      caption: `${fromHome(scene)}Half, 90 % and 99 % of the probes of five minutes were faster than the lines. ${runbook === undefined ? '' : runbookOf(scene, runbook)}`,
    },
    {
      width: width - Math.ceil(width * 0.58),
      content: trouble,
      caption: 'Confirmed failures. *Not judged* is our own fault or policy: it lowers coverage alone.',
    },
  ];
}

function limitOf({ degradedAfterMs }: Monitor) {
  if (degradedAfterMs === undefined) return [];
  return [{ label: `degraded after ${formatSpan(degradedAfterMs)}`, value: degradedAfterMs }];
}

function grouped(scene: Scene, monitors: readonly Monitor[]): readonly Row[] {
  const { aGraph } = limits;
  const latencies = chunks(monitors, aGraph).map((some, index) => ({
    width: columns / 2,
    content: slowest(scene, `How slow are monitors ${index * aGraph + 1} to ${index * aGraph + some.length}?`, some),
  }));
  const rows = chunks(latencies, 2).map((figures) => ({ figures }));
  return [
    ...failures(scene, monitors),
    ...rows.slice(0, -1),
    { figures: rows.at(-1)?.figures ?? [], caption: `${fromHome(scene)}${slowestCaption}` },
  ];
}

export const slowestCaption = 'A tenth of the probes of five minutes took longer than the line of their monitor.';

/** A line a monitor, at most some dozens of them. */
export function slowest(scene: Scene, title: string, monitors: readonly Monitor[]): Content {
  const rows = monitors.map((monitor) =>
    metric(scene.stack, 'probeLatency', homeValues(scene, monitor), { label: monitor.id }),
  );
  return graph(scene.stack, title, rows, 'ms, p90', { stat: 'p90', period: 300 });
}

export const failedCaption =
  'A colour a monitor: probes that failed, and failed again when they were repeated at once. Flat at 0 is well.';

/** Of many monitors several graphs, one below the other, under one caption. */
function failures(scene: Scene, monitors: readonly Monitor[]): readonly Row[] {
  const parts = chunks(monitors, monitorsFor(scene, limits.ofFailures));
  return parts.map((some, index) => ({
    figures: [{ width: columns, content: failed(scene, some, parts.length > 1 ? `, part ${index + 1}` : '') }],
    ...(index === parts.length - 1 ? { caption: failedCaption } : {}),
  }));
}

/** The failed probes of each minute, of at most 100 monitors. */
export function failed(scene: Scene, monitors: readonly Monitor[], part = ''): Content {
  const rows = monitors.flatMap((monitor) => failuresOf(scene, monitor, monitor.id));
  return graph(scene.stack, `What fails${part}?`, filled(rows), 'failed probes a minute', {
    stat: 'Sum',
    stacked: true,
  });
}
