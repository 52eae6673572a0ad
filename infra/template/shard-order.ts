import { hostTextsOf } from '../../shared/config/host-text.ts';
import type { Monitor } from '../../shared/config/model.ts';
import { mix } from './mix.ts';

/**
 * The order in which a shard probes its monitors, one shortly after the other: those that ask the same host are as far from one
 * another as there is room, and where they begin differs from shard to shard, so that a host that many monitors share is
 * not asked by all of them at one instant. It follows from what the monitors are, never from the order of the file.
 */
export function inProbingOrder(monitors: readonly Monitor[], shard: number): readonly Monitor[] {
  const byKey = monitors.toSorted((a, b) => a.key - b.key);
  const placed = [...Map.groupBy(byKey, targetOf)].flatMap(([target, same]) => {
    const begin = mix(hash(target) ^ mix(shard + 1)) / 2 ** 32;
    return same.map((monitor, index) => ({ monitor, place: (index + begin) / same.length }));
  });
  return placed.sort((a, b) => a.place - b.place || a.monitor.key - b.monitor.key).map(({ monitor }) => monitor);
}

/** Whom a monitor asks first. What cannot be told from another is taken for one target. */
function targetOf(monitor: Monitor): string {
  const [host = monitor.type === 'dns' ? monitor.request.server : undefined] = hostTextsOf(monitor);
  return host === undefined ? monitor.type : JSON.stringify(host);
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) h = Math.imul(h ^ text.charCodeAt(index), 0x01000193);
  return h >>> 0;
}
