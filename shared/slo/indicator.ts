import { eventIntervalMs, type Monitor, monitorIdsOf, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import type { Counts } from '../ledger/model.ts';

const minuteMs = 60_000;

/** What an SLO counts: good and bad events; the other two are in neither. */
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

/**
 * The monitors of an SLO's indicator with the keys under which the ledger holds what it counts: their own, or those of their
 * probes as a latency makes them good or bad.
 */
export function judgedOf(slo: Slo, monitors: readonly Monitor[]): readonly Monitor[] {
  const { indicator } = slo;
  const mine = monitorsOf(slo, monitors);
  if (indicator.kind !== 'latency') return mine;
  return mine.flatMap((monitor) => {
    const key = indicator.keys[monitor.id];
    return key === undefined ? [] : [{ ...monitor, key }];
  });
}

/** Whether a degraded probe counts as bad. */
export function isDegradedBad({ indicator }: Pick<Slo, 'indicator'>): boolean {
  return 'isDegradedBad' in indicator && indicator.isDegradedBad;
}

/** `passed` is good and `failed` is bad; `degraded` is good, or with `isStrict` bad. */
export function judge(counts: Counts, isStrict: boolean): IndicatorCounts {
  const { passed, degraded, failed, unjudged, maintenance } = counts;
  if (isStrict) return { good: passed, bad: failed + degraded, unjudged, maintenance };
  return { good: passed + degraded, bad: failed, unjudged, maintenance };
}

/** Counts in (fromAt, toAt] in whole minutes, added up over the monitors; degraded is good, or with `isStrict` bad. */
export function judgedBetween(
  monitors: readonly Monitor[],
  history: History,
  fromAt: number,
  toAt: number,
  isStrict = false,
): IndicatorCounts {
  const sum = { good: 0, bad: 0, unjudged: 0, maintenance: 0 };
  for (const { key } of monitors) {
    const counts = judge(history.countBetween(key, fromAt, toAt), isStrict);
    sum.good += counts.good;
    sum.bad += counts.bad;
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
