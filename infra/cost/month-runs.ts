import { runsBetween } from '../../shared/config/cron.ts';
import type { BurstSchedule } from '../../shared/config/model.ts';
import { dayMs, hourStart } from '../../shared/ledger/keys.ts';
import { daysPerMonth } from './assumptions.ts';

/** Runs of a schedule in the month that begins at an instant (epoch ms), and in how many of its hours there is one. */
export type MonthRuns = { readonly runs: number; readonly hours: number };

/** Counted as if its clocks were those of UTC: in another zone a month has the same number of runs, but for one where clocks change. */
export function runsOfMonth({ expression }: BurstSchedule, fromAt: number): MonthRuns {
  let [runs, hours, lastHourAt] = [0, 0, Number.NEGATIVE_INFINITY];
  for (const at of runsBetween({ expression, timezone: 'UTC' }, fromAt, fromAt + daysPerMonth * dayMs)) {
    runs += 1;
    if (hourStart(at) !== lastHourAt) hours += 1;
    lastHourAt = hourStart(at);
  }
  return { runs, hours };
}
