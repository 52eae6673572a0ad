import { BurnwatchError, type HeartbeatMonitor } from '../config/model.ts';
import {
  countedAt,
  dueAt,
  type HeartbeatRecord,
  type PastTrouble,
  type Trouble,
  troubleOf,
} from './heartbeat-record.ts';
import { unmeasured, unsent } from './judge.ts';
import type { AttemptResult, Prober } from './prober.ts';

/**
 * Judges what the calls of a heartbeat left behind, at the instant of its tick; by hand, now. Nothing is sent and nothing
 * measured. `unknown` when it cannot be read.
 */
export const probeHeartbeat: Prober<HeartbeatMonitor> = async (monitor, { at, clock, loadHeartbeat }) => {
  let record: HeartbeatRecord | undefined;
  try {
    record = await loadHeartbeat(monitor.key);
  } catch (error) {
    if (error instanceof BurnwatchError) return unsent(error.message);
    return unsent(`its calls cannot be read (${error instanceof Error ? error.name : 'unknown reason'})`);
  }
  const judged = judgeHeartbeat(monitor, record, at ?? clock.now());
  // Between its ticks, by hand, it is seen and never counts.
  return at === undefined || at % monitor.intervalMs !== 0 ? { ...judged, ...repeat } : judged;
};

/**
 * How a heartbeat stands at the instant `at` of a tick; ticks come every `intervalMs`. `unknown`, and waiting, before its
 * first good or bad call; `failed` while it is overdue or since it said so, and in the first tick after a trouble that came and
 * went between two; else `passed`. One event a period: a failure counts at its first tick and again after every further
 * period of it, a pass at the multiples of the period since the epoch, unless a failure has counted within the last period. All
 * else is a repeat. What was called after `at` does not change what is found, so a late tick finds the same.
 */
export function judgeHeartbeat(
  monitor: HeartbeatMonitor,
  record: HeartbeatRecord | undefined,
  at: number,
): AttemptResult {
  const { intervalMs, periodMs } = monitor;
  if (record === undefined) return waiting;
  const isNew = (instant: number) => instant > at - intervalMs && instant <= at;
  const counted = countedAt(record, monitor, at) ?? -Infinity;
  const trouble = troubleAt(monitor, record, at, isNew);
  if (trouble !== undefined) return failed(monitor, record, trouble, isNew(counted));
  if (record.succeededAt === undefined) return waiting;
  const isDue = isNew(Math.floor(at / periodMs) * periodMs);
  const countedTickAt = Math.ceil(counted / intervalMs) * intervalMs;
  return { ...nothingSent, outcome: 'passed', ...(isDue && at >= countedTickAt + periodMs ? {} : repeat) };
}

/** The trouble that a tick sees: one that lasts, or that began since the tick before. */
function troubleAt(
  monitor: HeartbeatMonitor,
  record: HeartbeatRecord,
  at: number,
  isNew: (instant: number) => boolean,
): Trouble | PastTrouble | undefined {
  const [now, last] = [troubleOf(record, monitor), record.lastTrouble];
  if (now !== undefined && now.fromAt <= at) return now;
  if (last === undefined) return undefined;
  const isSeen = (last.fromAt <= at && at < last.toAt) || isNew(last.fromAt) || isNew(last.countedAt);
  return isSeen ? last : undefined;
}

const repeat = { isRepeat: true } as const;

const nothingSent = { ...unmeasured, assertions: [], isWorthConfirming: false, isSent: false } as const;

/** Nothing is written down of it: what was never called is no lost coverage. */
const waiting: AttemptResult = { ...unsent('it has not been called yet'), isWaiting: true };

function failed(
  monitor: HeartbeatMonitor,
  record: HeartbeatRecord,
  trouble: Trouble | PastTrouble,
  isCounted: boolean,
): AttemptResult {
  return {
    ...nothingSent,
    outcome: 'failed',
    errorType: trouble.isReported ? 'assertion' : 'timeout',
    message: 'toAt' in trouble ? explainPast(trouble) : explain(monitor, record, trouble),
    ...(isCounted ? {} : repeat),
  };
}

function explain(monitor: HeartbeatMonitor, record: HeartbeatRecord, { isReported }: Trouble): string {
  const { succeededAt = 0, failedAt = 0, startedAt, exitCode } = record;
  if (isReported)
    return `it said at ${time(failedAt)} that it failed${exitCode === undefined ? '' : ` (exit code ${exitCode})`}`;
  const due = time(dueAt(record, monitor) ?? 0);
  return startedAt === undefined
    ? `no call since ${time(succeededAt)}, one was due by ${due}`
    : `it began at ${time(startedAt)} and has not said how it ended, which was due by ${due}`;
}

function explainPast({ fromAt, toAt, isReported }: PastTrouble): string {
  return `${isReported ? 'it said that it failed' : 'it was overdue'}, from ${time(fromAt)} until ${time(toAt)}`;
}

/** `2026-03-02 10:00:00 UTC`. */
const time = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
