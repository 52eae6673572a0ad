import { errorTypes } from '../config/model.ts';
import { Histogram } from '../stats/histogram.ts';
import type { BurstErrorType, Second, Tally } from './model.ts';

/** Every error that a tally can count, in the order in which they are told. */
export const burstErrorTypes: readonly BurstErrorType[] = [...errorTypes, 'aborted'];

/**
 * What several parts of one run counted together, begun at the same instant: in any order and grouping the same, as if one had
 * counted everything, so that quantiles are merged and never averaged. It lasted as long as the longest of them. Of their seconds,
 * which keep no histogram, counts are exact, p99 and maximum are those of the worst part (the true p99 is at most that), and p50
 * is the mean of theirs, by requests. Of several reasons to end early the first in alphabetical order is kept.
 * Throws a RangeError where there is nothing to merge.
 */
export function mergeTallies(tallies: readonly Tally[]): Tally {
  return gather(tallies, {
    durationMs: Math.max(0, ...tallies.map(({ durationMs }) => durationMs)),
    seconds: tallies.map(({ seconds }) => seconds).reduce(mergeSeconds, []),
  });
}

/**
 * What several runs counted one after the other, as one run: counts and histograms add up, the seconds of each lie where it began.
 * The runs come in their order. Throws a RangeError where there are none.
 */
export function chainTallies(tallies: readonly Tally[]): Tally {
  const beginsAt = Math.min(...tallies.map(({ startedAt }) => startedAt));
  const shifted = tallies.map(({ startedAt, seconds }) => {
    const idle = Array.from({ length: Math.floor((startedAt - beginsAt) / 1_000) }, () => idleSecond);
    return [...idle, ...seconds];
  });
  return gather(tallies, {
    durationMs: Math.max(...tallies.map(({ startedAt, durationMs }) => startedAt - beginsAt + durationMs)),
    seconds: shifted.reduce(mergeSeconds, []),
  });
}

const idleSecond: Second = { requests: 0, failures: 0, p50Ms: 0, p99Ms: 0, maxMs: 0, intended: 0 };

function gather(tallies: readonly Tally[], times: Pick<Tally, 'durationMs' | 'seconds'>): Tally {
  if (tallies.length === 0) throw new RangeError('there is no tally to merge');
  const [aborted] = tallies.flatMap((tally) => tally.aborted ?? []).sort();
  return {
    requests: sum(tallies.map(({ requests }) => requests)),
    failures: sum(tallies.map(({ failures }) => failures)),
    dropped: sum(tallies.map(({ dropped }) => dropped)),
    latency: mergeHistograms(tallies.map(({ latency }) => latency)),
    serviceTime: mergeHistograms(tallies.map(({ serviceTime }) => serviceTime)),
    startLag: mergeHistograms(tallies.map(({ startLag }) => startLag)),
    statusCodes: addCounts(tallies.map(({ statusCodes }) => statusCodes)),
    errors: inOrder(addCounts(tallies.map(({ errors }) => errors))),
    startedAt: Math.min(...tallies.map(({ startedAt }) => startedAt)),
    ...times,
    ...(aborted === undefined ? {} : { aborted }),
  };
}

function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = new Histogram();
  for (const histogram of histograms) merged.merge(histogram);
  return merged;
}

function addCounts(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const added = new Map<string, number>();
  for (const [key, count] of counts.flatMap(Object.entries<number>)) added.set(key, (added.get(key) ?? 0) + count);
  return Object.fromEntries(added);
}

function inOrder(errors: Readonly<Record<string, number>>): Tally['errors'] {
  return Object.fromEntries(burstErrorTypes.flatMap((type) => (errors[type] ? [[type, errors[type]]] : [])));
}

function mergeSeconds(one: readonly Second[], other: readonly Second[]): readonly Second[] {
  return Array.from({ length: Math.max(one.length, other.length) }, (_, second) =>
    mergeSecond(one[second] ?? idleSecond, other[second] ?? idleSecond),
  );
}

function mergeSecond(one: Second, other: Second): Second {
  const requests = one.requests + other.requests;
  return {
    requests,
    failures: one.failures + other.failures,
    p50Ms: requests === 0 ? 0 : (one.p50Ms * one.requests + other.p50Ms * other.requests) / requests,
    p99Ms: Math.max(one.p99Ms, other.p99Ms),
    maxMs: Math.max(one.maxMs, other.maxMs),
    intended: one.intended + other.intended,
  };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
