/** Whose turn each start is, by its number alone: shards and repetitions of a run agree without asking each other. */
export type Mix = {
  /** Index of the unit that start `start` (0 and up) sends. */
  unitOf(start: number): number;
  /** How often that unit was sent before this start. */
  turnOf(start: number): number;
};

/**
 * Spreads the starts over units by their weights (whole numbers, 1 and up), as evenly as they can be: of any `sum of the
 * weights` starts in a row each unit gets as many as it weighs. Smooth weighted round robin:
 * https://github.com/nginx/nginx/commit/52327e0627f49dbda1e8db695e63a4b0af4448b1
 */
export function createMix(weights: readonly number[]): Mix {
  const divisor = weights.reduce(greatestCommonDivisor, 0);
  const shares = weights.map((weight) => weight / Math.max(1, divisor));
  const { units, turns } = cycleOf(shares);
  const { length } = units;
  const unitOf = (start: number): number => units[start % length] ?? 0;
  return {
    unitOf,
    turnOf: (start) => Math.floor(start / length) * (shares[unitOf(start)] ?? 0) + (turns[start % length] ?? 0),
  };
}

/** One round: each unit as often as its share, and how often it came in it before. */
function cycleOf(shares: readonly number[]): { readonly units: Uint32Array; readonly turns: Uint32Array } {
  const length = shares.reduce((sum, share) => sum + share, 0);
  const units = new Uint32Array(length);
  const turns = new Uint32Array(length);
  const credits = shares.map(() => 0);
  const counts = shares.map(() => 0);
  for (let at = 0; at < length; at += 1) {
    for (const [unit, share] of shares.entries()) credits[unit] = (credits[unit] ?? 0) + share;
    const chosen = credits.indexOf(Math.max(...credits));
    credits[chosen] = (credits[chosen] ?? 0) - length;
    units[at] = chosen;
    const turn = counts[chosen] ?? 0;
    turns[at] = turn;
    counts[chosen] = turn + 1;
  }
  return { units, turns };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
