import { type Search, type StepResult, startSearch, stepLoad, stepSearch } from '../../burst/breaking-point.ts';
import type { Progress, Tally } from '../../burst/model.ts';
import { summarize } from '../../burst/summarize.ts';
import { chainTallies } from '../../burst/tally.ts';
import type { BreakingPointLoad, Burst, ClosedLoad, OpenLoad } from '../../config/model.ts';
import type { BurstRun, RunBurstDeps } from './model.ts';

/** Runs one load to its end. */
export type RunStep = (
  load: OpenLoad | ClosedLoad,
  limits: Burst['limits'],
  onProgress?: (progress: Progress) => void,
) => Promise<Tally>;

/** Between two rates the target gets so long to come to itself. */
const pauseMs = 500;

/**
 * Searches for the breaking point: each rate is a run of its own over the same connections, and all of them together are what
 * was counted. It ends before it would take longer, or send more, than the limits allow; the signal ends it at once.
 */
export async function searchBreakingPoint(
  burst: Burst,
  load: BreakingPointLoad,
  run: RunStep,
  { clock, onProgress }: Pick<RunBurstDeps, 'clock' | 'onProgress'>,
  signal: AbortSignal,
): Promise<BurstRun> {
  const { id, limits, thresholds } = burst;
  const beganMs = clock.monotonicMs();
  const tallies: Tally[] = [];
  const sent = () => tallies.reduce((sum, { requests }) => sum + requests, 0);
  let search = startSearch(load);
  for (;;) {
    const left = { ...limits, requests: Math.max(0, limits.requests - sent()) };
    const tell = onProgress && adding(onProgress, search, tallies, clock.monotonicMs() - beganMs);
    const tally = await run(stepLoad(search), left, tell);
    tallies.push(tally);
    const result: StepResult = {
      summary: summarize({ burst: id, model: 'open', tally, thresholds }),
      isStopped: signal.aborted,
      leftMs: limits.durationMs - (clock.monotonicMs() - beganMs) - pauseMs,
    };
    const move = moveWithin(search, result, limits.requests - sent());
    if (move.state === 'ended') return conclude(burst, tallies, move.breakingPoint, signal.aborted);
    search = move.search;
    await clock.sleep(pauseMs, signal).catch(() => {}); // the next run ends at once then, and with it the search
  }
}

/** A rate that would take more requests than are left is not held. */
function moveWithin(search: Search, result: StepResult, leftRequests: number): ReturnType<typeof stepSearch> {
  const move = stepSearch(search, result);
  if (move.state === 'ended') return move;
  const { ratePerSecond, load } = move.search;
  const isTooMuch = (ratePerSecond * load.holdMs) / 1_000 > leftRequests;
  return isTooMuch ? stepSearch(search, { ...result, leftMs: 0 }) : move;
}

type BreakingPoint = (ReturnType<typeof stepSearch> & { readonly state: 'ended' })['breakingPoint'];

/** A rate that `abortIf` ended is an answer; only a search that was stopped has ended early. */
function conclude(
  { id, thresholds }: Burst,
  tallies: readonly Tally[],
  breakingPoint: BreakingPoint,
  isStopped: boolean,
): BurstRun {
  const { aborted: _, ...counted } = chainTallies(tallies);
  const aborted = isStopped ? tallies.at(-1)?.aborted : undefined;
  const tally = { ...counted, ...(aborted === undefined ? {} : { aborted }) };
  return { tally, summary: summarize({ burst: id, model: 'breakingPoint', tally, thresholds, breakingPoint }) };
}

/** Tells of the whole search: of how many rates it will be is known to nobody. */
function adding(
  tell: (progress: Progress) => void,
  { ratePerSecond }: Search,
  before: readonly Tally[],
  beforeMs: number,
): (progress: Progress) => void {
  const add = (key: 'requests' | 'failures') => before.reduce((sum, tally) => sum + tally[key], 0);
  const [requests, failures] = [add('requests'), add('failures')];
  return ({ durationMs: _duration, scheduled: _scheduled, ...progress }) =>
    tell({
      ...progress,
      elapsedMs: beforeMs + progress.elapsedMs,
      requests: requests + progress.requests,
      failures: failures + progress.failures,
      ratePerSecond,
    });
}
