import type { Events } from './events.ts';

/** Trouble begins after a stretch of `calmMs` without a bad event, at most `mostMs` before it was told of. */
export type LookBack = { readonly calmMs: number; readonly mostMs: number };

/**
 * How many bad events a trouble held that was told of at `openedAt` and is over at `closedAt`: those in between, and those
 * before, which it was told for, back to the last calm stretch.
 */
export function badEventsOf(events: Events, openedAt: number, closedAt: number, { calmMs, mostMs }: LookBack): number {
  const floor = openedAt - mostMs;
  let fromAt = openedAt;
  while (fromAt > floor && events.between(Math.max(floor, fromAt - calmMs), fromAt).bad > 0) fromAt -= calmMs;
  return events.between(Math.max(floor, fromAt), closedAt).bad;
}
