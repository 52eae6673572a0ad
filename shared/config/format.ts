import { BurnwatchError } from './model.ts';

const code = 'BURN_FORMAT_NEWER';

/** What to say of something kept that a newer release has written in a format that this one does not know, after a rollback. */
export function newerFormat(what: string, found: number, known: number): BurnwatchError {
  return new BurnwatchError(
    code,
    `${what} has format ${found}, and this release reads up to ${known}: a newer one wrote it. ` +
      'Deploy that one again, or a later one; nothing of it was changed (docs/operate.md)',
  );
}

/** It says that something cannot be read, not that nobody could be asked: what lies beside it may still be read. */
export function isUnreadable(error: unknown): error is BurnwatchError {
  return error instanceof BurnwatchError && [code, 'BURN_LEDGER_CORRUPT', 'BURN_STATE_CORRUPT'].includes(error.code);
}
