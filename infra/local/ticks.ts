import type { InvocationResult } from './function-host.ts';
import type { Functions } from './functions.ts';
import type { Schedule } from './stack.ts';
import type { Terminal } from './terminal.ts';

const placeholder = '<aws.scheduler.scheduled-time>';

/**
 * One tick: every schedule's function with its event, evaluate after all the others. A function that begins to fail is
 * said once, and once more when it works again.
 */
export function createTicks(functions: Functions, terminal: Terminal) {
  const failing = new Set<string>();

  const invoke = async ({ functionName, input }: Schedule, at: number): Promise<void> => {
    const result = await functions.invoke(functionName, input.replaceAll(placeholder, scheduledTime(at)));
    if (result.isError !== failing.has(functionName)) report(functionName, result);
  };
  const report = (name: string, { isError, payload }: InvocationResult): void => {
    if (isError) failing.add(name);
    else failing.delete(name);
    if (isError)
      terminal.line('bad', `the function ${name} fails: ${errorMessage(payload)} (its log is in the data folder)`);
    else terminal.line('good', `the function ${name} works again`);
  };

  return async (schedules: readonly Schedule[], at: number): Promise<void> => {
    const [last, first] = [isEvaluate, (schedule: Schedule) => !isEvaluate(schedule)].map((is) => schedules.filter(is));
    await Promise.all((first ?? []).map((schedule) => invoke(schedule, at)));
    await Promise.all((last ?? []).map((schedule) => invoke(schedule, at)));
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
