import type { MeasuredRun } from '../../shared/burst/compare.ts';
import type { BurstSummary } from '../../shared/burst/model.ts';
import { Histogram } from '../../shared/stats/histogram.ts';
import { aSummary } from './burst.ts';

/** Evenly from 0 (included) to 1 (excluded), the same for the same seed: C. Doty-Humphrey's sfc32. */
export function seededRandom(seed: number): () => number {
  let [a, b, c, counter] = [seed | 0, 0x9e37_79b9, 0x85eb_ca6b, 1];
  return () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
}

/** What runs are like that are equal but for chance. */
export type Kind = {
  /** The latencies of all requests that could be sent, ms, each as likely as another. */
  readonly latencies: (random: () => number) => number;
  readonly requests: number;
  /** The standard deviation of the logarithm of a run's own pace: 0.03 for runs that are 3 % slower or faster. */
  readonly drift: number;
  /** Of each request; it drifts, too, by so much of itself. */
  readonly errorRatio: number;
  readonly errorDrift: number;
};

/** Makes runs of a kind, each drawn anew; `slowdown` times as slow as the others. */
export function simulateRuns(kind: Kind, random: () => number): (slowdown?: number) => MeasuredRun {
  const population = Float64Array.from({ length: 2 ** 14 }, () => kind.latencies(random));
  return (slowdown = 1) => {
    const pace = slowdown * Math.exp(kind.drift * normal(random));
    const errorRatio = kind.errorRatio * Math.exp(kind.errorDrift * normal(random));
    const latency = new Histogram();
    for (let sent = 0; sent < kind.requests; sent += 1)
      latency.record(pace * (population[(random() * population.length) | 0] ?? 0));
    const failures = countFailures(kind.requests, errorRatio, random);
    return { summary: goodSummary(kind.requests, failures), tally: { latency } };
  };
}

/** How many of so many requests fail, each with this chance: from one failure to the next at once. */
function countFailures(requests: number, chance: number, random: () => number): number {
  let failures = -1;
  for (let at = 0; at <= requests; failures += 1) at += Math.ceil(Math.log(1 - random()) / Math.log(1 - chance)) || 1;
  return failures;
}

/** Of a run in which everything held; its distributions are not looked at. */
export function goodSummary(requests: number, failures = 0): BurstSummary {
  return aSummary({ requests, failures, errorRatio: failures / requests, thresholds: [] });
}

/** Of a mean of 0 and a standard deviation of 1: G. Box and M. Muller, https://doi.org/10.1214/aoms/1177706645. */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Shapes that latencies have. */
export const shapes = {
  even: (random) => 12 * Math.exp(0.5 * normal(random)),
  narrow: (random) => 12 * Math.exp(0.02 * normal(random)),
  /** Without a variance: most are fast, one in a thousand takes a hundred times as long. */
  heavyTailed: (random) => 2 / (1 - random()) ** (1 / 1.5),
  /** The p95 lies between the fast and the slow. */
  twoPeaks: (random) => (random() < 0.05 ? 250 : 10) * Math.exp(0.2 * normal(random)),
  /** The median lies between the fast and the slow. */
  halves: (random) => (random() < 0.5 ? 50 : 10) * Math.exp(0.1 * normal(random)),
} as const satisfies Record<string, Kind['latencies']>;
