import { type Change, driftMargin, driftOf, meanOf, shareBound } from './change.ts';

/** By so much of itself an error ratio is expected to differ between equal runs, beside what chance makes of few failures. */
const priorErrorDrift = 0.2;
/** The same of the rate that a target sustains: a search for it ends on steps of several percent. */
const priorSustainedDrift = 0.05;

/** Failures among requests. */
export type Failures = { readonly failures: number; readonly requests: number };

/**
 * How the share of failures differs from that of earlier runs, all of theirs together; as a square root, which makes the spread of
 * counts the same for few and for many (M. Bartlett, Supplement to the Journal of the Royal Statistical Society 3, 1936). What
 * chance makes of either is E. Wilson's interval, which knows of failures where none has been seen (Journal of the American
 * Statistical Association 22, 1927, https://doi.org/10.1080/01621459.1927.10502953); it is put together with the drift between runs
 * as in quantileChange.
 */
export function errorChange(current: Failures, earlier: readonly Failures[]): Change {
  const all = sumOf(earlier);
  const [actual, baseline] = [ratioOf(current), ratioOf(all)];
  const sampling = meanOf(earlier.map(({ requests }) => (1 - baseline) / (4 * requests)));
  const prior = (priorErrorDrift / 2) * Math.sqrt(baseline);
  const drift = driftOf(earlier.map(ratioOf).map(Math.sqrt), sampling, prior);
  const sign = actual < baseline ? -1 : 1;
  return {
    baseline,
    actual,
    difference: Math.sqrt(actual) - Math.sqrt(baseline),
    marginAt: (t) =>
      Math.hypot(
        Math.sqrt(actual) - Math.sqrt(shareBound(actual, current.requests, -sign * t)),
        Math.sqrt(shareBound(baseline, all.requests, sign * t)) - Math.sqrt(baseline),
        driftMargin(drift, earlier.length, t),
      ),
  };
}

/** How the highest rate that was sustained differs from that of earlier searches, per second, as a logarithm. */
export function sustainedChange(current: number, earlier: readonly number[]): Change {
  const logs = earlier.map(Math.log);
  const drift = driftOf(logs, 0, priorSustainedDrift);
  return {
    baseline: Math.exp(meanOf(logs)),
    actual: current,
    difference: Math.log(current) - meanOf(logs),
    marginAt: (t) => driftMargin(drift, earlier.length, t),
  };
}

function sumOf(runs: readonly Failures[]): Failures {
  return {
    failures: runs.reduce((sum, { failures }) => sum + failures, 0),
    requests: runs.reduce((sum, { requests }) => sum + requests, 0),
  };
}

const ratioOf = ({ failures, requests }: Failures): number => failures / requests;
