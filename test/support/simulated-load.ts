import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from '../../shared/clock/clock.ts';

/** Time that passes only when nothing is left to do at an instant: from one event straight to the next. */
export type SimulatedTime = {
  readonly clock: Clock;
  /** Calls back after so many ms. */
  after(ms: number, callback: () => void): void;
  /** Lets time pass until the promise is settled. Throws where nothing would ever happen again. */
  until<T>(promise: Promise<T>): Promise<T>;
};

type Event = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** With `spinMs`, time also passes by itself, so much for each turn of the event loop: for what waits by asking the clock. */
export function simulateTime({ spinMs }: { readonly spinMs?: number } = {}): SimulatedTime {
  const events: Event[] = [];
  let nowMs = 0;
  let order = 0;
  const after = (ms: number, run: () => void) => {
    order += 1;
    push(events, { atMs: nowMs + Math.max(0, ms), order, run });
  };
  const clock: Clock = {
    now: () => 1_700_000_000_000 + nowMs,
    monotonicMs: () => 5_000 + nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
        after(ms, resolve);
      }),
  };
  return {
    clock,
    after,
    until: async (promise) => {
      let isSettled = false;
      const settle = () => {
        isSettled = true;
      };
      promise.then(settle, settle);
      for (await turn(); !isSettled; await turn()) {
        const next = events[0];
        if (next === undefined && spinMs === undefined) throw new Error(`nothing happens any more after ${nowMs} ms`);
        const spunMs = nowMs + (spinMs ?? Number.POSITIVE_INFINITY);
        nowMs = Math.min(next?.atMs ?? spunMs, spunMs);
        if (next !== undefined && next.atMs <= nowMs) pop(events).run();
      }
      return promise;
    },
  };
}

const isBefore = (one: Event, other: Event): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

/** A binary heap, the first event on top. */
function push(events: Event[], event: Event): void {
  let at = events.push(event) - 1;
  while (at > 0) {
    const above = (at - 1) >> 1;
    if (!isBefore(event, events[above] as Event)) break;
    events[at] = events[above] as Event;
    at = above;
  }
  events[at] = event;
}

function pop(events: Event[]): Event {
  const first = events[0] as Event;
  const last = events.pop() as Event;
  if (events.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= events.length) break;
    if (below + 1 < events.length && isBefore(events[below + 1] as Event, events[below] as Event)) below += 1;
    if (!isBefore(events[below] as Event, last)) break;
    events[at] = events[below] as Event;
    at = below;
  }
  events[at] = last;
  return first;
}
