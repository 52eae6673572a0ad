import type { z } from 'zod';
import { parseSchedule, shortestGapMs } from '../cron.ts';
import type { ScheduledDrill } from '../model.ts';
import { type Fields, map } from './fields.ts';
import { minute } from './limits.ts';
import type { Fault } from './problem.ts';
import { notifySchema } from './schema-parts.ts';
import { renderDuration } from './units.ts';

/** Each has a quarter of an hour; and what comes all the time is looked past. */
const shortestMs = 60 * minute;

/** When alerts are tried by themselves, and on which channels. */
export function drillSchema(fields: Fields) {
  const shape = {
    schedule: fields.schedule(
      'When alerts are tried: cron(…) or rate(…) of EventBridge Scheduler, at most once an hour.',
    ),
    timezone: fields.timeZone('The IANA time zone of its schedule. UTC by default.').optional(),
    notify: notifySchema(fields).optional().meta({
      description: 'The channels that are tried. All that any alert notifies by default.',
    }),
  };
  return map(shape, ['channels', 'timeout', 'severity']);
}
export type DrillEntry = z.output<ReturnType<typeof drillSchema>>;

/** `told`: every channel that an alert notifies. */
export function buildDrill(
  { schedule, timezone = 'UTC', notify }: DrillEntry,
  told: readonly string[],
): { readonly value: ScheduledDrill; readonly faults: Fault[] } {
  const value = { schedule: { expression: schedule, timezone }, notify: notify ?? told };
  return { value, faults: [...checkGap(schedule), ...checkTold(value)] };
}

function checkGap(schedule: string): Fault[] {
  const parsed = parseSchedule(schedule);
  const gapMs = parsed.ok ? shortestGapMs(parsed.value) : shortestMs;
  if (gapMs >= shortestMs) return [];
  const message = `must leave at least ${renderDuration(shortestMs)} between two drills, got ${renderDuration(gapMs)}`;
  return [{ code: 'BURN_CONFIG_SCHEDULE', path: ['drill', 'schedule'], message }];
}

function checkTold({ notify }: ScheduledDrill): Fault[] {
  if (notify.length > 0) return [];
  const message = 'tries no channel: no alert notifies any, so name some in notify';
  return [{ code: 'BURN_CONFIG_MISSING', path: ['drill'], message }];
}
