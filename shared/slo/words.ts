import type { Monitor, Quorum } from '../config/model.ts';

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A span as monitors.yml takes it, in the largest unit that comes out even: `90m`, `3d`. */
export function formatSpan(spanMs: number): string {
  const [unit, size] = units.find(([, ms]) => spanMs >= ms && spanMs % ms === 0) ?? ['ms', 1];
  return `${spanMs / size}${unit}`;
}

/** Parts per million as a percentage: 20000 is `2%`. */
export function formatPercent(ppm: number): string {
  return `${ppm / 10_000}%`;
}

/** To three digits after the first that is not zero, without trailing zeros: `14.4`, `0.0432`. */
export function formatNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** By how many of several locations a failure must be seen, as a part of a sentence; undefined where each monitor is judged by one. */
export function seenByText(monitors: readonly Monitor[]): string | undefined {
  const ways = monitors.flatMap(({ agreement }) => (agreement === undefined ? [] : [quorumText(agreement.quorum)]));
  return ways.length === 0 ? undefined : [...new Set(ways)].join(', or ');
}

function quorumText(quorum: Quorum): string {
  if (quorum === 'majority') return 'a majority of the fresh locations';
  if (quorum === 'any') return 'any location';
  if (quorum === 'all') return 'all fresh locations';
  if ('count' in quorum) return quorum.count === 1 ? 'any location' : `${quorum.count} locations`;
  return `at least ${formatPercent(quorum.sharePpm)} of the fresh locations`;
}
