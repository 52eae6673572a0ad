import type { CalendarUnit, Slo } from '../config/model.ts';
import { instantOf, wallTimeOf } from '../config/wall-clock.ts';

/** The span that a budget belongs to: (fromAt, toAt] in epoch ms. Of a calendar's it ends in the future. */
export type BudgetSpan = { readonly fromAt: number; readonly toAt: number };

const dayMs = 86_400_000;

/**
 * What the budget of an SLO is judged over at an instant: the window that ends then, or the whole week, month, quarter or year of
 * the calendar that it is in, as long as that really is: months have 28 to 31 days, and days 23 to 25 hours.
 */
export function budgetSpan({ windowMs, calendar }: Pick<Slo, 'windowMs' | 'calendar'>, now: number): BudgetSpan {
  if (calendar === undefined) return { fromAt: now - windowMs, toAt: now };
  const wallMs = wallTimeOf(now, calendar.timezone);
  const [start, end] = [0, 1].map((later) => instantOf(calendarStart(calendar.unit, wallMs, later), calendar.timezone));
  // The minute in which it starts is in it, that in which the next one starts is not.
  return { fromAt: (start ?? now) - 1, toAt: (end ?? now) - 1 };
}

/** The wall-clock midnight at which the unit begins that holds a wall-clock time, or so many units later. */
function calendarStart(unit: CalendarUnit, wallMs: number, later: number): number {
  const date = new Date(wallMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (unit) {
    case 'week': {
      const day = Math.floor(wallMs / dayMs);
      // Day 0 of the epoch was a Thursday.
      return (day - ((day + 3) % 7) + 7 * later) * dayMs;
    }
    case 'month':
      return Date.UTC(year, month + later, 1);
    case 'quarter':
      return Date.UTC(year, month - (month % 3) + 3 * later, 1);
    case 'year':
      return Date.UTC(year + later, 0, 1);
    default:
      return unit satisfies never;
  }
}
