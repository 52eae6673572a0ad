import type { Timeslices } from '../config/model.ts';
import { closedAfterMs } from './coverage.ts';
import { type Events, minutesOf } from './events.ts';
import { minuteEnd } from './series.ts';
import { sliceEvents } from './slices.ts';

/**
 * The slices of a series as somebody sees them at the end of each minute: as `sliceEvents` at that instant, only faster. What can no
 * longer change is judged once for all minutes; the newest slices are judged anew where something is missing in them.
 */
export function slicesAt(events: Events, slices: Timeslices): (minute: number) => Events {
  const closed = sliceEvents(events, slices, Number.POSITIVE_INFINITY);
  return (minute) => {
    const now = minuteEnd(minute);
    const closedAt = Math.floor((now - closedAfterMs) / slices.sliceMs) * slices.sliceMs - 1;
    return isWhole(events, closedAt, now) ? closed : withOpen(closed, sliceEvents(events, slices, now), closedAt);
  };
}

/** Nothing that is expected is missing. */
function isWhole(events: Events, fromAt: number, toAt: number): boolean {
  const { good, bad, expected } = minutesOf(events, fromAt, toAt);
  return expected.every((due, index) => (good[index] ?? 0) + (bad[index] ?? 0) >= due);
}

function withOpen(closed: Events, open: Events, closedAt: number): Events {
  return {
    ...closed,
    between: (fromAt, toAt) => {
      const old = closed.between(fromAt, Math.min(toAt, closedAt));
      const fresh = open.between(Math.max(fromAt, closedAt), toAt);
      return {
        good: old.good + fresh.good,
        bad: old.bad + fresh.bad,
        unjudged: old.unjudged + fresh.unjudged,
        maintenance: old.maintenance + fresh.maintenance,
      };
    },
  };
}
