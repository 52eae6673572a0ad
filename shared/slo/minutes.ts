import { eventIntervalMs, type Maintenance, type Monitor } from '../config/model.ts';
import { ticksByKind } from './expected.ts';
import { type MaintenanceSpan, maintenanceSpans } from './maintenance.ts';

/** Counts of whole minutes in a row, each list one number a minute. */
export type Minutes = {
  readonly good: Float64Array;
  readonly bad: Float64Array;
  readonly unjudged: Float64Array;
  readonly maintenance: Float64Array;
  readonly expected: Float64Array;
};

const minuteMs = 60_000;

export function emptyMinutes(length: number): Minutes {
  const [good, bad, unjudged, maintenance, expected] = Array.from({ length: 5 }, () => new Float64Array(length));
  return { good, bad, unjudged, maintenance, expected } as Minutes;
}

/** How many minutes the window (fromAt, toAt] holds. */
export function minuteCount(fromAt: number, toAt: number): number {
  return Math.max(0, Math.floor(toAt / minuteMs) - Math.floor(fromAt / minuteMs));
}

/** How many events the schedule holds in each minute of (fromAt, toAt], less those under maintenance. */
export function expectedMinutes(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  fromAt: number,
  toAt: number,
): Float64Array {
  const expected = new Float64Array(minuteCount(fromAt, toAt));
  const startAt = (Math.floor(fromAt / minuteMs) + 1) * minuteMs;
  const endAt = startAt + expected.length * minuteMs;
  for (const [monitor, count] of ticksByKind(monitors, maintenance)) {
    const spans = maintenanceSpans(maintenance, monitor.id, startAt, endAt);
    addTicks(expected, { startAt, endAt, intervalMs: eventIntervalMs(monitor), count, spans });
  }
  return expected;
}

type Ticks = {
  readonly startAt: number;
  readonly endAt: number;
  readonly intervalMs: number;
  /** How many events each of them is. */
  readonly count: number;
  readonly spans: readonly MaintenanceSpan[];
};

function addTicks(minutes: Float64Array, { startAt, endAt, intervalMs, count, spans }: Ticks): void {
  const [first, ...others] = spans;
  let [span, left] = [first, others];
  for (let at = Math.ceil(startAt / intervalMs) * intervalMs; at < endAt; at += intervalMs) {
    while (span !== undefined && span.to <= at) [span, ...left] = left;
    if (span !== undefined && at >= span.from) continue;
    const index = Math.floor((at - startAt) / minuteMs);
    minutes[index] = (minutes[index] ?? 0) + count;
  }
}
