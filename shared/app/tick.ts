import type { Maintenance, Monitor } from '../config/model.ts';
import type { LatencyLimit } from '../slo/latency.ts';

/** A shard's monitors and what concerns them: the file beside the probe's bundle. */
export type Shard = {
  readonly service: string;
  readonly shard: string;
  readonly monitors: readonly Monitor[];
  readonly maintenance: readonly Maintenance[];
  /** What SLOs ask of the latencies of its monitors; absent where none does. */
  readonly latencies?: readonly LatencyLimit[];
  /**
   * Of a shard of monitors that are probed more often than it is invoked: how much time one invocation covers. They are
   * due at offsets inside it, each with a row of its own.
   */
  readonly spanMs?: number;
};

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;
const minuteMs = 60_000;
/** The Scheduler is precise to a minute, and its invocation waits at most a minute in each of two queues. */
export const latestTickMs = 3 * minuteMs;

/**
 * The identity of a tick: its scheduled time in whole seconds. Without one (missing, or a placeholder that nobody
 * replaced) it is the arrival, floored to the minute. Epoch ms.
 */
export function parseScheduledTime(value: unknown, arrivedAt: number): number {
  if (typeof value !== 'string' || !isoInstant.test(value)) return Math.floor(arrivedAt / minuteMs) * minuteMs;
  const at = Date.parse(value);
  return Number.isNaN(at) ? Math.floor(arrivedAt / minuteMs) * minuteMs : Math.floor(at / 1_000) * 1_000;
}

/** When a drill was asked for: its scheduled time, by which one that is delivered twice is one; of one by hand, now. */
export function parseDrillTime(scheduledTime: unknown, now: number): number {
  return scheduledTime === undefined ? now : parseScheduledTime(scheduledTime, now);
}

/** A monitor is due at the multiples of its interval, counted from the epoch. */
export function isDue(monitor: Monitor, at: number): boolean {
  return at % monitor.intervalMs === 0;
}

/** When something is due in the span that begins at `at`: offsets in ms, from the earliest on. */
export function offsetsOf(monitors: readonly Monitor[], at: number, spanMs: number): readonly number[] {
  const offsets = new Set<number>();
  for (const { intervalMs } of monitors) {
    const first = (intervalMs - (at % intervalMs)) % intervalMs;
    for (let offsetMs = first; offsetMs < spanMs; offsetMs += intervalMs) offsets.add(offsetMs);
  }
  return [...offsets].sort((a, b) => a - b);
}

/**
 * The instant that an evaluation judges: its scheduled time, so that delays of whole minutes come out as whole minutes
 * however late it is called. Without one, or when it is in the future or older than a tick may be, it is now. It never goes
 * back behind `previousAt`, the instant that this sandbox judged before.
 */
export function parseEvaluationTime(scheduledTime: unknown, now: number, previousAt: number): number {
  const at = scheduledTime === undefined ? now : parseScheduledTime(scheduledTime, now);
  const isCredible = at <= now && now - at <= latestTickMs;
  return Math.max(isCredible ? at : now, Math.min(previousAt, now));
}
