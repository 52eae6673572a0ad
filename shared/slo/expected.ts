import { eventIntervalMs, type Maintenance, type Monitor } from '../config/model.ts';
import { maintenanceSpans } from './maintenance.ts';

/**
 * How many events the schedule holds in (fromAt, toAt]: the multiples of each monitor's interval, or of a heartbeat's
 * period, less those under maintenance. Monitors add up; an empty range has none.
 */
export function expectedEvents(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  fromAt: number,
  toAt: number,
): number {
  return expectedOn(monitors, maintenance)(fromAt, toAt);
}

/** The same for many ranges: what the monitors have in common is found once. */
export function expectedOn(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
): (fromAt: number, toAt: number) => number {
  const kinds = ticksByKind(monitors, maintenance);
  return (fromAt, toAt) => {
    if (!(fromAt < toAt)) return 0;
    return kinds.reduce((sum, [monitor, count]) => sum + count * expectedOf(monitor, maintenance, fromAt, toAt), 0);
  };
}

/** Monitors with the same interval and the same plans have the same ticks: one of each kind, and how many there are. */
export function ticksByKind(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
): readonly (readonly [monitor: Monitor, count: number])[] {
  const plans = maintenance.map((plan) => new Set(plan.monitors));
  const kinds = Map.groupBy(monitors, (monitor) =>
    plans.reduce((kind, plan) => kind + (plan.has(monitor.id) ? '+' : '-'), `${eventIntervalMs(monitor)}`),
  );
  return [...kinds.values()].flatMap(([monitor, ...others]) =>
    monitor === undefined ? [] : [[monitor, 1 + others.length] as const],
  );
}

function expectedOf(monitor: Monitor, maintenance: readonly Maintenance[], fromAt: number, toAt: number): number {
  const intervalMs = eventIntervalMs(monitor);
  const ticks = (from: number, to: number) => ticksUpTo(to, intervalMs) - ticksUpTo(from, intervalMs);
  // A span holds its start and not its end, a range its end and not its start: instants are whole milliseconds.
  const spans = maintenanceSpans(maintenance, monitor.id, Math.floor(fromAt) + 1, Math.floor(toAt) + 1);
  return spans.reduce((left, { from, to }) => left - ticks(from - 1, to - 1), ticks(fromAt, toAt));
}

const ticksUpTo = (at: number, intervalMs: number): number => Math.floor(at / intervalMs);
