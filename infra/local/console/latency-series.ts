import type { MonitorView } from '../../../shared/app/overview/model.ts';
import { latencyText, plural } from './words.ts';

export type HistoryEntry = MonitorView['history'][number];

/**
 * Aligned for the chart: seconds, the latencies of good probes (null is a gap, undefined nothing that interrupts the line), and
 * what each point stands for.
 */
export type LatencySeries = {
  readonly seconds: readonly number[];
  readonly latencies: readonly (number | null | undefined)[];
  /** null where a tick is missing. */
  readonly entries: readonly (HistoryEntry | null)[];
};

/** What the drawing code reads: the newest points of one monitor. */
export type LatencyModel = { series: LatencySeries; degradedAfterMs: number | undefined; intervalMs: number };

/**
 * Only good probes make the line: a refusal in 3 ms is not fast, and a time-out would flatten everything else. A tick
 * that is missing breaks the line; one whose time cannot be trusted is passed over.
 */
export function latencySeries(history: readonly HistoryEntry[], intervalMs: number): LatencySeries {
  const entries: (HistoryEntry | null)[] = [];
  const seconds: number[] = [];
  let previousAt = Number.NaN;
  for (const entry of history) {
    if (entry.at - previousAt > intervalMs * 1.5) {
      seconds.push((previousAt + intervalMs) / 1000);
      entries.push(null);
    }
    seconds.push(entry.at / 1000);
    entries.push(entry);
    previousAt = entry.at;
  }
  return {
    seconds,
    entries,
    latencies: entries.map(latencyOf),
  };
}

function latencyOf(entry: HistoryEntry | null): number | null | undefined {
  if (entry === null || !isGood(entry)) return null;
  return entry.isContaminated ? undefined : entry.latencyMs;
}

function isGood(entry: HistoryEntry): boolean {
  return entry.outcome === 'passed' || entry.outcome === 'degraded';
}

/** The top of the latency axis in ms: room above the data, and up to the degraded line where that does not flatten it. */
export function latencyCeiling(series: LatencySeries, degradedAfterMs: number | undefined): number {
  const highest = series.latencies.reduce((top: number, value) => Math.max(top, value ?? 0), 0);
  const roomy = Math.max(10, highest * 1.25);
  return degradedAfterMs !== undefined && degradedAfterMs <= roomy * 3
    ? Math.max(roomy, degradedAfterMs * 1.15)
    : roomy;
}

/** The history in one sentence, for those who do not see the chart and those who do. `counted` is what an entry of it is. */
export function historySentence(history: readonly HistoryEntry[], counted = 'probe'): string {
  const latencies = history.filter(isGood).flatMap((entry) => entry.latencyMs ?? []);
  const failed = history.filter((entry) => entry.outcome === 'failed').length;
  const tail = failed === 0 ? 'none failed' : `${failed} failed`;
  const typical = median(latencies);
  return `${plural(history.length, counted)}, ${tail}${typical === null ? '' : `, median ${latencyText(typical)}`}`;
}

function median(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}
