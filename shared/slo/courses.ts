import { betaChance, logGamma } from '../stats/beta.ts';

/** Bad events among those that were judged, in one of a row of equal spans of time; the oldest first. */
export type Bin = { readonly bad: number; readonly judged: number };

/** One way in which the errors of some bins may go on, and how much speaks for it; the weights of all of them are 1 together. */
export type Course = {
  readonly weight: number;
  /** The error ratio now. */
  readonly ratio: number;
  /** By so much it grows from bin to bin, and for so many bins. */
  readonly slope: number;
  readonly growsFor: number;
  /** How many independent bad events it is known from, ½ for knowing nothing included. */
  readonly evidence: number;
  /** How many bad events come together: the variance of their number ÷ its mean. */
  readonly spread: number;
};

/** Where a change is looked for: so many bins before now. A rise takes half an hour at least to look like one. */
const jumps = [1, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 60];
const rises = [6, 12, 18, 24, 36, 48, 60, 72];
/** A rise ends now, or goes on for half as long as it has taken; nobody knows. */
const furtherParts = [0, 0.5];
const spreads = [1, 3, 9, 27, 81, 243, 729];
/** Before anything is seen: errors rather go on as they were. */
const priorSteady = 0.8;
/** However plain a change: two fifths of the weight stay with what the bins are on average, because outages end. */
const leastSteady = 0.4;
const leastWeight = 0.005;

/** How well one course explains the bins, as a logarithm; `known` is the course without its weight. */
type Candidate = { readonly log: number; readonly course: Omit<Course, 'weight'> };

/**
 * How the errors of some bins may go on: at the ratio of all of them together; or, since a moment that is looked for, at another
 * one; or rising in a line. What speaks for each is how likely it makes the counts, of the negative binomial distribution because
 * failures come in clumps, less what its freedom costs (G. Schwarz, Annals of Statistics 6, 1978,
 * https://doi.org/10.1214/aos/1176344136). At least one event was judged, and at least one was bad.
 */
export function coursesOf(bins: readonly Bin[]): readonly Course[] {
  const seen = bins.filter(({ judged }) => judged > 0);
  const lengths = {
    jumps: jumps.filter((length) => length < seen.length),
    rises: rises.filter((length) => length <= seen.length),
  };
  const share = (1 - priorSteady) / Math.max(1, lengths.jumps.length + lengths.rises.length);
  const changes = [
    ...lengths.jumps.flatMap((length) => jumpOf(seen, length)),
    ...lengths.rises.flatMap((length) => riseOf(seen, length)),
  ].map(({ log, course }) => ({ course, log: log + Math.log(share) }));
  const [bad, judged] = sumOf(seen);
  const steadyLog = spreads.map((spread) => explain(seen, () => bad / judged, spread, 1) + Math.log(priorSteady));
  return weigh(steadyCourse(seen), steadyLog, changes);
}

function weigh(
  steady: Omit<Course, 'weight'>,
  steadyLog: readonly number[],
  changes: readonly Candidate[],
): readonly Course[] {
  const most = Math.max(...steadyLog, ...changes.map(({ log }) => log));
  const likely = (log: number) => Math.exp(log - most);
  const [forSteady, forChange] = [sum(steadyLog.map(likely)), sum(changes.map(({ log }) => likely(log)))];
  const kept = changes.length === 0 ? 1 : Math.max(leastSteady, forSteady / (forSteady + forChange));
  const others = changes.map(({ log, course }) => ({ ...course, weight: ((1 - kept) * likely(log)) / forChange }));
  const told = others.filter(({ weight }) => weight >= leastWeight);
  const whole = kept + sum(told.map(({ weight }) => weight));
  return [{ ...steady, weight: kept }, ...told].map((course) => ({ ...course, weight: course.weight / whole }));
}

function steadyCourse(bins: readonly Bin[]): Omit<Course, 'weight'> {
  const [bad, judged] = sumOf(bins);
  const spread = longRunSpread(bins);
  return flat(bad, judged, spread);
}

/** With Jeffreys' prior for a rate, which is worth half an event, or half a clump (A. Gelman et al., Bayesian Data Analysis, 2.8). */
function flat(bad: number, judged: number, spread: number): Omit<Course, 'weight'> {
  return { ratio: (bad + spread / 2) / judged, slope: 0, growsFor: 0, evidence: bad / spread + 0.5, spread };
}

/** Another ratio in the last `length` bins than before. */
function jumpOf(bins: readonly Bin[], length: number): Candidate[] {
  const [before, after] = [sumOf(bins.slice(0, -length)), sumOf(bins.slice(-length))];
  // A quarter of an event each, or a stretch without any would be impossible ever after.
  const [low, high] = [(before[0] + 0.25) / before[1], (after[0] + 0.25) / after[1]];
  const ratioAt = (index: number) => (index < bins.length - length ? low : high);
  return spreads.map((spread) => ({ log: explain(bins, ratioAt, spread, 2), course: flat(...after, spread) }));
}

/** A line that rises through the last `length` bins from what was before. */
function riseOf(bins: readonly Bin[], length: number): Candidate[] {
  const shapeAt = (index: number) => Math.max(0, (index - (bins.length - length) + 0.5) / length);
  const [[badBefore, judgedBefore], [bad, judged]] = [sumOf(bins.slice(0, -length)), sumOf(bins.slice(-length))];
  const raised = sum(bins.map((bin, index) => bin.judged * shapeAt(index)));
  const base = judgedBefore === 0 ? 0 : badBefore / judgedBefore;
  const gain = (bad - base * judged) / raised;
  if (gain <= 0) return [];
  const ratio = base + gain;
  const variance =
    bad / raised ** 2 + (judgedBefore === 0 ? 0 : (1 - judged / raised) ** 2 * (badBefore / judgedBefore ** 2));
  return spreads.flatMap((spread) => {
    const log = explain(bins, (index) => base + gain * shapeAt(index), spread, 2);
    const known = ratio ** 2 / variance / spread;
    const slope = gain / length;
    const course = { ratio: (ratio * (known + 0.5)) / known, slope, evidence: known + 0.5, spread };
    return furtherParts.map((part) => ({
      log: log - Math.log(furtherParts.length),
      // Nothing is worse than everything.
      course: { ...course, growsFor: Math.max(0, Math.min(part * length, (1 - ratio) / slope)) },
    }));
  });
}

/** The log-likelihood of the bins where the ratio of each is given, less the cost of so many parameters. */
function explain(bins: readonly Bin[], ratioAt: (index: number) => number, spread: number, parameters: number): number {
  const logs = bins.map(({ bad, judged }, index) => logChance(bad, Math.max(1e-6, judged * ratioAt(index)), spread));
  return sum(logs) - (parameters / 2) * Math.log(bins.length);
}

/**
 * Of the negative binomial distribution with this mean and a variance of `spread` times the mean, Poisson's where that is 1; less
 * ln(count!), which is the same for every course.
 */
function logChance(count: number, mean: number, spread: number): number {
  if (spread === 1) return count * Math.log(mean) - mean;
  const size = mean / (spread - 1);
  const none = -size * Math.log(spread);
  if (count === 0) return none;
  return logGamma(count + size) - logGamma(size) + none + count * Math.log1p(-1 / spread);
}

const leastSpread = 0.05;
const mostLike = 0.95;

/**
 * The variance of the number of bad events over a long time ÷ its mean: 1 where each comes for itself, about twice the mean length
 * of outages where they come in those. From the variance of the bins and how much each is like the one before: outages that begin
 * and end by chance make that a first-order autoregression, of which the variance over a long time is (1 + ρ) ÷ (1 − ρ) times that of a bin
 * (J. Hamilton, Time Series Analysis, 3.4 and 7.2). Corrected for what few bins hide: ρ by M. Kendall (Biometrika 41, 1954,
 * https://doi.org/10.1093/biomet/41.3-4.403), and the variance for that of their own mean.
 */
function longRunSpread(bins: readonly Bin[]): number {
  const [bad, judged] = sumOf(bins);
  if (bins.length < 3) return Math.max(1, bad);
  const deviations = bins.map(
    (bin) => (bin.bad - (bin.judged * bad) / judged) / Math.sqrt((bin.judged * bad) / judged),
  );
  const count = bins.length;
  const own = sum(deviations.map((each) => each ** 2)) / (count - 1);
  const lagged = sum(deviations.slice(1).map((each, index) => each * (deviations[index] ?? 0))) / (count - 1);
  const like = own === 0 ? 0 : lagged / own;
  const rho = Math.max(0, Math.min(mostLike, like + (1 + 3 * like) / count));
  const longer = (1 + rho) / (1 - rho);
  return Math.max(leastSpread, (own * longer) / Math.max(0.3, 1 - longer / count));
}

/** No forecast is surer than so many independent events would make it. */
const mostEvidence = 100_000;

/**
 * The chance that the next `bins` (a fraction, too), with `perBin` events in each, hold `needed` bad events or more. What is known of a
 * ratio has a gamma distribution, and so has the time that events take to come: their quotient is a beta variable's.
 */
export function chanceOfBad(courses: readonly Course[], needed: number, bins: number, perBin: number): number {
  return sum(
    courses.map(({ weight, ratio, slope, growsFor, evidence, spread }) => {
      const grown = Math.min(bins, growsFor);
      const mean = perBin * (ratio * bins + slope * grown * (bins - grown / 2));
      const odds = mean / (spread * evidence);
      const clumps = needed / spread;
      const scale = Math.min(1, mostEvidence / Math.max(clumps, evidence));
      return weight * betaChance(odds / (1 + odds), clumps * scale, evidence * scale);
    }),
  );
}

function sumOf(bins: readonly Bin[]): readonly [bad: number, judged: number] {
  return [sum(bins.map(({ bad }) => bad)), sum(bins.map(({ judged }) => judged))];
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
