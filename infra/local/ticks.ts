import type { Functions } from './function/functions.ts';
import type { InvocationResult } from './function/host.ts';
import type { Schedule } from './stack.ts';
import type { Terminal } from './terminal.ts';

const placeholder = '<aws.scheduler.scheduled-time>';

export type Ticks = {
  /** One tick; resolves when what does not take until the next one has ended. */
  run(schedules: readonly Schedule[], at: number): Promise<void>;
  /** From now on nothing is said: what still runs will be cut off. */
  stop(): void;
};

/**
 * Ticks: every schedule's function with its event, evaluate after those of the others that do not take until the next tick. A
 * function that begins to fail is said once, and once more when it works again.
 */
export function createTicks(functions: Functions, terminal: Terminal): Ticks {
  const failing = new Set<string>();
  let isStopped = false;

  const invoke = async ({ functionName, input }: Schedule, at: number): Promise<void> => {
    const result = await functions.invoke(functionName, input.replaceAll(placeholder, scheduledTime(at)));
    if (!isStopped && result.isError !== failing.has(functionName)) report(functionName, result);
  };
  const report = (name: string, { isError, payload }: InvocationResult): void => {
    if (isError) failing.add(name);
    else failing.delete(name);
    if (isError)
      terminal.line('bad', `the function ${name} fails: ${errorMessage(payload)} (its log is in the data folder)`);
    else terminal.line('good', `the function ${name} works again`);
  };

  return {
    run: async (schedules, at) => {
      const [others, last] = [false, true].map((is) => schedules.filter((schedule) => isEvaluate(schedule) === is));
      const begun = (others ?? []).map((schedule) => ({ schedule, ended: invoke(schedule, at) }));
      await Promise.all(begun.filter(({ schedule }) => !schedule.isSpan).map(({ ended }) => ended));
      await Promise.all((last ?? []).map((schedule) => invoke(schedule, at)));
    },
    stop: () => {
      isStopped = true;
    },
  };
}

const isEvaluate = ({ functionName }: Schedule): boolean => functionName === 'evaluate';

/** As EventBridge writes it: `2026-11-21T01:13:00Z`. */
export function scheduledTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function errorMessage(payload: string): string {
  const { errorMessage: message } = JSON.parse(payload) as { readonly errorMessage?: unknown };
  return String(message).split('\n')[0]?.slice(0, 200) ?? '';
}
