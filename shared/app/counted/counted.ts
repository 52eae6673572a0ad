import type { Slo } from '../../config/model.ts';
import type { History } from '../../ledger/history.ts';
import { budgetSpan } from '../../slo/window.ts';
import type { LoadRunCounts } from '../ports.ts';
import { type MetricMemory, type MetricSources, type OnWarning, refreshMetrics } from './metrics.ts';
import { historyOfRuns, type RunMemory, refreshRuns } from './runs.ts';

/** What a warm sandbox remembers of what SLOs count that judge no probes; losing it costs a slower evaluation. */
export type CountedMemory = { readonly runs: RunMemory; readonly metrics: MetricMemory };

export function createCountedMemory(): CountedMemory {
  return { runs: new Map(), metrics: new Map() };
}

/** Where it is read. */
export type CountedSources = { readonly loadRunCounts: LoadRunCounts; readonly metrics?: MetricSources };

/**
 * What SLOs count that judge no probes, by their ids. One whose source could not be read is left out, with a warning, and those
 * beside it are read all the same.
 */
export async function refreshCounted(
  memory: CountedMemory,
  slos: readonly Slo[],
  sources: CountedSources | undefined,
  onWarning: OnWarning,
  now: number,
): Promise<ReadonlyMap<string, History>> {
  if (sources === undefined) return new Map();
  const [overBursts, overMetrics] = (['bursts', 'cloudwatch'] as const).map((kind) =>
    slos.filter(({ indicator }) => indicator.kind === kind),
  );
  const [runs, metrics] = await Promise.all([
    countRuns(memory.runs, overBursts ?? [], sources.loadRunCounts, onWarning, now),
    sources.metrics && refreshMetrics(memory.metrics, overMetrics ?? [], sources.metrics, onWarning, now),
  ]);
  return new Map([...runs, ...(metrics ?? [])]);
}

/** Reads each burst once, as far back as the longest span of the SLOs over it. */
async function countRuns(
  memory: RunMemory,
  slos: readonly Slo[],
  load: LoadRunCounts,
  onWarning: OnWarning,
  now: number,
): Promise<ReadonlyMap<string, History>> {
  const needs = new Map<string, number>();
  for (const slo of slos) {
    const fromAt = Math.min(budgetSpan(slo, now).fromAt, ...slo.alerts.map(({ longMs }) => now - longMs));
    for (const burst of burstsOf(slo)) needs.set(burst, Math.min(needs.get(burst) ?? fromAt, fromAt));
  }
  const failed = new Set<string>();
  await Promise.all(
    [...needs].map(async ([burst, fromAt]) => {
      try {
        await refreshRuns(memory, burst, load, fromAt, now);
      } catch (cause) {
        failed.add(burst);
        onWarning(`the runs of the burst ${burst} could not be read: nobody knows how the SLOs over it stand`, cause);
      }
    }),
  );
  const known = slos.filter((slo) => !burstsOf(slo).some((burst) => failed.has(burst)));
  return new Map(known.map((slo) => [slo.id, historyOfRuns(memory, slo)]));
}

function burstsOf({ indicator }: Slo): readonly string[] {
  return indicator.kind === 'bursts' ? indicator.bursts : [];
}
