import type { BurstStore, KeptPart, KeptRun, RunKey } from '../../shared/app/ports.ts';
import type { Tally } from '../../shared/burst/model.ts';
import { Histogram } from '../../shared/stats/histogram.ts';

/** Bursts in memory with the table's rules: the first claim and the first run stay, a part belongs to who claimed it. */
export function memoryBursts() {
  const parts = new Map<string, { part: KeptPart; run: RunKey; id: string }>();
  const runs = new Map<string, { run: KeptRun; id: string }>();
  const held = new Map<string, { untilAt: number; id: string }>();
  const partKey = ({ burst, runAt }: RunKey, shard: number) => `${burst}/${runAt}/${shard}`;
  const store: BurstStore = {
    claim: async (run, shard, id) => {
      const key = partKey(run, shard);
      const known = parts.get(key);
      if (known !== undefined) return known.id === id ? 'claimed' : 'duplicate';
      parts.set(key, { part: { shard, state: 'claimed' }, run, id });
      return 'claimed';
    },
    occupy: async (burst, now, untilAt, id) => {
      const known = held.get(burst);
      if (known !== undefined && known.id !== id && known.untilAt >= now) return 'busy';
      held.set(burst, { untilAt, id });
      return 'occupied';
    },
    savePart: async (run, shard, result, id) => {
      const key = partKey(run, shard);
      if (parts.get(key)?.id !== id) throw new Error('the part belongs to another invocation');
      parts.set(key, { part: { shard, ...result }, run, id });
    },
    loadParts: async ({ burst, runAt }) =>
      [...parts.values()]
        .filter(({ run }) => run.burst === burst && run.runAt === runAt)
        .map(({ part }) => part)
        .sort((a, b) => a.shard - b.shard),
    saveRun: async (run, id) => {
      const key = `${run.burst}/${run.runAt}`;
      const known = runs.get(key);
      if (known !== undefined) return known.id === id ? 'saved' : 'duplicate';
      runs.set(key, { run, id });
      return 'saved';
    },
    loadRuns: async (burst, beforeAt, limit) =>
      [...runs.values()]
        .flatMap(({ run }) => (run.state === 'sent' && run.burst === burst && run.runAt < beforeAt ? [run] : []))
        .sort((a, b) => b.runAt - a.runAt)
        .slice(0, limit),
  };
  return { store, parts, held, runs: () => [...runs.values()].map(({ run }) => run) };
}

/** What a run of 100 requests counted, each of them 10 ms. */
export function aTally(change: Partial<Tally> = {}): Tally {
  const [latency, serviceTime, startLag] = [new Histogram(), new Histogram(), new Histogram()];
  for (let request = 0; request < (change.requests ?? 100); request += 1) {
    latency.record(10);
    serviceTime.record(9);
    startLag.record(0.1);
  }
  return {
    requests: 100,
    failures: 0,
    dropped: 0,
    latency,
    serviceTime,
    startLag,
    statusCodes: { '200': 100 },
    errors: {},
    startedAt: Date.UTC(2026, 10, 20, 3),
    durationMs: 1_000,
    seconds: [],
    ...change,
  };
}
