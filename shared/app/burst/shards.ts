import type { ShardReport } from '../../burst/model.ts';
import type { Clock } from '../../clock/clock.ts';
import type { Burst } from '../../config/model.ts';
import type { BurstStore, KeptPart, RunKey } from '../ports.ts';
import { latestTickMs } from '../tick.ts';

/** Schedules are precise to a minute: so long after their time every shard has come, and they begin. */
const gatherMs = 60_000;
/** A shard that has not claimed its part so long after the others began is never heard of. */
const silenceMs = 5_000;
/** What the last requests, the summary and a slow ledger take beside what the burst itself may. */
const slackMs = 15_000;
const pollMs = 1_000;

/** When a run that was scheduled at `at` begins: at once, or for shards together (epoch ms all). */
export function beginningOf({ shards }: Burst, at: number): number {
  return shards === 1 ? at : at + gatherMs;
}

/** Why a part that came now would no longer be part of its run; undefined where it is in time. */
export function lateness(burst: Burst, at: number, now: number): string | undefined {
  const { shards } = burst;
  const latestAt = shards === 1 ? at + latestTickMs : beginningOf(burst, at);
  if (now <= latestAt) return undefined;
  if (shards > 1) return `it came ${seconds(now - latestAt)} after the instant at which all begin`;
  return `it came ${seconds(now - at)} after its time, and more than ${seconds(latestTickMs)} is too late`;
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;

export type Gathering = {
  readonly burst: Burst;
  readonly run: RunKey;
  readonly clock: Clock;
  readonly store: Pick<BurstStore, 'loadParts'>;
  /** Aborted when the invocation has to say what it has. */
  readonly deadline: AbortSignal;
};

/**
 * The parts of a run, as soon as nothing more can come of any: every one has said what came of it, or was never begun. What has
 * not by the longest that the run may take is given as it is. Throws where the ledger refuses.
 */
export async function gatherParts(gathering: Gathering): Promise<readonly KeptPart[]> {
  const { burst, run, clock, store, deadline } = gathering;
  const { limits, timeoutMs } = burst;
  const endsAt = beginningOf(burst, run.runAt) + limits.durationMs + timeoutMs + slackMs;
  for (;;) {
    const parts = await store.loadParts(run);
    if (areSettled(burst, run.runAt, parts, clock.now()) || clock.now() >= endsAt || deadline.aborted) return parts;
    await clock.sleep(pollMs, deadline).catch(() => {}); // then it is looked once more, for the last time
  }
}

/** Whether every part of a run has said what came of it, or will never be begun. */
export function areSettled(burst: Burst, at: number, parts: readonly KeptPart[], now: number): boolean {
  const isOver = now > beginningOf(burst, at) + silenceMs;
  return shardsOf(burst).every((shard) => {
    const part = parts.find((each) => each.shard === shard);
    return part === undefined ? isOver : part.state !== 'claimed';
  });
}

/** How many have sent, and what kept the others. */
export function reportOf(burst: Burst, parts: readonly KeptPart[]): ShardReport {
  const missing = shardsOf(burst).flatMap((shard) => {
    const part = parts.find((each) => each.shard === shard);
    const why = reasonOf(part);
    return why === undefined ? [] : [`${nameOf(burst, shard)}: ${why}`];
  });
  return { expected: burst.shards, merged: burst.shards - missing.length, missing };
}

function reasonOf(part: KeptPart | undefined): string | undefined {
  if (part === undefined) return 'it never came';
  switch (part.state) {
    case 'sent':
      return undefined;
    case 'claimed':
      return 'it began, and never said what came of it';
    default:
      return part.reason;
  }
}

/** For people: shards are counted from one. */
export const nameOf = ({ shards }: Burst, shard: number): string => `shard ${shard + 1} of ${shards}`;
const shardsOf = ({ shards }: Burst): readonly number[] => Array.from({ length: shards }, (_, shard) => shard);
