import type { Monitor } from '../../../shared/config/model.ts';
import { formatSpan } from '../../../shared/slo/words.ts';
import type { Stack } from '../model.ts';
import { chunks, columns, type Figure, type Row } from './layout.ts';
import { filled, graph, metric, quantiles } from './metrics.ts';
import type { Content } from './model.ts';
import { savedLink } from './saved.ts';
import { headOf, runbookOf, type Scene } from './scene.ts';

/** Beyond so many monitors their latencies share graphs; beyond the second number the first ones are shown. */
const limits = { detailed: 40, shown: 500, aGraph: 25, ofFailures: 100 };

/** Which monitor fails or is slow, since when, and how it was before. */
export function monitorsRows(scene: Scene): readonly Row[] {
  const { stack, config } = scene;
  const monitors = config.monitors.slice(0, limits.shown);
  const left = config.monitors.length - monitors.length;
  return [
    headOf(
      scene,
      'monitors',
      'A latency line that ends means that nothing is being probed, or that nothing could be measured.',
      savedLink(scene, 'what did the probe see'),
      left > 0 ? `The first ${limits.shown} monitors are shown; ${left} more are under Metrics.` : '',
    ),
    ...(monitors.length <= limits.detailed
      ? chunks(monitors, 2).map((pair) => ({
          figures: pair.flatMap((monitor) => detailed(scene, monitor, columns / pair.length)),
        }))
      : grouped(stack, monitors)),
  ];
}

/** Latency and trouble side by side, in so many columns. */
function detailed(scene: Scene, monitor: Monitor, width: number): readonly Figure[] {
  const { stack } = scene;
  const values = { Monitor: monitor.id };
  const latency = graph(stack, `How slow is ${monitor.id}?`, quantiles(stack, 'probeLatency', values), 'ms', {
    period: 300,
    annotations: { horizontal: limitOf(monitor) },
  });
  const rows = [
    metric(stack, 'probeFailures', values, { label: 'failed' }),
    metric(stack, 'probeUnjudged', values, { label: 'not judged' }),
  ];
  const trouble = graph(stack, `When did ${monitor.id} fail?`, filled(rows), 'probes', { stat: 'Sum', stacked: true });
  const runbook = monitor.alerts.flatMap((alert) => alert.runbook ?? [])[0];
  return [
    {
      width: Math.ceil(width * 0.58),
      content: latency,
      caption: `Half, 90 % and 99 % of the probes of five minutes were faster than the lines. ${runbook === undefined ? '' : runbookOf(scene, runbook)}`,
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

function grouped(stack: Stack, monitors: readonly Monitor[]): readonly Row[] {
  const latencies = chunks(monitors, limits.aGraph).map((some, index) => ({
    width: columns / 2,
    content: slowest(
      stack,
      `How slow are monitors ${index * limits.aGraph + 1} to ${index * limits.aGraph + some.length}?`,
      some,
    ),
  }));
  const rows = chunks(latencies, 2).map((figures) => ({ figures }));
  return [
    ...failures(stack, monitors),
    ...rows.slice(0, -1),
    { figures: rows.at(-1)?.figures ?? [], caption: slowestCaption },
  ];
}

export const slowestCaption = 'A tenth of the probes of five minutes took longer than the line of their monitor.';

/** A line a monitor, at most some dozens of them. */
export function slowest(stack: Stack, title: string, monitors: readonly Monitor[]): Content {
  const rows = monitors.map(({ id }) => metric(stack, 'probeLatency', { Monitor: id }, { label: id }));
  return graph(stack, title, rows, 'ms, p90', { stat: 'p90', period: 300 });
}

export const failedCaption =
  'A colour a monitor: probes that failed, and failed again when they were repeated at once. Flat at 0 is well.';

/** Of many monitors several graphs, one below the other, under one caption. */
function failures(stack: Stack, monitors: readonly Monitor[]): readonly Row[] {
  const parts = chunks(monitors, limits.ofFailures);
  return parts.map((some, index) => ({
    figures: [{ width: columns, content: failed(stack, some, parts.length > 1 ? `, part ${index + 1}` : '') }],
    ...(index === parts.length - 1 ? { caption: failedCaption } : {}),
  }));
}

/** The failed probes of each minute, of at most 100 monitors. */
export function failed(stack: Stack, monitors: readonly Monitor[], part = ''): Content {
  const rows = monitors.map(({ id }) => metric(stack, 'probeFailures', { Monitor: id }, { label: id }));
  return graph(stack, `What fails${part}?`, filled(rows), 'failed probes a minute', { stat: 'Sum', stacked: true });
}
