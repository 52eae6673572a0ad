import { untilAborted } from '../../clock/deadline.ts';
import { BurnwatchError, type Config, type HeartbeatMonitor } from '../../config/model.ts';
import { type HeartbeatCall, type HeartbeatRecord, stepHeartbeat } from '../../probe/heartbeat-record.ts';
import { type HeartbeatPath, parseHeartbeatPath } from './path.ts';
import { isHeartbeatToken, readHeartbeatKey } from './token.ts';

export type { HeartbeatRecord };

/** What the status function knows of a heartbeat: the file beside its bundle is a list of these. */
export type Heartbeat = Pick<HeartbeatMonitor, 'id' | 'key' | 'periodMs' | 'graceMs'>;

/** The heartbeats of a configuration, as they are written beside the bundle. */
export function heartbeatsOf({ monitors }: Pick<Config, 'monitors'>): readonly Heartbeat[] {
  return monitors.flatMap((monitor) => {
    if (monitor.type !== 'heartbeat') return [];
    const { id, key, periodMs, graceMs } = monitor;
    return [{ id, key, periodMs, graceMs }];
  });
}

export type HeartbeatStore = {
  /** Version 0 and an empty record where nobody has called yet. */
  load(key: number): Promise<{ readonly record: HeartbeatRecord; readonly version: number }>;
  /** Writes if the stored version is still `version`. */
  save(heartbeat: Heartbeat, record: HeartbeatRecord, version: number): Promise<'saved' | 'conflict'>;
};

export type HeartbeatDeps = {
  readonly heartbeats: readonly Heartbeat[];
  /** Name of the SSM parameter that holds the key, and how it is read. */
  readonly keyParameter: string;
  readonly readParameter: (path: string) => Promise<string | undefined>;
  readonly loadStore: () => Promise<HeartbeatStore>;
  readonly now: () => number;
  readonly onCall: (id: string, call: HeartbeatCall) => void;
  readonly onTrouble: (message: string, cause?: unknown) => void;
  /** Aborted when an answer is due. */
  readonly deadline: AbortSignal;
};

/** `refused`: no such heartbeat, or not its token, or no such path; which of them is told to nobody. */
export type HeartbeatAnswer = 'taken' | 'refused' | 'unavailable';

/**
 * Takes a call. Whoever was answered `unavailable` should call again; calls may be repeated. What cannot be read or written
 * is told to `onTrouble`, without any secret. Never rejects.
 */
export async function takeCall(path: string, deps: HeartbeatDeps): Promise<HeartbeatAnswer> {
  const at = deps.now();
  const said = parseHeartbeatPath(path);
  if (said === undefined) return 'refused';
  try {
    return await untilAborted(deps.deadline, (resolve, reject) => {
      take(said, at, deps).then(resolve, reject);
      return () => {};
    });
  } catch (cause) {
    deps.onTrouble('a call of a heartbeat could not be taken', cause);
    return 'unavailable';
  }
}

async function take({ id, token, call }: HeartbeatPath, at: number, deps: HeartbeatDeps): Promise<HeartbeatAnswer> {
  const found = readHeartbeatKey(await deps.readParameter(deps.keyParameter), deps.keyParameter);
  if ('problem' in found) {
    deps.onTrouble(found.problem);
    return 'unavailable';
  }
  const isRight = [found.key, ...found.older].some((key) => isHeartbeatToken(token, key, id));
  const heartbeat = deps.heartbeats.find((each) => each.id === id);
  if (!isRight || heartbeat === undefined) return 'refused';
  await remember(heartbeat, call, at, await deps.loadStore());
  deps.onCall(id, call);
  return 'taken';
}

/** Each conflict is another call that was taken: so many at once are a fault. */
const mostConflicts = 5;

async function remember(heartbeat: Heartbeat, call: HeartbeatCall, at: number, store: HeartbeatStore): Promise<void> {
  for (let round = 0; round < mostConflicts; round += 1) {
    const { record, version } = await store.load(heartbeat.key);
    const next = stepHeartbeat(record, call, at, heartbeat);
    if (next === record) return;
    if ((await store.save(heartbeat, next, version)) === 'saved') return;
  }
  throw new BurnwatchError(
    'BURN_HEARTBEAT_CONTENDED',
    `${heartbeat.id} was called by so many at once that ${mostConflicts} writes met another one`,
  );
}
