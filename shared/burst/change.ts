import { studentTail } from '../stats/student.ts';

/** How one quantity of a run differs from the same of the runs before it. */
export type Change = {
  readonly baseline: number;
  readonly actual: number;
  /** Above 0 where the run has more of it, on the scale on which `marginAt` is. */
  readonly difference: number;
  /** What chance alone may make of the difference, in its direction, at `t` standard errors; it grows with `t`. */
  readonly marginAt: (t: number) => number;
};

/** What is taken for granted of how equal runs differ, as so many further runs would weigh. */
const priorFreedom = 1;

/** Degrees of freedom of a comparison with so many runs. */
export const freedomOf = (runs: number): number => runs - 1 + priorFreedom;

/**
 * The chance of a change at least so large in its direction between equal runs: ½ where nothing changed, and less the larger it
 * is. It is that of the `t` at which the margin takes up the whole difference.
 */
export function chanceOf({ difference, marginAt }: Change, runs: number): number {
  const size = Math.abs(difference);
  let [low, high] = [0, 1_024];
  for (let step = 0; step < 50; step += 1) {
    const middle = (low + high) / 2;
    if (marginAt(middle) < size) low = middle;
    else high = middle;
  }
  return studentTail(low, freedomOf(runs));
}

/**
 * How equal runs differ beyond what their samples make of it, as a standard deviation: the variance between the runs, less that
 * of sampling, drawn towards a prior one, because a few runs tell little of it (the moderated t of G. Smyth, Statistical
 * Applications in Genetics and Molecular Biology 3, 2004, https://doi.org/10.2202/1544-6115.1027).
 */
export function driftOf(values: readonly number[], samplingVariance: number, prior: number): number {
  const excess = Math.max(0, varianceOf(values) - samplingVariance);
  const freedom = values.length - 1;
  return Math.sqrt((priorFreedom * prior ** 2 + freedom * excess) / (priorFreedom + freedom));
}

/** Of a new run against the mean of so many, both of which drift. */
export function driftMargin(drift: number, runs: number, t: number): number {
  return t * drift * Math.sqrt(1 + 1 / runs);
}

/**
 * The bound of a share that a sample of so many shows, `z` standard errors above it, or below it where `z` is negative; 0 to 1. It
 * knows that few show little, and that none seen is not never: E. Wilson, Journal of the American Statistical Association 22, 1927,
 * https://doi.org/10.1080/01621459.1927.10502953.
 */
export function shareBound(share: number, count: number, z: number): number {
  const spread = z * Math.sqrt((share * (1 - share)) / count + z ** 2 / (4 * count ** 2));
  return Math.min(1, Math.max(0, (share + z ** 2 / (2 * count) + spread) / (1 + z ** 2 / count)));
}

export const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
