import type { Slo } from '../config/model.ts';
import { dayMs } from '../ledger/keys.ts';
import { budgetSpan } from '../slo/window.ts';
import type { HistoryNeeds } from './history.ts';

/**
 * What judging SLOs at an instant asks of a history: their budgets' spans, the long windows of their rules, and a day for the
 * alerts of monitors; single minutes for as long as slices of time are counted.
 */
export function needsOf(slos: readonly Slo[], now: number): Pick<HistoryNeeds, 'spansMs' | 'minutesMs'> {
  const spanOf = (slo: Slo) => now - budgetSpan(slo, now).fromAt;
  const longs = slos.flatMap(({ alerts }) => alerts.map(({ longMs }) => longMs));
  return {
    spansMs: [...new Set([dayMs, ...slos.map(spanOf), ...longs])],
    minutesMs: Math.max(0, ...slos.filter(({ slices }) => slices !== undefined).map(spanOf)),
  };
}
