import type { HeartbeatMonitor } from '../config/model.ts';

/** What the calls of a heartbeat left behind; instants are epoch ms. */
export type HeartbeatRecord = {
  /** The newest call that said that all is well. */
  readonly succeededAt?: number;
  /** Since when it has said that something failed (`/fail`, an exit code above 0), until the next good call. */
  readonly failedAt?: number;
  /** The exit code of that first failure, where it gave one. */
  readonly exitCode?: number;
  /** The first `/start` that no call has ended yet: a job that dies at each start must not look busy for ever. */
  readonly startedAt?: number;
  /** The newest trouble that is over: it counts although it may have come and gone between two judgements. */
  readonly lastTrouble?: PastTrouble;
};

/** A span in which a heartbeat was overdue, or had said that something failed. */
export type Trouble = {
  readonly fromAt: number;
  /** It began with a failure that was reported, not with silence. */
  readonly isReported: boolean;
};
export type PastTrouble = Trouble & {
  readonly toAt: number;
  /** When it counted last as a bad event; of a trouble too soon after another one, when that one did. */
  readonly countedAt: number;
};

export type HeartbeatCall =
  | { readonly kind: 'success' }
  | { readonly kind: 'start' }
  | { readonly kind: 'fail'; readonly exitCode?: number };

export type Rhythm = Pick<HeartbeatMonitor, 'periodMs' | 'graceMs'>;

/**
 * The record after a call at `at`. A call that is repeated, or older than what is known already, changes nothing and
 * gives the same object back; so callers, and writers, may try again. At the same instant a good call wins.
 */
export function stepHeartbeat(
  record: HeartbeatRecord,
  call: HeartbeatCall,
  at: number,
  rhythm: Rhythm,
): HeartbeatRecord {
  const { succeededAt = -Infinity, failedAt = -Infinity, startedAt = Infinity } = record;
  switch (call.kind) {
    case 'start':
      return record.failedAt !== undefined || at <= succeededAt || at >= startedAt
        ? record
        : { ...record, startedAt: at };
    case 'fail':
      return record.failedAt !== undefined || at <= succeededAt ? record : fail(record, call.exitCode, at, rhythm);
    case 'success':
      return at <= succeededAt || at < failedAt ? record : succeed(record, at, rhythm);
    default:
      return call satisfies never;
  }
}

function fail(record: HeartbeatRecord, exitCode: number | undefined, at: number, rhythm: Rhythm): HeartbeatRecord {
  return { ...endTrouble(record, at, rhythm), failedAt: at, ...(exitCode === undefined ? {} : { exitCode }) };
}

function succeed(record: HeartbeatRecord, at: number, rhythm: Rhythm): HeartbeatRecord {
  const { failedAt: _, exitCode: __, ...kept } = endTrouble(record, at, rhythm);
  return { ...kept, succeededAt: at };
}

/** Without the run that this call ends; the trouble that it ends, if there is any, is past. */
function endTrouble(record: HeartbeatRecord, at: number, rhythm: Rhythm): HeartbeatRecord {
  const { startedAt, ...rest } = record;
  const kept = startedAt === undefined || startedAt <= at ? rest : record;
  const trouble = troubleOf(record, rhythm);
  if (trouble === undefined || trouble.fromAt >= at) return kept;
  const lastTrouble = { ...trouble, toAt: at, countedAt: countedAt(record, rhythm, at) ?? trouble.fromAt };
  return { ...kept, lastTrouble };
}

/** When the next good call is due at the latest; undefined where nothing has been heard yet. */
export function dueAt({ succeededAt, startedAt }: HeartbeatRecord, { periodMs, graceMs }: Rhythm): number | undefined {
  const heardAt = succeededAt ?? startedAt;
  return heardAt === undefined ? undefined : heardAt + periodMs + graceMs;
}

/** The trouble that it is in, or will be in unless somebody calls; its start may lie ahead. */
export function troubleOf(record: HeartbeatRecord, rhythm: Rhythm): Trouble | undefined {
  if (record.failedAt !== undefined) return { fromAt: record.failedAt, isReported: true };
  const overdueAt = dueAt(record, rhythm);
  return overdueAt === undefined ? undefined : { fromAt: overdueAt, isReported: false };
}

/**
 * The newest instant up to `at` at which trouble counted as a bad event: at its start, and again after every further period
 * of it, never twice within a period. Undefined where none did.
 */
export function countedAt(record: HeartbeatRecord, rhythm: Rhythm, at: number): number | undefined {
  const [now, last] = [troubleOf(record, rhythm), record.lastTrouble];
  const counted = now && newestCount(now, last?.countedAt, rhythm, at);
  if (counted !== undefined || last === undefined) return counted;
  return last.countedAt <= at ? last.countedAt : newestCount(last, undefined, rhythm, at);
}

/**
 * After a failure that was reported the next run may be late by its grace (half a period of it at most) before the period
 * counts once more: it comes a whole period later, give or take a moment.
 */
function newestCount(
  { fromAt, isReported }: Trouble,
  previousAt: number | undefined,
  { periodMs, graceMs }: Rhythm,
  at: number,
): number | undefined {
  const first = Math.max(fromAt, (previousAt ?? -Infinity) + periodMs);
  if (at < first) return undefined;
  const again = first + periodMs + (isReported ? Math.min(graceMs, periodMs / 2) : 0);
  return at < again ? first : again + Math.floor((at - again) / periodMs) * periodMs;
}
