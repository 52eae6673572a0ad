import { eventIntervalMs, type Monitor } from '../config/model.ts';
import type { Events } from './events.ts';
import { emptyMinutes, expectedMinutes, type Minutes, minuteCount } from './minutes.ts';

/** What was counted in one minute; null where nobody looked. */
export type SeriesMinute = { readonly good: number; readonly bad: number } | null;

/** Minutes in a row, counted from 1. They have no date; schedules start with the first of them. */
export type Series = readonly SeriesMinute[];

const minuteMs = 60_000;
/** Where minute 1 starts: a midnight so late that every window before it is after the epoch. */
const startAt = 500 * 1_440 * minuteMs;

/** The last millisecond of a minute of a series (epoch ms): whoever evaluates then has seen all of it. */
export const minuteEnd = (minute: number): number => startAt + minute * minuteMs - 1;

/**
 * A series as the events of an SLO. Expected is what the schedule of its monitors holds, before the first minute and in gaps
 * too; what was counted where that is more, as it always is where nothing is scheduled. A series has no date, and so
 * no maintenance.
 */
export function seriesEvents(series: Series, monitors: readonly Monitor[]): Events {
  const counted = countedEvents(series);
  const scheduled = scheduleOf(monitors);
  const gaps = sumsOf(series, (minute) => (minute === null ? 1 : 0));
  const expected = (fromAt: number, toAt: number) =>
    // Where nothing is scheduled a gap must not look like a calm: it is unknown, since something may have happened.
    Math.max(scheduled(fromAt, toAt), counted.expected(fromAt, toAt)) || between(gaps, fromAt, toAt);
  return {
    ...counted,
    expected,
    coverageRatio: (windowAt, now) => {
      const { good, bad } = counted.between(windowAt, now);
      const due = expected(Math.max(windowAt, (counted.firstSeenAt ?? now) - 1), now);
      return due === 0 ? 1 : Math.min(1, (good + bad) / due);
    },
    intervalMs: monitors.reduce((slowest, monitor) => Math.max(slowest, eventIntervalMs(monitor)), 0),
    minutes: (fromAt, toAt) => {
      const due = expectedMinutes(monitors, [], fromAt, toAt);
      return minutesIn(
        series,
        fromAt,
        toAt,
        (seen, index, isGap) => Math.max(due[index] ?? 0, seen) || (isGap ? 1 : 0),
      );
    },
  };
}

/** A series as the textbook takes it: a window is divided by the events that are in it, and nothing is expected. */
export function countedEvents(series: Series): Events {
  const good = sumsOf(series, (minute) => minute?.good ?? 0);
  const bad = sumsOf(series, (minute) => minute?.bad ?? 0);
  const first = series.findIndex((minute) => minute !== null && minute.good + minute.bad > 0);
  const countBetween = (fromAt: number, toAt: number) => ({
    good: between(good, fromAt, toAt),
    bad: between(bad, fromAt, toAt),
    unjudged: 0,
    maintenance: 0,
  });
  return {
    between: countBetween,
    expected: (fromAt, toAt) => between(good, fromAt, toAt) + between(bad, fromAt, toAt),
    coverageRatio: () => 1,
    firstSeenAt: first === -1 ? undefined : startAt + first * minuteMs,
    intervalMs: 0,
    minutes: (fromAt, toAt) => minutesIn(series, fromAt, toAt, (seen) => seen),
  };
}

/** The minutes of (fromAt, toAt]; what is expected of one follows from how many events were seen in it. */
function minutesIn(
  series: Series,
  fromAt: number,
  toAt: number,
  expected: (seen: number, index: number, isGap: boolean) => number,
): Minutes {
  const minutes = emptyMinutes(minuteCount(fromAt, toAt));
  const before = startedBy(fromAt);
  for (let index = 0; index < minutes.good.length; index += 1) {
    const minute = series[before + index];
    const [good, bad] = [minute?.good ?? 0, minute?.bad ?? 0];
    minutes.good[index] = good;
    minutes.bad[index] = bad;
    minutes.expected[index] = expected(good + bad, index, minute === null);
  }
  return minutes;
}

/** How many ticks the monitors have in (fromAt, toAt]. */
function scheduleOf(monitors: readonly Monitor[]): (fromAt: number, toAt: number) => number {
  const kinds = [...Map.groupBy(monitors, eventIntervalMs)];
  return (fromAt, toAt) =>
    kinds.reduce(
      (sum, [intervalMs, { length }]) =>
        sum + length * (Math.floor(toAt / intervalMs) - Math.floor(fromAt / intervalMs)),
      0,
    );
}

/** Sums up to the end of each minute, 0 before the first. */
function sumsOf(series: Series, amount: (minute: SeriesMinute) => number): Float64Array {
  const sums = new Float64Array(series.length + 1);
  for (const [index, minute] of series.entries()) sums[index + 1] = (sums[index] ?? 0) + amount(minute);
  return sums;
}

/** The sum over the minutes that start in (fromAt, toAt]. */
function between(sums: Float64Array, fromAt: number, toAt: number): number {
  const upTo = (at: number) => sums[Math.max(0, Math.min(sums.length - 1, startedBy(at)))] ?? 0;
  return upTo(toAt) - upTo(fromAt);
}

/** How many minutes of the series have started by an instant; negative before the first. */
const startedBy = (at: number): number => Math.floor((at - startAt) / minuteMs) + 1;
