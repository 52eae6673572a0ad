import { type DayRule, daysOf, parseDayOfMonth, parseDayOfWeek, parseField } from './cron-field.ts';
import type { BurstSchedule } from './model.ts';
import { firstShowing, wallTimeOf } from './wall-clock.ts';

/** A schedule as it was understood: every so often, or at wall-clock times. `text` is how it is written without slips. */
export type Recurrence = { readonly text: string } & ({ readonly everyMs: number } | { readonly cron: Cron });
/** Sorted. `days` says which days of a month. */
export type Cron = {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly days: DayRule;
  readonly months: readonly number[];
  readonly years: readonly number[];
};
type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html */
const longestExpression = 256;
const unitsMs = { minute: minuteMs, hour: 60 * minuteMs, day: dayMs } as const;
const longestRateDays = 400;

/**
 * Reads what EventBridge Scheduler takes: `cron(minutes hours day-of-month month day-of-week year)`, or `rate(5 minutes)`. A
 * sentence without its subject where it is none; one that never comes, such as a 30th of February, is none.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */
export function parseSchedule(text: string): Parsed<Recurrence> {
  const [, kind, inside = ''] = /^\s*(cron|rate)\s*\(([^()]*)\)\s*$/.exec(text) ?? [];
  if (kind === undefined || text.length > longestExpression) {
    return bad('must be a schedule such as cron(0 3 * * ? *) or rate(5 minutes)');
  }
  const words = inside.trim().split(/\s+/);
  return kind === 'rate' ? parseRate(words) : parseCron(words.map((word) => word.toUpperCase()));
}

/** The Scheduler takes one unit in the singular, and any other number of them in the plural. */
function parseRate(words: readonly string[]): Parsed<Recurrence> {
  const [, number, unit] = /^(\d{1,6}) (minute|hour|day)s?$/.exec(words.join(' ')) ?? [];
  if (number === undefined || Number(number) === 0) {
    return bad('must be a rate of whole minutes, hours or days, such as rate(5 minutes)');
  }
  const value = Number(number);
  const everyMs = value * unitsMs[unit as keyof typeof unitsMs];
  if (everyMs > longestRateDays * dayMs) return bad(`must be at most rate(${longestRateDays} days)`);
  return { ok: true, value: { text: `rate(${value} ${unit}${value === 1 ? '' : 's'})`, everyMs } };
}

function parseCron(words: readonly string[]): Parsed<Recurrence> {
  if (words.length !== 6) {
    const got = words[0] === '' ? 0 : words.length;
    return bad(`must have six fields: cron(minutes hours day-of-month month day-of-week year), not ${got}`);
  }
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = words;
  const minutes = parseField(minute, 'minutes');
  const hours = parseField(hour, 'hours');
  const days = parseDays(dayOfMonth, dayOfWeek);
  const months = parseField(month, 'month');
  const years = parseField(year, 'year');
  for (const part of [minutes, hours, days, months, years]) if (typeof part === 'string') return bad(part);
  const cron = { minutes, hours, days, months, years } as Cron;
  const isEver = wallTimes(cron, 0).next().done !== true;
  return isEver ? { ok: true, value: { text: `cron(${words.join(' ')})`, cron } } : bad('must name a day that comes');
}

/** One of the two says which days, the other is `?`. */
function parseDays(ofMonth: string, ofWeek: string): DayRule | string {
  if ((ofMonth === '?') === (ofWeek === '?')) {
    return 'must have ? in exactly one of day-of-month and day-of-week, such as cron(0 3 * * ? *)';
  }
  return ofWeek === '?' ? parseDayOfMonth(ofMonth) : parseDayOfWeek(ofWeek);
}

/**
 * The first run after an instant (epoch ms both), undefined where none comes any more. As with the Scheduler, a cron time that
 * clocks skip is skipped, and one that they show twice comes once, at its first showing. A rate counts from midnight UTC of
 * the epoch here, from its creation with the Scheduler. Throws a RangeError for what `parseSchedule` or `parseTimeZone` refuses.
 */
export function nextRun({ expression, timezone }: BurstSchedule, afterAt: number): number | undefined {
  const recurrence = recurrenceOf(expression);
  if ('everyMs' in recurrence) return (Math.floor(afterAt / recurrence.everyMs) + 1) * recurrence.everyMs;
  return runsAfter(recurrence.cron, timezone, afterAt).next().value;
}

/** Whether a run comes in the minute that holds this instant (epoch ms). */
export function isDue(schedule: BurstSchedule, at: number): boolean {
  const minuteAt = Math.floor(at / minuteMs) * minuteMs;
  return nextRun(schedule, minuteAt - 1) === minuteAt;
}

/** How many runs come in [fromAt, toAt), epoch ms. */
export function countRuns(schedule: BurstSchedule, fromAt: number, toAt: number): number {
  const recurrence = recurrenceOf(schedule.expression);
  if (!(fromAt < toAt)) return 0;
  if ('everyMs' in recurrence) {
    return Math.ceil(toAt / recurrence.everyMs) - Math.ceil(fromAt / recurrence.everyMs);
  }
  let count = 0;
  for (const _ of runsBetween(schedule, fromAt, toAt)) count += 1;
  return count;
}

/** The runs that come in [fromAt, toAt), epoch ms, one after the other. */
export function* runsBetween(
  { expression, timezone }: BurstSchedule,
  fromAt: number,
  toAt: number,
): Generator<number, undefined> {
  const recurrence = recurrenceOf(expression);
  if (!(fromAt < toAt)) return undefined;
  if ('everyMs' in recurrence) {
    const { everyMs } = recurrence;
    for (let at = Math.ceil(fromAt / everyMs) * everyMs; at < toAt; at += everyMs) yield at;
    return undefined;
  }
  for (const at of runsAfter(recurrence.cron, timezone, fromAt - 1)) {
    if (at >= toAt) return undefined;
    yield at;
  }
  return undefined;
}

/** The least time between two runs, ms: of the first two days on which there are some, leaving changes of the clocks aside. */
export function shortestGapMs(recurrence: Recurrence): number {
  if ('everyMs' in recurrence) return recurrence.everyMs;
  let shortest = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  let left = (2 * dayMs) / minuteMs;
  for (const wallMs of wallTimes(recurrence.cron, 0)) {
    shortest = Math.min(shortest, wallMs - last);
    last = wallMs;
    left -= 1;
    if (left === 0) break;
  }
  return shortest;
}

/** Runs that are looked at for the longest gap, and how far apart the first and the last of them may lie: two months, or two of them. */
const mostLookedAt = 5_000;
const longestLookMs = 62 * dayMs;

/** The longest time between two runs, ms, as far as the first two months of them show it; 0 where there is only one. */
export function longestGapMs(recurrence: Recurrence): number {
  if ('everyMs' in recurrence) return recurrence.everyMs;
  let [longest, count] = [0, 0];
  let [first, last]: (number | undefined)[] = [];
  for (const wallMs of wallTimes(recurrence.cron, 0)) {
    longest = Math.max(longest, wallMs - (last ?? wallMs));
    [first, last] = [first ?? wallMs, wallMs];
    count += 1;
    if (count >= mostLookedAt || (count > 1 && wallMs - first > longestLookMs)) break;
  }
  return longest;
}

function recurrenceOf(expression: string): Recurrence {
  const parsed = parseSchedule(expression);
  if (!parsed.ok) throw new RangeError(`${JSON.stringify(expression)} ${parsed.message}`);
  return parsed.value;
}

/** Wall-clock times come in the order of their first showings, so that no earlier one can still be to come. */
function* runsAfter(cron: Cron, timezone: string, afterAt: number): Generator<number, undefined> {
  for (const wallMs of wallTimes(cron, wallTimeOf(afterAt, timezone))) {
    const at = firstShowing(wallMs, timezone);
    if (at !== undefined && at > afterAt) yield at;
  }
  return undefined;
}

/** Every wall-clock time from one on, as if it were UTC (epoch ms). */
function* wallTimes(cron: Cron, fromMs: number): Generator<number, undefined> {
  const from = new Date(fromMs);
  for (const year of cron.years) {
    for (const month of cron.months) {
      if (year * 12 + month < from.getUTCFullYear() * 12 + from.getUTCMonth() + 1) continue;
      for (const day of daysOf(cron.days, year, month)) yield* timesOf(cron, Date.UTC(year, month - 1, day), fromMs);
    }
  }
  return undefined;
}

function* timesOf({ hours, minutes }: Cron, midnightMs: number, fromMs: number): Generator<number, undefined> {
  if (midnightMs + dayMs <= fromMs) return undefined;
  for (const hour of hours) {
    for (const minute of minutes) {
      const wallMs = midnightMs + (hour * 60 + minute) * minuteMs;
      if (wallMs >= fromMs) yield wallMs;
    }
  }
  return undefined;
}

const bad = (message: string): { readonly ok: false; readonly message: string } => ({ ok: false, message });
