import type { Deadline } from '../clock/deadline.ts';
import type { ErrorType } from '../config/model.ts';
import { AttemptError, ownFault } from './error.ts';
import type { Phase } from './phases.ts';

const waitedFor: Readonly<Record<Phase, string>> = {
  resolve: 'the name was not resolved',
  connect: 'no connection was made',
  tls: 'the TLS handshake was not finished',
  processing: 'no answer came',
  transfer: 'the answer did not end',
};

/** Why an attempt failed, charged to the phase in which it did: its type, and one sentence for people. Never throws. */
export function explainError(
  error: unknown,
  { deadline, phase, timeoutMs }: { deadline: Deadline; phase: Phase; timeoutMs: number },
): { errorType: ErrorType; message: string } {
  if (deadline.isExpired()) {
    return { errorType: 'timeout', message: `${waitedFor[phase]} within ${timeoutMs} ms` };
  }
  if (deadline.signal.aborted) {
    return { errorType: 'monitor', message: 'the probe was stopped before it ended' };
  }
  const known = error instanceof AttemptError ? error : ownFault(error);
  if (known) return { errorType: known.errorType, message: known.message };
  const name = error instanceof Error ? error.name : typeof error;
  return { errorType: 'monitor', message: `the probe failed by a fault of its own (${name})` };
}
