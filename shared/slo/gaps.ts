import type { Maintenance } from '../config/model.ts';
import { type Events, minutesOf } from './events.ts';
import { maintenanceSpans } from './maintenance.ts';

/** From an instant to a later one, epoch ms. */
export type Span = { readonly fromAt: number; readonly toAt: number };

const minuteMs = 60_000;
/** Shorter ones are a late tick. */
const leastGapMs = 5 * minuteMs;
const mostSpans = 200;

/**
 * The spans of (fromAt, toAt] since the first event in which nothing came though something was expected, the newest 200, the oldest
 * first: longer than five minutes and than three intervals. None where nothing is scheduled.
 */
export function gapsOf(events: Events, fromAt: number, toAt: number): readonly Span[] {
  if (events.intervalMs === 0 || events.firstSeenAt === undefined) return [];
  const beganAt = Math.max(fromAt, events.firstSeenAt);
  const { good, bad, unjudged, maintenance } = minutesOf(events, beganAt, toAt);
  const firstAt = (Math.floor(beganAt / minuteMs) + 1) * minuteMs;
  const longestMs = Math.max(leastGapMs, 3 * events.intervalMs);
  const gaps: Span[] = [];
  let seenAt = beganAt;
  for (let index = 0; index <= good.length; index += 1) {
    const at = firstAt + index * minuteMs;
    const isSeen = [good, bad, unjudged, maintenance].some((kind) => (kind[index] ?? 0) > 0);
    if (!isSeen && index < good.length) continue;
    if (at - seenAt > longestMs) gaps.push({ fromAt: seenAt, toAt: Math.min(at, toAt) });
    seenAt = at;
  }
  return gaps.slice(-mostSpans);
}

/** When any of some monitors was under maintenance, or is to be, in a span; the oldest first, those that touch as one. */
export function maintenanceIn(
  maintenance: readonly Maintenance[],
  monitors: readonly string[],
  fromAt: number,
  toAt: number,
): readonly (Span & { readonly reason: string })[] {
  const all = monitors.flatMap((id) => maintenanceSpans(maintenance, id, fromAt, toAt));
  const joined: { fromAt: number; toAt: number; reason: string }[] = [];
  for (const { from, to, reason } of all.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last === undefined || from > last.toAt) joined.push({ fromAt: from, toAt: to, reason });
    else last.toAt = Math.max(last.toAt, to);
  }
  return joined.slice(-mostSpans);
}
