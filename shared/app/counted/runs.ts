import type { Slo } from '../../config/model.ts';
import { addCounts } from '../../ledger/fold.ts';
import { emptyHistory, type History, withHours } from '../../ledger/history.ts';
import { hourMs, hourStart, minuteMs } from '../../ledger/keys.ts';
import { type Counts, type HourRollup, noCounts } from '../../ledger/model.ts';
import { onlyKey } from '../../slo/events.ts';
import type { LoadRunCounts, RunCounts } from '../ports.ts';

/** A run may end, and be kept, so long after its own instant: 13 minutes of it, and the silence of a shard that is waited for. */
const latestRunMs = 45 * minuteMs;

/** What a warm sandbox remembers of the runs of each burst: by their instants, and up to when they have been read. */
export type RunMemory = Map<string, { readonly runs: Map<number, RunCounts>; readonly loadedAt: number }>;

/** Brings the memory of a burst's runs up to `now`, back to `fromAt` (epoch ms) at least. */
export async function refreshRuns(
  memory: RunMemory,
  burst: string,
  load: LoadRunCounts,
  fromAt: number,
  now: number,
): Promise<void> {
  const known = memory.get(burst);
  const counts = await load(burst, (known?.loadedAt ?? fromAt) - latestRunMs, now);
  const runs = new Map([...(known?.runs ?? []), ...counts.map((each) => [each.runAt, each] as const)]);
  for (const { runAt, endedAt } of runs.values()) if (endedAt < fromAt - hourMs) runs.delete(runAt);
  memory.set(burst, { runs, loadedAt: now });
}

/** What the runs of an SLO's bursts came to, by the minutes in which they ended. */
export function historyOfRuns(memory: RunMemory, { indicator }: Pick<Slo, 'indicator'>): History {
  const bursts = indicator.kind === 'bursts' ? indicator.bursts : [];
  const runs = bursts.flatMap((burst) => [...(memory.get(burst)?.runs.values() ?? [])]);
  const hours = [...Map.groupBy(runs, ({ endedAt }) => hourStart(endedAt))];
  return withHours(emptyHistory(), hours.map(hourOf));
}

function hourOf([hourAt, runs]: readonly [number, readonly RunCounts[]]): HourRollup {
  const minutes: Counts[] = Array.from({ length: 60 }, () => noCounts);
  for (const { endedAt, good, bad } of runs) {
    const minute = Math.floor((endedAt - hourAt) / minuteMs);
    minutes[minute] = addCounts(minutes[minute] ?? noCounts, { ...noCounts, passed: good, failed: bad });
  }
  return { location: 'runs', hourAt, monitors: new Map([[onlyKey, minutes]]) };
}
