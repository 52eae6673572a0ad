import { Histogram } from '../stats/histogram.ts';
import { normalOf } from '../stats/student.ts';
import { type Change, driftMargin, driftOf, freedomOf, meanOf, shareBound } from './change.ts';

/** By so much of themselves equal runs are expected to differ from each other, beside what their samples make of it. */
const priorDrift = 0.05;
/** A span of nothing is taken as the shortest that a histogram tells apart. */
const shortestMs = 0.001;

/** The latencies of one run, or of several together, ready to be asked for many quantiles. */
type Sample = {
  readonly count: number;
  /** The natural logarithm of the quantile in ms, of a share from 0 to 1; beyond them as at them. */
  log(q: number): number;
};

/** The latencies of a run and of those before it. */
export type Samples = { readonly run: Sample; readonly earlier: readonly Sample[]; readonly pooled: Sample };

export function samplesOf(run: Histogram, earlier: readonly Histogram[]): Samples {
  const all = new Histogram();
  for (const each of earlier) all.merge(each);
  return { run: sampleOf(run), earlier: earlier.map(sampleOf), pooled: sampleOf(all) };
}

/**
 * How a quantile of a run's latency differs from that of earlier runs, as a logarithm: slower by a share is as far at 1 ms as at
 * 1 s. The baseline is the geometric mean of the runs' quantiles, ms.
 *
 * What chance makes of a sample's quantile is read from the sample itself: the share of n requests below the true quantile of q
 * is off by √(q(1 − q) ÷ n), and the sample's quantiles of shares so many times that far away are the bounds (R. Woodruff, Journal
 * of the American Statistical Association 47, 1952, https://doi.org/10.1080/01621459.1952.10483443). So a quantile at a gap between
 * fast and slow answers is known to be uncertain. The margins of the run, of its baseline and of the drift between runs are put
 * together as the root of their squares' sum (G. Zou and A. Donner, Statistics in Medicine 27, 2008,
 * https://doi.org/10.1002/sim.3095).
 */
export function quantileChange(q: number, { run, earlier, pooled }: Samples): Change {
  const logs = earlier.map((each) => each.log(q));
  const baseline = meanOf(logs);
  const difference = run.log(q) - baseline;
  const drift = driftOf(logs, meanOf(earlier.map((each) => samplingVariance(each, q))), priorDrift);
  return {
    baseline: inWholeUs(Math.exp(baseline)),
    actual: inWholeUs(Math.exp(run.log(q))),
    difference,
    marginAt: (t) => {
      const z = Math.sign(difference) * normalOf(t, freedomOf(earlier.length));
      return Math.hypot(reach(run, q, -z), reach(pooled, q, z), driftMargin(drift, earlier.length, t));
    },
  };
}

const inWholeUs = (ms: number): number => Math.round(ms * 1_000) / 1_000;

function sampleOf(histogram: Histogram): Sample {
  const buckets = histogram.buckets();
  const ranks = new Float64Array(buckets.length);
  let total = 0;
  for (const [index, { count }] of buckets.entries()) {
    total += count;
    ranks[index] = total;
  }
  return {
    count: histogram.count,
    log: (q) => {
      const found = buckets[firstFrom(ranks, Math.ceil(q * histogram.count))];
      return Math.log(Math.max(found?.valueMs ?? 0, shortestMs));
    },
  };
}

/** The index of the first of ascending ranks that is at least this one; the last index where none is. */
function firstFrom(ranks: Float64Array, rank: number): number {
  let [low, high] = [0, ranks.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranks[middle] ?? 0) >= rank) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How far a sample's quantile is from the one that is so many standard errors away, in either direction. */
function reach(sample: Sample, q: number, errors: number): number {
  return sample.log(shareBound(q, sample.count, errors)) - sample.log(q);
}

function samplingVariance(sample: Sample, q: number): number {
  return ((reach(sample, q, 1) - reach(sample, q, -1)) / 2) ** 2;
}
