import { eventIntervalMs, type Maintenance, type Monitor, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { coverageOf, firstSeenOf } from './coverage.ts';
import { expectedEvents } from './expected.ts';
import { type IndicatorCounts, judgedBetween, monitorsOf } from './indicator.ts';

/** What an SLO counts, whatever it is made of: windows are (fromAt, toAt] in epoch ms, counted by whole minutes. */
export type Events = {
  between(fromAt: number, toAt: number): IndicatorCounts;
  /** The denominator: what the schedule holds less what is under maintenance; the observed total where nothing is scheduled. */
  expected(fromAt: number, toAt: number): number;
  /** Judged ÷ expected of what can no longer come, since the first event of the window that begins at `windowAt`; 1 before any. */
  coverageRatio(windowAt: number, now: number): number;
  /** The first event that is known of; undefined before any. */
  readonly firstSeenAt: number | undefined;
  /** The longest regular time between two events; 0 where none is scheduled. */
  readonly intervalMs: number;
};

/** The probes of an SLO's monitors, out of all: `failed` is bad, `passed` and `degraded` are good. */
export function monitorEvents(
  slo: Slo,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
): Events {
  const mine = monitorsOf(slo, monitors);
  return {
    between: (fromAt, toAt) => judgedBetween(mine, history, fromAt, toAt),
    expected: (fromAt, toAt) => expectedEvents(mine, maintenance, fromAt, toAt),
    coverageRatio: (windowAt, now) => coverageOf(mine, maintenance, history, windowAt, now),
    firstSeenAt: firstSeenOf(mine, history),
    intervalMs: mine.reduce((slowest, monitor) => Math.max(slowest, eventIntervalMs(monitor)), 0),
  };
}
