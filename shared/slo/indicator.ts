import { eventIntervalMs, type Monitor, monitorIdsOf, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';

const minuteMs = 60_000;

/** What an SLO counts: `good` is passed and degraded, `bad` is failed; the other two are in neither. */
export type IndicatorCounts = {
  readonly good: number;
  readonly bad: number;
  readonly unjudged: number;
  readonly maintenance: number;
};

/** The monitors of an SLO's indicator, out of all; those that it does not name are left out. */
export function monitorsOf(slo: Slo, monitors: readonly Monitor[]): readonly Monitor[] {
  const ids = new Set(monitorIdsOf(slo));
  return monitors.filter(({ id }) => ids.has(id));
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

/** The longest interval between two events of a monitor; 0 without any. */
export function slowestIntervalMs(monitors: readonly Monitor[]): number {
  return monitors.reduce((slowest, monitor) => Math.max(slowest, eventIntervalMs(monitor)), 0);
}

/**
 * Where counts of the window that ends now begin: after the minute in which it does, since the ledger counts by whole
 * minutes. Expected events are counted from there too, or a window of 60 events a minute would miss some in each outage.
 */
export function windowStart(windowMs: number, now: number): number {
  return (Math.floor((now - windowMs) / minuteMs) + 1) * minuteMs - 1;
}
