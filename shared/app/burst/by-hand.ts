import type { BurstSummary, Progress } from '../../burst/model.ts';
import { BurnwatchError, type Burst } from '../../config/model.ts';
import type { BurstStore } from '../ports.ts';
import { budgetRefusal } from './budget.ts';
import type { BurstDeps } from './burst.ts';
import type { BurstRequest } from './event.ts';
import { keepRun } from './keep.ts';
import { progressAttributes, summaryAttributes } from './log.ts';
import type { BurstPackage, PackagedBurst } from './package.ts';
import { refused } from './units.ts';

export type ByHandDeps = BurstDeps & {
  /** Whether the one who asks may ask again by itself while it waits, as clients of AWS do. */
  readonly isAskedAgain: boolean;
};

/**
 * The AWS CLI asks again when it has waited for an answer for a minute, its SDKs after two: a run that takes longer would be sent
 * twice. https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-options.html (`--cli-read-timeout`)
 */
const longestPatienceMs = 50_000;
/** Between two tries an SDK waits at most 20 s: https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html */
const lingerMs = 30_000;

/**
 * Sends a burst by hand, whole, in this one invocation, and answers its summary. It leaves no trace, unless it is to be recorded:
 * then it is kept and published like a scheduled run, under the moment at which it began. Throws BURN_BURST_UNKNOWN, with the
 * bursts that there are, and BURN_BURST_REFUSED where nothing may be sent now.
 */
export async function sendByHand(
  bursts: BurstPackage,
  { burst: id, isRecorded }: BurstRequest & { readonly kind: 'manual' },
  deps: ByHandDeps,
): Promise<BurstSummary> {
  const packaged = choose(bursts, id);
  const { burst } = packaged;
  const refusal = await budgetRefusal(burst, bursts, deps);
  if (refusal !== undefined) throw refused(burst, refusal);
  const release = await holdAlone(burst, deps);
  const runAt = deps.clock.now();
  const onProgress = (progress: Progress) =>
    deps.log('info', 'burst under way', progressAttributes(id, undefined, progress));
  const sent = await deps.send(packaged, { signal: deps.signal, onProgress }).finally(release);
  deps.log('info', 'burst sent', summaryAttributes(sent.summary));
  if (!isRecorded) return sent.summary;
  const keep = { ...deps, store: await deps.loadStore(), saveVerdict: await deps.loadVerdictWriter() };
  return (await keepRun(burst, { burst: id, runAt }, sent, keep)).summary;
}

function choose({ bursts }: BurstPackage, id: string): PackagedBurst {
  const found = bursts.find(({ burst }) => burst.id === id);
  if (found !== undefined) return found;
  const known = bursts.slice(0, 20).map(({ burst }) => burst.id);
  const there =
    known.length === 0 ? 'there are none' : `there are ${known.join(', ')}${bursts.length > 20 ? ', …' : ''}`;
  throw new BurnwatchError('BURN_BURST_UNKNOWN', `no burst is called ${id}; ${there}`);
}

/** A run that may take longer than clients wait is sent by one invocation at a time. Answers what to do when it is over; that never rejects. */
async function holdAlone(burst: Burst, deps: ByHandDeps): Promise<() => Promise<void>> {
  const longestMs = burst.limits.durationMs + burst.timeoutMs;
  if (!deps.isAskedAgain || longestMs <= longestPatienceMs) return async () => {};
  const now = deps.clock.now();
  const store = await deps.loadStore();
  if ((await store.occupy(burst.id, now, now + longestMs, deps.invocationId)) === 'occupied')
    return () => release(burst, now, store, deps);
  const mend = 'AWS_CLIENT_TIMEOUT=900000 with serverless invoke, --cli-read-timeout 900 with the AWS CLI';
  throw refused(
    burst,
    'another invocation by hand may still be sending it; a client that waited too short a time asks again by itself, ' +
      `and waits longer with ${mend}`,
  );
}

/** Whoever had the answer in time does not ask again; a client that had waited too long may still be about to. */
async function release({ id }: Burst, beganAt: number, store: BurstStore, deps: ByHandDeps): Promise<void> {
  const now = deps.clock.now();
  const untilAt = now - beganAt > longestPatienceMs ? now + lingerMs : now - 1;
  try {
    await store.occupy(id, now, untilAt, deps.invocationId);
  } catch (cause) {
    deps.onWarning('the burst stays held by this invocation for as long as it might have taken', cause);
  }
}
