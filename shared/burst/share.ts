import type { Burst, BurstLimits, ClosedLoad, OpenLoad } from '../config/model.ts';
import type { Schedule } from './model.ts';
import { createSchedule, shardOf } from './schedule.ts';

/** What one of several invocations sends of a load, and may: all of them together keep to the limits of the burst. */
export type Share = {
  readonly load: OpenLoad | ClosedLoad;
  readonly limits: BurstLimits;
  readonly schedule?: Schedule;
};

/** The share of invocation `index` (0 and up) of `count`. A search for the breaking point cannot be shared. */
export function shareOf(
  load: OpenLoad | ClosedLoad,
  limits: Burst['limits'],
  { index, count }: { readonly index: number; readonly count: number },
): Share {
  const part = (whole: number): number => Math.max(0, Math.ceil((whole - index) / count));
  const own = { ...limits, concurrency: part(limits.concurrency), requests: part(limits.requests) };
  if (load.model === 'open') return { load, limits: own, schedule: shardOf(createSchedule(load.stages), index, count) };
  const requests = load.requests === undefined ? {} : { requests: part(load.requests) };
  return { load: { ...load, concurrency: part(load.concurrency), ...requests }, limits: own };
}
