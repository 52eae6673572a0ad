/** The candidate that was probably meant, or nothing: one that differs by a slip, else one that is a part of the word. */
function suggest(typed: string, candidates: readonly string[]): string | undefined {
  if (typed.length > 64) return undefined;
  return closest(typed, candidates) ?? candidates.find((candidate) => isShortened(typed, candidate));
}

/**
 * Optimal string alignment distance (a swap of neighbours is one slip), letter case ignored; up to a third of the
 * longer word may be wrong, at least one letter and at most three.
 */
function closest(typed: string, candidates: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = 4;
  for (const candidate of candidates) {
    const longest = Math.max(typed.length, candidate.length);
    const allowed = Math.min(3, Math.max(1, Math.floor(longest / 3)));
    if (Math.abs(typed.length - candidate.length) > allowed) continue;
    const distance = distanceBetween(typed.toLowerCase(), candidate.toLowerCase());
    if (distance <= allowed && distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

const shortestPart = 4;

/** One begins with the other: `assert` and `assertions`, `timeoutMs` and `timeout`. */
function isShortened(typed: string, candidate: string): boolean {
  const [short = '', long = ''] = [typed.toLowerCase(), candidate.toLowerCase()].sort((a, b) => a.length - b.length);
  return short.length >= shortestPart && long.startsWith(short);
}

/** `; did you mean "interval"?`, or nothing. */
export function didYouMean(typed: string, candidates: Iterable<string>): string {
  const meant = suggest(typed, [...candidates]);
  return meant === undefined ? '' : `; did you mean ${JSON.stringify(meant)}?`;
}

function distanceBetween(a: string, b: string): number {
  let previous: number[] = [];
  let current = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1];
      const steps = [at(current, column) + 1, at(next, column - 1) + 1, at(current, column - 1) + (isSame ? 0 : 1)];
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(Math.min(...steps, isSwap ? at(previous, column - 2) + 1 : Number.POSITIVE_INFINITY));
    }
    [previous, current] = [current, next];
  }
  return at(current, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
