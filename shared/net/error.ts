import type { ErrorType } from '../config/model.ts';

/** Why an attempt ended without an answer that can be judged: its type, and one sentence for people, without secrets. */
export class AttemptError extends Error {
  readonly errorType: ErrorType;
  constructor(errorType: ErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AttemptError';
    this.errorType = errorType;
  }
}

/** System errors that say that this machine is short of something: no word about the target. */
const ownFaults: Readonly<Record<string, string>> = {
  EMFILE: 'this machine has no file descriptor left',
  ENFILE: 'this machine has no file descriptor left',
  ENOMEM: 'this machine has no memory left',
  ENOBUFS: 'this machine has no network buffer left',
  EADDRNOTAVAIL: 'this machine has no local address or port left for the connection',
  EAFNOSUPPORT: 'this machine cannot use this kind of address',
  EACCES: 'this machine does not allow the connection',
  EPERM: 'this machine does not allow the connection',
};

/** The `code` of a system error, or an empty text. */
export function codeOf(error: unknown): string {
  const hasCode = typeof error === 'object' && error !== null && 'code' in error;
  return hasCode && typeof error.code === 'string' ? error.code : '';
}

/** An error of type `monitor` where the fault is this machine's own. */
export function ownFault(error: unknown): AttemptError | undefined {
  const sentence = ownFaults[codeOf(error)];
  return sentence ? new AttemptError('monitor', `${sentence} (${codeOf(error)})`, { cause: error }) : undefined;
}
