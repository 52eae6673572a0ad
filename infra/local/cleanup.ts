export type Cleanup = {
  add(step: () => void | Promise<void>): void;
  /** Runs every step once, the newest first; a step that fails does not stop the others. */
  run(): Promise<void>;
};

/** What has to be undone, in the opposite order. */
export function createCleanup(onError: (error: unknown) => void): Cleanup {
  const steps: (() => void | Promise<void>)[] = [];
  return {
    add: (step) => {
      steps.push(step);
    },
    run: async () => {
      for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
        try {
          await step();
        } catch (error) {
          onError(error);
        }
      }
    },
  };
}
