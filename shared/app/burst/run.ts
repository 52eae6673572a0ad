import type { Progress, ShardReport, Tally } from '../../burst/model.ts';
import { runLoad } from '../../burst/run.ts';
import { shareOf } from '../../burst/share.ts';
import { summarize } from '../../burst/summarize.ts';
import { mergeTallies } from '../../burst/tally.ts';
import { startDeadline } from '../../clock/deadline.ts';
import type { Burst, ClosedLoad, OpenLoad } from '../../config/model.ts';
import type { BurstPart, BurstRun, BurstScope, RunBurstDeps } from './model.ts';
import { openBurst } from './open.ts';
import { type RunStep, searchBreakingPoint } from './search.ts';
import { refused, type Units } from './units.ts';

export type { BurstPart, BurstRun, BurstScope, RunBurstDeps } from './model.ts';
export { scopeOf } from './scope.ts';

const whole: BurstPart = { index: 0, count: 1 };
/** The engine ends a run by itself when everything has timed out; should it not, it is ended so long after that. */
const slackMs = 10_000;

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
  part: BurstPart = whole,
): Promise<BurstRun> {
  requirePart(burst, part);
  const units = await openBurst(burst, scope, deps, signal, part);
  try {
    await deps.beforeFirst?.();
    return await send(burst, units, deps, signal, part);
  } finally {
    units.close();
  }
}

async function send(
  burst: Burst,
  units: Units,
  deps: RunBurstDeps,
  signal: AbortSignal,
  part: BurstPart,
): Promise<BurstRun> {
  const deadline = startDeadline(burst.limits.durationMs + burst.timeoutMs + slackMs, signal);
  try {
    const { load } = burst;
    const run = stepRunner(burst, units, deps, deadline.signal, part);
    if (load.model === 'breakingPoint') return await searchBreakingPoint(burst, load, run, deps, deadline.signal);
    const tally = await run(load, burst.limits, deps.onProgress);
    return { tally, summary: summaryOf(burst, load.model, tally) };
  } finally {
    deadline.end();
  }
}

/** The run of several invocations together, out of what each of them counted. Throws a RangeError where there is none. */
export function mergeRuns(burst: Burst, tallies: readonly Tally[], shards: ShardReport): BurstRun {
  const tally = mergeTallies(tallies);
  return { tally, summary: { ...summaryOf(burst, burst.load.model, tally), shards } };
}

function summaryOf({ id, thresholds }: Burst, model: Burst['load']['model'], tally: Tally) {
  return summarize({ burst: id, model, tally, thresholds });
}

function requirePart(burst: Burst, { count }: BurstPart): void {
  if (count === 1) return;
  const { load } = burst;
  if (load.model === 'breakingPoint') throw refused(burst, 'a search for the breaking point is sent by one invocation');
  const callers = load.model === 'closed' ? load.concurrency : burst.limits.concurrency;
  if (callers < count) throw refused(burst, `${count} shards are more than its ${callers} requests at once`);
}

/** Runs loads one after the other, each with new counts, over the same connections. */
function stepRunner(
  burst: Burst,
  { send }: Units,
  { clock, canSpin }: RunBurstDeps,
  signal: AbortSignal,
  part: BurstPart,
): RunStep {
  const { timeoutMs, failureStatuses, abortIf } = burst;
  return (load: OpenLoad | ClosedLoad, limits: Burst['limits'], onProgress?: (progress: Progress) => void) =>
    runLoad(
      { ...shareOf(load, limits, part), timeoutMs, failureStatuses, ...(abortIf ? { abortIf } : {}) },
      { clock, send, canSpin, signal, ...(onProgress ? { onProgress } : {}) },
    );
}
