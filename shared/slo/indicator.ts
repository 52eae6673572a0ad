import type { Monitor, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';

/** What an SLO counts: `good` is passed and degraded, `bad` is failed; the other two are in neither. */
export type IndicatorCounts = {
  readonly good: number;
  readonly bad: number;
  readonly unjudged: number;
  readonly maintenance: number;
};

/** The monitors of an SLO's indicator, out of all; those that it does not name are left out. */
export function monitorsOf(slo: Slo, monitors: readonly Monitor[]): readonly Monitor[] {
  return monitors.filter(({ id }) => slo.indicator.monitors.includes(id));
}

/** Counts in (fromAt, toAt] in whole minutes, added up over the monitors. */
export function judgedBetween(
  monitors: readonly Monitor[],
  history: History,
  fromAt: number,
  toAt: number,
): IndicatorCounts {
  const sum = { good: 0, bad: 0, unjudged: 0, maintenance: 0 };
  for (const { key } of monitors) {
    const counts = history.countBetween(key, fromAt, toAt);
    sum.good += counts.passed + counts.degraded;
    sum.bad += counts.failed;
    sum.unjudged += counts.unjudged;
    sum.maintenance += counts.maintenance;
  }
  return sum;
}

/** The longest interval among monitors; 0 without any. */
export function slowestIntervalMs(monitors: readonly Monitor[]): number {
  return monitors.reduce((slowest, { intervalMs }) => Math.max(slowest, intervalMs), 0);
}
