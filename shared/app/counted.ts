import type { Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { budgetSpan } from '../slo/window.ts';
import { historyOfRuns, type RunMemory, refreshRuns } from './counted-runs.ts';
import type { LoadRunCounts } from './ports.ts';

/** What a warm sandbox remembers of what SLOs over bursts count; losing it costs a slower evaluation. */
export type CountedMemory = { readonly runs: RunMemory };

export function createCountedMemory(): CountedMemory {
  return { runs: new Map() };
}

/** Where it is read. */
export type CountedSources = { readonly loadRunCounts: LoadRunCounts };
type OnWarning = (message: string, cause: unknown) => void;

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
  const own = slos.filter(({ indicator }) => indicator.kind === 'bursts');
  if (sources === undefined || own.length === 0) return new Map();
  const failed = await refreshBursts(memory, own, { ...sources, onWarning }, now);
  const isRead = ({ indicator }: Slo) =>
    indicator.kind === 'bursts' && !indicator.bursts.some((burst) => failed.has(burst));
  return new Map(own.filter(isRead).map((slo) => [slo.id, historyOfRuns(memory.runs, slo)]));
}

/** Reads each burst once, as far back as the longest span of the SLOs over it; answers those that could not be read. */
async function refreshBursts(
  memory: CountedMemory,
  slos: readonly Slo[],
  { loadRunCounts, onWarning }: CountedSources & { readonly onWarning: OnWarning },
  now: number,
): Promise<ReadonlySet<string>> {
  const needs = new Map<string, number>();
  for (const slo of slos) {
    if (slo.indicator.kind !== 'bursts') continue;
    const fromAt = Math.min(budgetSpan(slo, now).fromAt, ...slo.alerts.map(({ longMs }) => now - longMs));
    for (const burst of slo.indicator.bursts) needs.set(burst, Math.min(needs.get(burst) ?? fromAt, fromAt));
  }
  const failed = new Set<string>();
  await Promise.all(
    [...needs].map(async ([burst, fromAt]) => {
      try {
        await refreshRuns(memory.runs, burst, loadRunCounts, fromAt, now);
      } catch (cause) {
        failed.add(burst);
        onWarning(`the runs of the burst ${burst} could not be read: nobody knows how the SLOs over it stand`, cause);
      }
    }),
  );
  return failed;
}
