import { addTicks } from './cells.ts';
import { addCounts, countOf } from './counts.ts';
import { dayStart, hourStart, minuteMs } from './keys.ts';
import { type Counts, type DayRollup, type HourRollup, noCounts, type Tick } from './model.ts';

export { addCounts } from './counts.ts';

/**
 * Folds the ticks of one location and UTC hour into counts by monitor and minute (minute = floor(at ÷ 60,000)).
 * Ticks of other hours or places are left out. A monitor counts once a second, however many rows speak for it: the
 * row with the smallest sort key wins, so neither the order of the ticks nor a duplicate matters.
 */
export function foldHour(location: string, hourAt: number, ticks: readonly Tick[]): HourRollup {
  const start = hourStart(hourAt);
  const mine = ticks.filter((tick) => tick.location === location && hourStart(tick.at) === start);
  const monitors = new Map<number, Counts[]>();
  for (const [key, entries] of addTicks(undefined, mine).entries) {
    const minutes = Array.from({ length: 60 }, () => noCounts);
    for (const { at, outcome } of entries) {
      const minute = Math.floor((at - start) / minuteMs);
      minutes[minute] = addCounts(minutes[minute] ?? noCounts, countOf(outcome));
    }
    monitors.set(key, minutes);
  }
  return { location, hourAt: start, monitors: sortedByKey(monitors) };
}

/** Adds the hours of one location and UTC day; a second rollup of the same hour is left out, like those of other days. */
export function foldDay(location: string, dayAt: number, hours: readonly HourRollup[]): DayRollup {
  const start = dayStart(dayAt);
  const mine = new Map<number, HourRollup>();
  for (const hour of hours) {
    const isMine = hour.location === location && dayStart(hour.hourAt) === start;
    if (isMine && !mine.has(hour.hourAt)) mine.set(hour.hourAt, hour);
  }
  const monitors = new Map<number, Counts>();
  for (const hour of mine.values()) {
    for (const [key, minutes] of hour.monitors) {
      monitors.set(key, minutes.reduce(addCounts, monitors.get(key) ?? noCounts));
    }
  }
  return { location, dayAt: start, monitors: sortedByKey(monitors) };
}

const sortedByKey = <Value>(map: ReadonlyMap<number, Value>): Map<number, Value> =>
  new Map([...map].sort(([a], [b]) => a - b));
