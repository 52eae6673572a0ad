import type { Monitor } from '../../shared/config/model.ts';
import { minutesPerMonth } from './assumptions.ts';

/** Requests of one probe, one after the other: of a flow one for each step, of a heartbeat none. */
export function requestsOf(monitor: Monitor): number {
  if (monitor.type === 'heartbeat') return 0;
  return monitor.type === 'flow' ? monitor.steps.length : 1;
}

/** Requests that a monitor sends in a month. */
export function requestsPerMonth(monitor: Monitor): number {
  return ((minutesPerMonth * 60_000) / monitor.intervalMs) * requestsOf(monitor);
}

/** Whose part of the bill it is. */
export const partOf = ({ id }: Pick<Monitor, 'id'>): string => `monitor/${id}`;

/** Monitors of which one is like another to whoever pays: the same type and interval, as many requests. */
export function alike(monitors: readonly Monitor[]): readonly Alike[] {
  const same = Map.groupBy(monitors, (each) => `${each.type} ${each.intervalMs} ${requestsOf(each)}`);
  return [...same.values()].flatMap((all) => {
    const [one] = all;
    return one === undefined ? [] : [{ one, count: all.length, of: all.map(partOf) }];
  });
}
export type Alike = { readonly one: Monitor; readonly count: number; readonly of: readonly string[] };
