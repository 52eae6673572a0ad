import type { ProbeResult } from './result.ts';

/** A probe's result as `burnwatch probe --json` prints it and an invocation by hand answers it: a contract with scripts. */
export type ProbeRow = Pick<
  ProbeResult,
  'monitor' | 'outcome' | 'errorType' | 'message' | 'attempts' | 'statusCode' | 'latencyMs' | 'phases'
> & {
  readonly assertions: readonly {
    readonly assertion: string;
    readonly passed: boolean;
    readonly actual: string | null;
    readonly expected: string;
  }[];
};

/** The keys in the order of the contract; those that do not apply are left out. */
export function rowOf(result: ProbeResult): ProbeRow {
  const { monitor, outcome, errorType, message, attempts, statusCode, latencyMs, phases } = result;
  return {
    monitor,
    outcome,
    ...(errorType === undefined ? {} : { errorType }),
    ...(message === undefined ? {} : { message }),
    attempts,
    ...(statusCode === undefined ? {} : { statusCode }),
    latencyMs,
    phases,
    assertions: result.assertions.map(({ assertion, passed, actual, expected }) => ({
      assertion,
      passed,
      actual,
      expected,
    })),
  };
}
