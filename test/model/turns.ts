import { setImmediate as settle } from 'node:timers/promises';

/**
 * Invocations that run at once, of which one at a time goes on. Each waits for its turn before whatever reaches the world, and
 * `pick` says whose is next: a number from 0 up to how many wait.
 */
export type Turns = {
  wait(): Promise<void>;
  /** Until all of them have ended. */
  runAll(invocations: readonly (() => Promise<void>)[]): Promise<void>;
};

export function createTurns(pick: (waiting: number) => number): Turns {
  const waiting: (() => void)[] = [];
  let running = 0;
  return {
    wait: () => (running < 2 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    runAll: async (invocations) => {
      running = invocations.length;
      if (running === 1) return invocations[0]?.();
      let left = running;
      for (const invocation of invocations)
        void invocation().finally(() => {
          left -= 1;
        });
      while (left > 0) {
        await settle();
        waiting.splice(pick(waiting.length), 1)[0]?.();
      }
      return undefined;
    },
  };
}
