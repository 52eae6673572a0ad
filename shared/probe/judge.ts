import { evaluateAssertion, needsBody } from '../assertion/evaluate.ts';
import { redactShort } from '../assertion/redact.ts';
import { type Answer, prepareAnswer } from '../assertion/response.ts';
import type { Assertion, ErrorType } from '../config/model.ts';
import type { AttemptResult } from './prober.ts';
import type { AssertionResult, Phases } from './result.ts';
import type { Strain } from './watch.ts';

/** The judgement of an attempt, beside what was measured. */
export type Judged = Omit<AttemptResult, 'latencyMs' | 'phases' | 'redirects' | 'isContaminated'>;

export type Judgeable = { readonly assertions: readonly Assertion[]; readonly degradedAfterMs?: number };

/**
 * Judges an answer that came: every assertion, then slowness. A contaminated sample is never judged by its times. A miss is
 * worth confirming when the status says that the target itself failed (5xx), or there is no status.
 */
export async function judgeAnswer(
  { assertions: all, degradedAfterMs }: Judgeable,
  answer: Answer,
  secrets: readonly string[],
): Promise<Judged> {
  const prepared = await prepareAnswer(answer, all);
  const assertions = all.map((assertion) => evaluateAssertion(assertion, prepared, secrets));
  const failedAt = assertions.findIndex(({ passed, severity }) => !passed && severity === 'fail');
  const { statusCode, body } = answer;
  const common = {
    ...(statusCode === undefined ? {} : { statusCode }),
    assertions,
    isSent: true,
    isWorthConfirming: failedAt >= 0 && (statusCode === undefined || statusCode >= 500),
  };
  if (failedAt >= 0) {
    const isBody = body !== undefined && 'problem' in body && isBodyMiss(all[failedAt]);
    const message = redactShort(sentence(assertions[failedAt]), secrets);
    return { ...common, outcome: 'failed', errorType: isBody ? 'body' : 'assertion', message };
  }
  const slow = slowness(degradedAfterMs, answer) ?? sentence(assertions.find(({ passed }) => !passed));
  return slow === ''
    ? { ...common, outcome: 'passed' }
    : { ...common, outcome: 'degraded', message: redactShort(slow, secrets) };
}

const networkErrors: readonly ErrorType[] = ['resolve', 'connect', 'tls', 'timeout', 'protocol', 'body'];

export type Failure = {
  readonly errorType: ErrorType;
  readonly message: string;
  readonly statusCode?: number;
  /** False when nothing left this machine. */
  readonly isSent: boolean;
};

/** A timeout says nothing about the target when this process stood still for more than this part of it. */
const ownPart = 0.25;

/** Judges an attempt that ended without an answer. */
export function judgeFailure(failure: Failure, strain: Strain, timeoutMs: number, secrets: readonly string[]): Judged {
  const { isSent, statusCode } = failure;
  const isOurs = failure.errorType === 'timeout' && strain.heldUpMs > ownPart * timeoutMs;
  const errorType = isOurs ? 'monitor' : failure.errorType;
  const message = isOurs
    ? `${failure.message}, of which this machine stood still for ${Math.round(strain.heldUpMs)} ms`
    : failure.message;
  return {
    outcome: outcomeOf(errorType),
    errorType,
    message: redactShort(message, secrets),
    ...(statusCode === undefined ? {} : { statusCode }),
    assertions: [],
    isWorthConfirming: networkErrors.includes(errorType) || isOurs,
    isSent,
  };
}

function outcomeOf(errorType: ErrorType): 'failed' | 'unknown' | 'blocked' {
  if (errorType === 'monitor') return 'unknown';
  return errorType === 'blocked' ? 'blocked' : 'failed';
}

/** Nothing was sent, so there is nothing to measure. */
export const unmeasured = {
  latencyMs: 0,
  phases: { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 },
  redirects: 0,
  isContaminated: false,
} as const;

/** The fault is our own: nothing was sent. */
export function unsent(message: string): AttemptResult {
  return {
    outcome: 'unknown',
    errorType: 'monitor',
    message: redactShort(message, []),
    ...unmeasured,
    assertions: [],
    isWorthConfirming: false,
    isSent: false,
  };
}

function isBodyMiss(assertion: Assertion | undefined): boolean {
  return assertion !== undefined && needsBody(assertion);
}

function slowness(limitMs: number | undefined, { latencyMs, isContaminated }: Answer): string | undefined {
  if (limitMs === undefined || latencyMs <= limitMs || isContaminated) return undefined;
  return `it took ${Math.round(latencyMs)} ms, longer than ${limitMs} ms`;
}

/** What a miss says; an empty text where nothing was missed. */
export function sentence(missed: AssertionResult | undefined): string {
  if (!missed) return '';
  return `${missed.assertion}, but found ${missed.actual === null ? 'nothing' : missed.actual}`;
}

/** Microseconds are as fine as the clock is. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

export function roundPhases(phases: Phases): Phases {
  return {
    resolveMs: roundMs(phases.resolveMs),
    connectMs: roundMs(phases.connectMs),
    tlsMs: roundMs(phases.tlsMs),
    processingMs: roundMs(phases.processingMs),
    transferMs: roundMs(phases.transferMs),
  };
}
