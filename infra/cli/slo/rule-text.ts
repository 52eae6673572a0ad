import type { BurnRule } from '../../../shared/config/model.ts';
import { formatPercent, formatSpan } from '../../../shared/slo/words.ts';

/** `page 2%/1h` */
export function ruleText({ severity, budgetPpm, longMs }: Pick<BurnRule, 'severity' | 'budgetPpm' | 'longMs'>): string {
  return `${severity} ${formatPercent(budgetPpm)}/${formatSpan(longMs)}`;
}

const units = [
  ['d', 1_440],
  ['h', 60],
  ['m', 1],
] as const;

/** Whole minutes where room is short: `3m`, `1h27m`, `3d1m`. */
export function minutesText(minutes: number): string {
  let left = minutes;
  const parts = units.map(([unit, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count > 0 ? `${count}${unit}` : '';
  });
  return parts.join('') || '0m';
}
