import type { HeartbeatCall } from '../../probe/heartbeat-record.ts';

/** What the path of a call says. */
export type HeartbeatPath = { readonly id: string; readonly token: string; readonly call: HeartbeatCall };

/** No path of ours is longer, and none that is needs to be looked at. */
const longestPath = 200;
const pattern = /^\/heartbeats\/([a-z0-9-]{1,64})\/([A-Za-z0-9_-]{22})(?:\/(start|fail|0|[1-9][0-9]{0,2}))?$/;
const highestExitCode = 255;

/**
 * Reads `/heartbeats/<id>/<token>`, which says that all is well, and the same with `/start`, `/fail` or an exit code from 0
 * (well) to 255 after it: the calls of healthchecks.io (https://healthchecks.io/docs/http_api/). Undefined for anything else.
 */
export function parseHeartbeatPath(path: string): HeartbeatPath | undefined {
  const [, id, token, word] = (path.length <= longestPath && pattern.exec(path)) || [];
  const call = callOf(word);
  return id === undefined || token === undefined || call === undefined ? undefined : { id, token, call };
}

function callOf(word: string | undefined): HeartbeatCall | undefined {
  if (word === undefined || word === '0') return { kind: 'success' };
  if (word === 'start' || word === 'fail') return { kind: word };
  const exitCode = Number(word);
  return exitCode <= highestExitCode ? { kind: 'fail', exitCode } : undefined;
}
