import { type Maintenance, weekdays } from '../config/model.ts';
import { instantOf } from '../config/wall-clock.ts';

/** A planned span: [from, to) in epoch ms. */
export type MaintenanceSpan = { readonly from: number; readonly to: number; readonly reason: string };

const dayMs = 86_400_000;
const minuteMs = 60_000;

/**
 * When a monitor is under maintenance between two instants: spans cut to [fromAt, toAt), the earliest first, never
 * touching each other; where several plans meet they are one span with all their reasons.
 */
export function maintenanceSpans(
  maintenance: readonly Maintenance[],
  monitorId: string,
  fromAt: number,
  toAt: number,
): readonly MaintenanceSpan[] {
  const mine = maintenance.filter(({ monitors }) => monitors.includes(monitorId));
  const spans = mine.flatMap((plan) => spansOf(plan, fromAt, toAt));
  return spans.sort((a, b) => a.from - b.from || a.to - b.to).reduce(join, []);
}

/** The reason (all of them, where plans overlap) if a monitor is under maintenance at an instant, else undefined. */
export function isUnderMaintenance(
  maintenance: readonly Maintenance[],
  monitorId: string,
  at: number,
): string | undefined {
  return maintenanceSpans(maintenance, monitorId, at, at + 1)[0]?.reason;
}

/** One plan's spans that touch [fromAt, toAt), cut to it. A span lasts its duration in elapsed time, whatever clocks do. */
function spansOf(plan: Maintenance, fromAt: number, toAt: number): MaintenanceSpan[] {
  const spans: MaintenanceSpan[] = [];
  if (!(fromAt < toAt)) return spans;
  // A local date is at most 15 hours off the UTC date, and a start is moved by a day at most.
  const lastDay = Math.floor(toAt / dayMs) + 2;
  for (let day = Math.floor((fromAt - plan.durationMs) / dayMs) - 2; day <= lastDay; day += 1) {
    if (!plan.every.includes(weekdayOf(day))) continue;
    const startAt = startOn(plan, day);
    const [from, to] = [Math.max(fromAt, startAt), Math.min(toAt, startAt + plan.durationMs)];
    if (from < to) spans.push({ from, to, reason: plan.reason });
  }
  return spans;
}

/** Time zones are slow to ask, and a plan never changes: each of its starts is worked out once. */
const startsOf = new WeakMap<Maintenance, Map<number, number>>();

function startOn(plan: Maintenance, day: number): number {
  const known = startsOf.get(plan) ?? new Map<number, number>();
  startsOf.set(plan, known);
  const startAt = known.get(day) ?? instantOf(day * dayMs + plan.startMinute * minuteMs, plan.timezone);
  known.set(day, startAt);
  return startAt;
}

/** Day 0 of the epoch was a Thursday. */
const weekdayOf = (day: number) => weekdays[(((day + 3) % 7) + 7) % 7] ?? 'monday';

function join(spans: MaintenanceSpan[], next: MaintenanceSpan): MaintenanceSpan[] {
  const last = spans.at(-1);
  if (last === undefined || next.from > last.to) return [...spans, next];
  const reason = last.reason.split('; ').includes(next.reason) ? last.reason : `${last.reason}; ${next.reason}`;
  return [...spans.slice(0, -1), { from: last.from, to: Math.max(last.to, next.to), reason }];
}
