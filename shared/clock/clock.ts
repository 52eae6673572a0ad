import { setTimeout as delay } from 'node:timers/promises';

/** Time as a value to pass in, so that tests can hold it still. */
export type Clock = {
  /** Epoch milliseconds. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go back, with fractions: for spans. */
  monotonicMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) => delay(ms, undefined, signal ? { signal } : {}),
};
