import type { ErrorType, Outcome } from '../config/model.ts';

/** The parts of one request; a part that did not happen is 0. They add up to the latency, give or take a millisecond. */
export type Phases = {
  readonly resolveMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly processingMs: number;
  readonly transferMs: number;
};

export type AssertionResult = {
  readonly assertion: string;
  readonly passed: boolean;
  /** What was found, redacted, at most 256 characters; null where there was nothing. */
  readonly actual: string | null;
  readonly expected: string;
  readonly severity: 'fail' | 'degrade';
};

/**
 * What one probe found: the outcome of its last attempt. The error type is there exactly when the outcome is
 * failed, unknown or blocked.
 */
export type ProbeResult = {
  readonly monitor: string;
  readonly outcome: Outcome;
  readonly errorType?: ErrorType;
  /** One sentence for people, redacted, at most 256 characters. */
  readonly message?: string;
  /** 1 and up; 0 when nothing was sent. */
  readonly attempts: number;
  readonly statusCode?: number;
  /** From the start of resolution to the last byte, in the last attempt; with fractions. */
  readonly latencyMs: number;
  readonly phases: Phases;
  readonly assertions: readonly AssertionResult[];
  readonly redirects: number;
  /** This machine was short of CPU meanwhile: the outcome counts, the times do not. */
  readonly isContaminated: boolean;
  /** The earliest end of validity in the chain that the target served; epoch ms. */
  readonly certificateExpiresAt?: number;
  /** Of a flow, in their order. */
  readonly steps?: readonly StepResult[];
  /** Of a heartbeat: this judgement repeats one that counted already, and is no event of an SLI. */
  readonly isRepeat?: true;
  /** Of a heartbeat: it has not been called yet, and nothing is written down of it. */
  readonly isWaiting?: true;
};

/** What one step of a flow found. One that was not run is `skipped`, with nothing measured. */
export type StepResult = Pick<
  ProbeResult,
  'errorType' | 'message' | 'statusCode' | 'latencyMs' | 'phases' | 'assertions'
> & { readonly step: string; readonly outcome: Outcome | 'skipped' };
