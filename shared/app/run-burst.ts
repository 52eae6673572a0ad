import { BurnwatchError, type Burst } from '../config/model.ts';
import type { BurstPart, BurstRun, BurstScope, RunBurstDeps } from './burst-model.ts';

export type { BurstPart, BurstRun, BurstScope, RunBurstDeps } from './burst-model.ts';
export { scopeOf } from './burst-scope.ts';

/**
 * Runs a burst whole, or this part of it: prepares what is sent, sends it, judges the thresholds. A failing target is a
 * result. Throws a BurnwatchError (BURN_BURST_REFUSED) before anything is sent where policy or configuration forbids it.
 * Ends soon after the signal is aborted, as a run that was aborted.
 */
export async function runBurst(
  burst: Burst,
  scope: BurstScope,
  deps: RunBurstDeps,
  signal: AbortSignal,
  part: BurstPart = { index: 0, count: 1 },
): Promise<BurstRun> {
  void [scope, deps, signal, part];
  throw new BurnwatchError('BURN_BURST_REFUSED', `${burst.id} cannot be sent by this release`);
}
