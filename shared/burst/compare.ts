import type { Compare } from '../config/model.ts';
import { type Change, chanceOf } from './change.ts';
import { errorChange, sustainedChange } from './count-change.ts';
import type { BurstSummary, ComparedQuantity, Comparison, Tally } from './model.ts';
import { quantileChange, samplesOf } from './quantile-change.ts';
import { reasonsOf } from './reasons.ts';

/** A finished run, all of its shards together. */
export type MeasuredRun = { readonly summary: BurstSummary; readonly tally: Pick<Tally, 'latency'> };

/** Fewer runs do not tell how equal runs differ, and fewer requests tell nothing of a p95. */
export const fewestRuns = 3;
const fewestRequests = 100;
/** Another number of scheduled starts is another load. */
const mostLoadChange = 0.1;
/** The chance that a run which is equal to its baseline is called worse. */
const falseCries = 0.01;

/**
 * Whether a run is worse than the last good ones of the same burst, of which `earlier` has the newest first: by p50, p95 and error
 * ratio, or by the rate that a search for the breaking point sustained (its latencies are those of many rates, and say nothing).
 *
 * `worse` and `better` are changes that are both beyond `toleratePpm` and no chance: of 1,000 runs that are equal to their baseline,
 * give or take a few percent from one to the next, at most ten are called worse by any quantity (C. Bonferroni: a hundredth, shared
 * evenly). The verdict is worse where one quantity is, else better where one is. Where the baseline had no failures, any
 * number of them is beyond what is tolerated.
 *
 * Held against are at most `compare.baseline` runs in which everything held (so none that was ended early, and none that was
 * worse: what became slow stays worse until it is fast again, or until `earlier` reaches no further back), of the same model, of a
 * generator that kept up, and in the open model with as many scheduled starts, give or take a tenth. `unknown` where those are
 * fewer than three; where the run itself was ended early, was held up by its generator, or made fewer than 100 requests; and of a
 * search that did not end of itself.
 */
export function compareRuns(
  current: MeasuredRun,
  earlier: readonly MeasuredRun[],
  { baseline, toleratePpm }: Compare,
): Comparison {
  const runs = earlier.filter(({ summary }) => isHeldAgainst(summary, current.summary)).slice(0, baseline);
  if (runs.length < fewestRuns || !isTelling(current.summary))
    return { verdict: 'unknown', baseline: runs.length, quantities: [] };
  const changes = changesOf(current, runs);
  const quantities = changes.map(([quantity, change]) => {
    const pValue = chanceOf(change, runs.length);
    return judge(quantity, change, pValue, { toleratePpm, isChance: pValue > falseCries / changes.length });
  });
  return { verdict: worst(quantities), baseline: runs.length, quantities };
}

/** Whether an earlier run is good, and one of the same load. */
function isHeldAgainst(earlier: BurstSummary, current: BurstSummary): boolean {
  if (earlier.model !== current.model || !isTelling(earlier) || reasonsOf(earlier).length > 0) return false;
  const [one, other] = [earlier.requests + earlier.dropped, current.requests + current.dropped];
  return earlier.model !== 'open' || Math.abs(one - other) <= mostLoadChange * other;
}

function isTelling({ aborted, requests, generatorSaturated, breakingPoint }: BurstSummary): boolean {
  if (aborted !== undefined) return false;
  if (breakingPoint !== undefined) return ['found', 'highest', 'lowest'].includes(breakingPoint.end);
  return requests >= fewestRequests && !generatorSaturated;
}

type Quantity = ComparedQuantity['quantity'];

function changesOf({ summary, tally }: MeasuredRun, runs: readonly MeasuredRun[]): readonly [Quantity, Change][] {
  if (summary.breakingPoint !== undefined) {
    const earlier = runs.flatMap((run) => run.summary.breakingPoint?.sustainedPerSecond ?? []);
    return [['sustained', sustainedChange(summary.breakingPoint.sustainedPerSecond, earlier)]];
  }
  const samples = samplesOf(
    tally.latency,
    runs.map((run) => run.tally.latency),
  );
  return [
    ['p50', quantileChange(0.5, samples)],
    ['p95', quantileChange(0.95, samples)],
    [
      'errorRatio',
      errorChange(
        summary,
        runs.map((run) => run.summary),
      ),
    ],
  ];
}

function judge(
  quantity: Quantity,
  { baseline, actual, difference }: Change,
  pValue: number,
  { toleratePpm, isChance }: { readonly toleratePpm: number; readonly isChance: boolean },
): ComparedQuantity {
  const changeRatio = baseline === 0 ? 0 : actual / baseline - 1;
  const isTolerated = baseline > 0 && Math.abs(changeRatio) <= toleratePpm / 1_000_000;
  const isBad = quantity === 'sustained' ? difference < 0 : difference > 0;
  const verdict = isTolerated || isChance ? 'same' : isBad ? 'worse' : 'better';
  return { quantity, baseline, actual, changeRatio, pValue, verdict };
}

function worst(quantities: readonly ComparedQuantity[]): 'same' | 'better' | 'worse' {
  const verdicts = new Set(quantities.map(({ verdict }) => verdict));
  return verdicts.has('worse') ? 'worse' : verdicts.has('better') ? 'better' : 'same';
}
