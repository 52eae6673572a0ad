import { countRuns, nextRun } from '../../shared/config/cron.ts';
import type { BurstSchedule } from '../../shared/config/model.ts';
import { dayMs, hourMs, hourStart } from '../../shared/ledger/keys.ts';
import { daysPerMonth } from './assumptions.ts';

/** Runs of a schedule in the month that begins at an instant (epoch ms), and in how many of its hours there is one. */
export type MonthRuns = { readonly runs: number; readonly hours: number };

/** Counted as if its clocks were those of UTC: in another zone a month has the same number of runs, but for one where clocks change. */
export function runsOfMonth({ expression }: BurstSchedule, fromAt: number): MonthRuns {
  const schedule = { expression, timezone: 'UTC' };
  const toAt = fromAt + daysPerMonth * dayMs;
  let hours = 0;
  let at = nextRun(schedule, fromAt - 1);
  while (at !== undefined && at < toAt) {
    hours += 1;
    at = nextRun(schedule, hourStart(at) + hourMs - 1);
  }
  return { runs: countRuns(schedule, fromAt, toAt), hours };
}
