import type { Monitor } from '../../shared/config/model.ts';
import { mix } from './mix.ts';
import { inProbingOrder } from './shard-order.ts';

/** The monitors that one schedule probes together. */
export type Shard = {
  readonly id: string;
  readonly monitors: readonly Monitor[];
  /** There when its monitors are due more often than schedules tick: how much time one invocation covers, ms. */
  readonly spanMs?: number;
};

/** How often the Scheduler can tick. */
export const minuteMs = 60_000;

/** Up to this many monitors a shard holds 20 of them, beyond it 100 (and its function gets twice the memory). */
const smallFleet = 2_000;

/** Whether a fleet of this size has large shards. */
export const isLarge = (monitorCount: number): boolean => monitorCount > smallFleet;

/** The most monitors that one shard of a fleet of this size holds. */
export function shardCapacity(monitorCount: number): number {
  return isLarge(monitorCount) ? 100 : 20;
}

/** A shard of monitors with sub-minute intervals never holds more: each of them is probed up to twelve times a minute. */
const fastCapacity = 20;

/**
 * Spreads the monitors over as few shards as hold them, by rendezvous hashing: each goes to the shard that scores
 * highest for it among those that still have room, so that another shard or monitor moves few of the others. No shard
 * is over its capacity, and none is empty, but the one that goes on ticking when there is nothing to probe. The order of
 * the monitors does not matter: within a shard they stand as `inProbingOrder` says. Monitors that are due more often than
 * schedules tick, every `tickMs`, have shards of their own.
 */
export function shardsOf(monitors: readonly Monitor[], tickMs: number = minuteMs): readonly Shard[] {
  const fast = monitors.filter(({ intervalMs }) => intervalMs < tickMs);
  const others = monitors.filter(({ intervalMs }) => intervalMs >= tickMs);
  const capacity = shardCapacity(monitors.length);
  const [shardCount, fastCount] = [Math.ceil(others.length / capacity), Math.ceil(fast.length / fastCapacity)];
  return [
    ...assign(others, fastCount === 0 ? Math.max(1, shardCount) : shardCount, capacity),
    ...assign(fast, fastCount, fastCapacity, 'f').map((shard) => ({ ...shard, spanMs: tickMs })),
  ];
}

/** `shardsOf` for a given number of shards: for showing what a change of that number moves. */
export function assign(
  monitors: readonly Monitor[],
  shardCount: number,
  capacity: number,
  prefix: 's' | 'f' = 's',
): readonly Shard[] {
  const shards = Array.from({ length: shardCount }, (_, index) => ({
    index,
    id: shardId(prefix, index),
    salt: mix(index + 0x9e3779b9),
    keys: new Set<number>(),
  }));
  for (const key of monitors.map((monitor) => monitor.key).sort((a, b) => mix(a) - mix(b) || a - b)) {
    let best: (typeof shards)[number] | undefined;
    let bestScore = -1;
    for (const shard of shards) {
      const score = mix(key ^ shard.salt);
      if (score <= bestScore || shard.keys.size >= capacity) continue;
      best = shard;
      bestScore = score;
    }
    best?.keys.add(key);
  }
  return shards.map(({ index, id, keys }) => {
    const own = monitors.filter((monitor) => keys.has(monitor.key));
    return { id, monitors: inProbingOrder(own, index) };
  });
}

function shardId(prefix: string, index: number): string {
  return `${prefix}${String(index).padStart(2, '0')}`;
}
