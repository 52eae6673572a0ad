import { setTimeout as pause } from 'node:timers/promises';
import type { Drill } from '../../../shared/alert/drill.ts';
import { endOf, type Hop, hopsOf } from '../../../shared/app/drill/hops.ts';
import type { KeptDrill } from '../../../shared/app/drill/model.ts';
import type { Channel } from '../../../shared/config/model.ts';
import { type DeployedStack, explain } from '../stack.ts';

export type Watched = {
  readonly drill: Drill;
  readonly channels: readonly Channel[];
  /** `stopped`: nobody looked on until its end. */
  readonly outcome: 'held' | 'broken' | 'stopped';
  readonly hops: readonly Hop[];
};
export type WatchDeps = {
  readonly drill: Drill;
  readonly channels: readonly Channel[];
  readonly stack: DeployedStack;
  /** E-mail channels that get nothing, and why. */
  readonly mail: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
};

const lookEveryMs = 500;

/** Writes the row of a drill and looks on until it is over; says each hop as soon as it has held, or broken. */
export async function watchDrill(deps: WatchDeps, onHop: (hop: Hop) => void): Promise<Watched> {
  const { drill, channels, signal } = deps;
  const told = new Set<string>();
  const tell = (hops: readonly Hop[]): void => {
    for (const hop of hops) {
      const key = `${hop.of} ${hop.kind} ${hop.channel} ${hop.state}`;
      if (hop.state === 'waiting' || told.has(key)) continue;
      told.add(key);
      onHop(hop);
    }
  };
  const store = await openStore(deps);
  let hops = await begin(deps, store);
  for (;;) {
    tell(hops);
    const end = endOf(hops);
    if (end) return { drill, channels, hops, outcome: end.isHeld ? 'held' : 'broken' };
    if (signal.aborted) return { drill, channels, hops, outcome: 'stopped' };
    await pause(lookEveryMs, undefined, { signal }).catch(() => {});
    hops = await look(deps, store, hops);
  }
}

type Stores = Awaited<ReturnType<typeof openStore>>;

async function openStore({ stack: { client, table } }: WatchDeps) {
  const { createDrillStore } = await import('../../../shared/aws/drill-store.ts');
  const { createNotifyStore } = await import('../../../shared/aws/notify-store.ts');
  return { drills: createDrillStore(client, table, Date.now), told: createNotifyStore(client, table, Date.now) };
}

async function begin({ drill, channels, stack }: WatchDeps, { drills }: Stores): Promise<readonly Hop[]> {
  try {
    await drills.save(drill);
  } catch (cause) {
    return [{ of: 'ledger', kind: 'fired', state: 'broken', seen: `refused: ${explain(cause, stack).message}` }];
  }
  return hopsOf({ ...drill, writtenAt: Date.now(), notes: [] }, channels, new Map(), Date.now());
}

/** What there is to see now; what was seen last where nobody answers, until its time is over. */
async function look(
  { drill, channels, stack, mail }: WatchDeps,
  stores: Stores,
  last: readonly Hop[],
): Promise<readonly Hop[]> {
  try {
    const kept = await stores.drills.load(drill.id);
    if (kept === undefined) return [{ of: 'ledger', kind: 'fired', state: 'broken', seen: 'its row is gone' }];
    return hopsOf(kept, channels, await loadTold(kept, stores), Date.now(), mail);
  } catch (cause) {
    if (Date.now() <= drill.untilAt) return last;
    const seen = `it can no longer be read: ${explain(cause, stack).message}`;
    return [...last.filter(({ state }) => state === 'held'), { of: 'ledger', kind: 'fired', state: 'broken', seen }];
  }
}

async function loadTold({ notes }: KeptDrill, { told }: Stores) {
  const messages = notes.flatMap((note) => (note.outcome === 'published' ? [note.message] : []));
  return new Map(await Promise.all(messages.map(async (id) => [id, await told.load(id)] as const)));
}
