import { BurnwatchError } from '../../config/model.ts';
import { parseScheduledTime } from '../tick.ts';

/** What an invocation of the probe function asks for. */
export type ProbeRequest =
  | { readonly kind: 'tick'; readonly shard: string; readonly at: number }
  /** Without `monitors` all of them. Recorded runs write a row of their own; others leave no trace. */
  | { readonly kind: 'manual'; readonly monitors?: readonly string[]; readonly isRecorded: boolean };

const manualKeys = ['monitors', 'record'];
const mostMonitors = 1_000;
const longestId = 64;

/**
 * `{"scheduledTime", "shard"}` is a tick; `{"monitors": ["id", …], "record": true}` is a run by hand, and so is nothing
 * at all: then every monitor is probed. Anything else throws BURN_EVENT_INVALID with what to send instead.
 */
export function parseProbeEvent(event: unknown, arrivedAt: number): ProbeRequest {
  if (event === null || event === undefined || event === '') return { kind: 'manual', isRecorded: false };
  if (typeof event !== 'object' || Array.isArray(event)) throw invalid('the event must be a JSON object');
  const { shard, scheduledTime } = event as Record<string, unknown>;
  if (typeof shard === 'string') return { kind: 'tick', shard, at: parseScheduledTime(scheduledTime, arrivedAt) };
  if (shard !== undefined) throw invalid('shard must be a string');
  return parseManual(event as Record<string, unknown>);
}

function parseManual(event: Record<string, unknown>): ProbeRequest {
  const { monitors, record = false } = event;
  const unknown = Object.keys(event).filter((key) => !manualKeys.includes(key));
  if (unknown.length > 0) throw invalid(`unknown key ${unknown.slice(0, 3).join(', ').slice(0, longestId)}`);
  if (typeof record !== 'boolean') throw invalid('record must be true or false');
  if (monitors === undefined) return { kind: 'manual', isRecorded: record };
  if (!Array.isArray(monitors) || monitors.length === 0 || monitors.length > mostMonitors)
    throw invalid(`monitors must be a list of 1 to ${mostMonitors} ids`);
  if (!monitors.every((id) => typeof id === 'string' && id.length > 0 && id.length <= longestId))
    throw invalid(`each of monitors must be an id of at most ${longestId} characters`);
  return { kind: 'manual', monitors: [...new Set<string>(monitors)], isRecorded: record };
}

const invalid = (reason: string): BurnwatchError =>
  new BurnwatchError('BURN_EVENT_INVALID', `${reason}; by hand the event is {"monitors": ["id"], "record": false}`);
