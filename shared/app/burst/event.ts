import { BurnwatchError } from '../../config/model.ts';
import { parseScheduledTime } from '../tick.ts';

/** What an invocation of the burst function asks for. `at` is the scheduled time, epoch ms. */
export type BurstRequest =
  | { readonly kind: 'scheduled'; readonly burst: string; readonly at: number; readonly shard: number }
  /** The whole load in one invocation. Recorded runs are kept and published; others leave no trace. */
  | { readonly kind: 'manual'; readonly burst: string; readonly isRecorded: boolean };

const idPattern = /^[a-z0-9-]{1,64}$/;
const scheduledKeys = ['scheduledTime', 'burst', 'shard'];
const manualKeys = ['burst', 'record'];
const longestShown = 64;
/** The Scheduler's clock and ours may differ; a time that is further ahead is nobody's schedule. */
const mostAheadMs = 60_000;

/**
 * `{"scheduledTime", "burst", "shard"}` is one part of a scheduled run; `{"burst": "id", "record": true}` is a run by hand.
 * Anything else throws BURN_EVENT_INVALID with what to send instead.
 */
export function parseBurstEvent(event: unknown, arrivedAt: number): BurstRequest {
  if (typeof event !== 'object' || event === null || Array.isArray(event))
    throw invalid('the event must be a JSON object');
  const fields = event as Readonly<Record<string, unknown>>;
  const { burst } = fields;
  if (typeof burst !== 'string' || !idPattern.test(burst)) throw invalid('burst must be the id of a burst');
  return Object.hasOwn(fields, 'shard')
    ? parseScheduled(burst, fields, arrivedAt)
    : { kind: 'manual', burst, isRecorded: readRecord(fields) };
}

function parseScheduled(burst: string, fields: Readonly<Record<string, unknown>>, arrivedAt: number): BurstRequest {
  refuseOthers(fields, scheduledKeys);
  const { shard, scheduledTime } = fields;
  if (!Number.isSafeInteger(shard) || Number(shard) < 0) throw invalid('shard must be a number from 0 on');
  const at = parseScheduledTime(scheduledTime, arrivedAt);
  if (at - arrivedAt > mostAheadMs) throw invalid('scheduledTime must not be ahead of the clock');
  return { kind: 'scheduled', burst, at, shard: Number(shard) };
}

function readRecord(fields: Readonly<Record<string, unknown>>): boolean {
  refuseOthers(fields, manualKeys);
  const { record = false } = fields;
  if (typeof record !== 'boolean') throw invalid('record must be true or false');
  return record;
}

function refuseOthers(fields: Readonly<Record<string, unknown>>, known: readonly string[]): void {
  const unknown = Object.keys(fields).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw invalid(`unknown key ${unknown.slice(0, 3).join(', ').slice(0, longestShown)}`);
}

const invalid = (reason: string): BurnwatchError =>
  new BurnwatchError('BURN_EVENT_INVALID', `${reason}; by hand the event is {"burst": "id", "record": false}`);
