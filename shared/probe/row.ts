import type { AssertionResult, ProbeResult, StepResult } from './result.ts';

/** A probe's result as `burnwatch probe --json` prints it and an invocation by hand answers it: a contract with scripts. */
export type ProbeRow = Pick<
  ProbeResult,
  'monitor' | 'outcome' | 'errorType' | 'message' | 'attempts' | 'statusCode' | 'latencyMs' | 'phases'
> & {
  readonly assertions: readonly AssertionRow[];
  /** Of a flow. */
  readonly steps?: readonly (Omit<StepResult, 'assertions'> & { readonly assertions: readonly AssertionRow[] })[];
  /** This machine was short of CPU: the outcome counts, the times do not. */
  readonly contaminated?: true;
  /** ISO 8601, UTC. */
  readonly certificateExpiresAt?: string;
};
type AssertionRow = Omit<AssertionResult, 'severity'>;

/** The keys in the order of the contract; those that do not apply are left out. */
export function rowOf(result: ProbeResult): ProbeRow {
  const { monitor, outcome, errorType, message, attempts, statusCode, latencyMs, phases, steps } = result;
  const { isContaminated, certificateExpiresAt } = result;
  return {
    monitor,
    outcome,
    ...(errorType === undefined ? {} : { errorType }),
    ...(message === undefined ? {} : { message }),
    attempts,
    ...(statusCode === undefined ? {} : { statusCode }),
    latencyMs,
    phases,
    assertions: result.assertions.map(assertionRow),
    ...(steps === undefined
      ? {}
      : { steps: steps.map((step) => ({ ...step, assertions: step.assertions.map(assertionRow) })) }),
    ...(isContaminated ? { contaminated: true } : {}),
    ...(certificateExpiresAt === undefined ? {} : { certificateExpiresAt: toIso(certificateExpiresAt) }),
  };
}

function assertionRow({ assertion, passed, actual, expected }: AssertionResult): AssertionRow {
  return { assertion, passed, actual, expected };
}

const toIso = (at: number): string => new Date(at).toISOString();
