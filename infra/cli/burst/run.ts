import { availableParallelism } from 'node:os';
import type { RunBurstDeps } from '../../../shared/app/burst/model.ts';
import { type BurstScope, runBurst } from '../../../shared/app/burst/run.ts';
import { systemClock } from '../../../shared/clock/clock.ts';
import type { Burst } from '../../../shared/config/model.ts';
import { openLoadClient } from '../../../shared/http/load-client.ts';
import type { Io } from '../command.ts';
import { durationText } from '../numbers.ts';
import { startProgress } from './progress.ts';
import type { Finished } from './text.ts';

/** A burst, and what it may reach and refer to. */
export type Prepared = {
  readonly burst: Burst;
  readonly scope: BurstScope;
  /** Ends what was started to prepare it. */
  readonly end?: () => void;
} & Pick<RunBurstDeps, 'references' | 'allowOrigins' | 'runFlow'>;

/**
 * Sends a burst from this machine, with a line of progress on a terminal. Ctrl-C ends it, and what was measured so far is the
 * result. Throws BURN_BURST_REFUSED where nothing may be sent.
 */
export async function sendBurst(prepared: Prepared, io: Io): Promise<Finished> {
  const { burst, scope, end, ...others } = prepared;
  const progress = startProgress(io);
  const interruption = watchInterrupt(io.signal);
  const deps: RunBurstDeps = {
    ...others,
    clock: systemClock,
    openClient: openLoadClient,
    signer: (service, region) => async (request) => (await loadSigner(io))(service, region)(request),
    canSpin: availableParallelism() > 1,
    onProgress: progress.show,
  };
  try {
    const { summary, tally } = await runBurst(burst, scope, deps, interruption.signal);
    return { burst, summary, tally };
  } finally {
    progress.end();
    interruption.end();
    end?.();
  }
}

/** The signal of Ctrl-C with a reason that people read. */
function watchInterrupt(outer: AbortSignal): { readonly signal: AbortSignal; readonly end: () => void } {
  const startedAt = systemClock.monotonicMs();
  const controller = new AbortController();
  const stop = () => controller.abort(`ended by hand after ${durationText(systemClock.monotonicMs() - startedAt)}`);
  if (outer.aborted) stop();
  outer.addEventListener('abort', stop, { once: true });
  return { signal: controller.signal, end: () => outer.removeEventListener('abort', stop) };
}

/** Most bursts sign nothing. */
async function loadSigner({ env }: Io): Promise<RunBurstDeps['signer']> {
  const { createSigner } = await import('../../../shared/aws/signer.ts');
  return createSigner(() => env, Date.now);
}
