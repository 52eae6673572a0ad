import type { Maintenance, Monitor } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { expectedEvents } from './expected.ts';
import { judgedBetween } from './indicator.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A tick may come this late; until then its absence is no gap. */
export const closedAfterMs = 3 * minuteMs;

/** Judged ÷ expected events of closed ticks, per monitor since its first event in the window; 1 before there are any. */
export function coverageOf(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  windowAt: number,
  now: number,
): number {
  const toAt = minuteStart(now - closedAfterMs) - 1;
  let [judged, expected] = [0, 0];
  for (const monitor of monitors) {
    const fromAt = coveredFrom(monitor, history, windowAt);
    if (fromAt >= toAt) continue;
    const counts = judgedBetween([monitor], history, fromAt, toAt);
    judged += counts.good + counts.bad;
    expected += expectedEvents([monitor], maintenance, fromAt, toAt);
  }
  return expected === 0 ? 1 : Math.min(1, judged / expected);
}

/** The end of the last minute before the first event in the window. */
function coveredFrom(monitor: Monitor, history: History, windowAt: number): number {
  const seenAt = history.firstSeenAt(monitor.key);
  if (seenAt === undefined) return Infinity;
  const firstAt = Math.max(seenAt, minuteStart(windowAt) + minuteMs);
  const minuteAt = Math.ceil(firstAt / minuteMs) * minuteMs;
  // Where the first day is known as a total only, nobody knows when in it the first event was: the next day counts.
  const isDayOnly = seenAt > windowAt && seenAt % dayMs === 0 && !isKnown(history, monitor, seenAt);
  return (isDayOnly ? seenAt + dayMs : minuteAt) - 1;
}

function isKnown(history: History, monitor: Monitor, minuteAt: number): boolean {
  const { good, bad, unjudged, maintenance } = judgedBetween([monitor], history, minuteAt - 1, minuteAt);
  return good + bad + unjudged + maintenance > 0;
}

/** The first event of any of these monitors that the history knows of. */
export function firstSeenOf(monitors: readonly Monitor[], history: History): number | undefined {
  const seen = monitors.map(({ key }) => history.firstSeenAt(key)).filter((at) => at !== undefined);
  return seen.length === 0 ? undefined : Math.min(...seen);
}

const minuteStart = (at: number): number => Math.floor(at / minuteMs) * minuteMs;
