import type { Burst, Threshold } from '../../../shared/config/model.ts';
import type { Stack } from '../model.ts';
import type { Figure, Row } from './layout.ts';
import { plain } from './links.ts';
import { filled, graph, metric, quantiles } from './metrics.ts';
import type { Content } from './model.ts';
import { headOf, runbookOf, type Scene } from './scene.ts';

/** A run is minutes long and seldom: its points are an hour wide, so that weeks of them are seen. */
const runs = { period: 3_600, start: '-P14D', end: 'P0D' } as const;
const columnsOf = { latency: 10, trouble: 7, requests: 7 };

/** What a caller would feel under load, and what a run did not hold. */
export function burstsRows(scene: Scene): readonly Row[] {
  const { config } = scene;
  return [
    headOf(
      scene,
      'bursts',
      config.bursts.length === 0
        ? 'There are no bursts in monitors.yml.'
        : 'Each point is an hour with a run in it, of the last two weeks. Latency counts from when a request should have started.',
    ),
    ...config.bursts.map((burst) => ({ figures: figuresOf(scene, burst), caption: captionOf(scene, burst) })),
  ];
}

function figuresOf({ stack }: Scene, burst: Burst): readonly Figure[] {
  return [
    { width: columnsOf.latency, content: latency(stack, burst) },
    { width: columnsOf.trouble, content: trouble(stack, burst.id) },
    { width: columnsOf.requests, content: requests(stack, burst) },
  ];
}

function captionOf(scene: Scene, { thresholds, alerts }: Burst): string {
  const wanted = thresholds.map(({ text }) => text).join(', ');
  const runbook = alerts.flatMap((alert) => alert.runbook ?? [])[0];
  return (
    `${wanted === '' ? 'No thresholds.' : `Must hold: ${plain(wanted)}.`} *Dropped* starts were never sent; ` +
    `*not held* counts thresholds and comparisons. ${runbook === undefined ? '' : runbookOf(scene, runbook)}`
  );
}

function latency(stack: Stack, { id, thresholds }: Burst): Content {
  return graph(stack, `What did ${id} feel like?`, quantiles(stack, 'burstLatency', { Burst: id }), 'ms', {
    ...runs,
    annotations: { horizontal: thresholds.flatMap(lineOf) },
  });
}

const drawn: readonly string[] = ['p50', 'p75', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'];

/** A threshold that a latency must stay below. */
function lineOf({ metric: of, op, text, value }: Threshold) {
  return drawn.includes(of) && (op === 'lt' || op === 'lte') ? [{ label: text, value }] : [];
}

/** Where nothing went wrong there is nothing to see. */
export function trouble(stack: Stack, id: string): Content {
  const rows = filled([
    metric(stack, 'burstFailures', { Burst: id }, { label: 'failures' }),
    metric(stack, 'burstDropped', { Burst: id }, { label: 'dropped' }),
    metric(stack, 'burstUnmet', { Burst: id }, { label: 'not held' }),
  ]);
  return graph(stack, `What went wrong in ${id}?`, rows, 'in an hour', { ...runs, stat: 'Sum' });
}

/** Of a search for the breaking point, the rate that it found to be sustained. */
function requests(stack: Stack, { id, load }: Burst): Content {
  if (load.model === 'breakingPoint') {
    const sustained = metric(stack, 'burstSustained', { Burst: id }, { label: 'sustained', stat: 'Minimum' });
    return graph(stack, `Where does ${id} break?`, [sustained], 'requests a second', runs);
  }
  const sent = metric(stack, 'burstLatency', { Burst: id }, { label: 'requests', stat: 'SampleCount' });
  return graph(stack, `How much was sent by ${id}?`, [sent], 'requests in an hour', runs);
}

/** Of each burst what did not hold, in one graph. */
export function unmet(stack: Stack, bursts: readonly Burst[]): Content {
  const rows = bursts.map(({ id }) => metric(stack, 'burstUnmet', { Burst: id }, { label: id }));
  return graph(stack, 'What did bursts not hold?', filled(rows), 'in an hour', { ...runs, stat: 'Sum' });
}
