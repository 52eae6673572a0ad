import {
  countCell,
  countTicks,
  type Entry,
  type HourCell,
  type HourTicks,
  instantsOf,
  minutesOf,
  outcomesOf,
} from './cells.ts';
import { addCounts } from './counts.ts';
import { dayMs, dayStart, hourMs, hourStart, minuteMs } from './keys.ts';
import { type Counts, type DayRollup, noCounts, type TickOutcome } from './model.ts';
import type { JudgedOutcome } from './quorum.ts';

/** What is known of one location, by the start of the hour or day. */
export type Shelf = {
  readonly location: string;
  readonly ticks: ReadonlyMap<number, HourTicks>;
  readonly hours: ReadonlyMap<number, HourCell>;
  readonly days: ReadonlyMap<number, DayRollup>;
  /** The first known hour or day, and the end of the last one; Infinity and -Infinity when nothing is known. */
  readonly fromAt: number;
  readonly endAt: number;
};
type Cells = Pick<Shelf, 'location' | 'ticks' | 'hours' | 'days'>;

export function shelfOf({ location, ticks, hours, days }: Cells): Shelf {
  let [fromAt, endAt] = [Infinity, -Infinity];
  const widen = (starts: Iterable<number>, lengthMs: number) => {
    for (const at of starts) [fromAt, endAt] = [Math.min(fromAt, at), Math.max(endAt, at + lengthMs)];
  };
  widen(ticks.keys(), hourMs);
  widen(hours.keys(), hourMs);
  widen(days.keys(), dayMs);
  return { location, ticks, hours, days, fromAt, endAt };
}

/**
 * Counts of a monitor in [from, to), both at whole minutes. A folded day that lies inside as a whole speaks for itself,
 * otherwise a folded hour does, otherwise the ticks.
 */
export function countOn(shelf: Shelf, monitorKey: number, from: number, to: number): Counts {
  let sum = noCounts;
  const endAt = Math.min(to, shelf.endAt);
  // Thousands of windows are counted in an evaluation: nothing is made for each day and hour.
  for (let at = Math.max(hourStart(from), shelf.fromAt); at < endAt; ) {
    const isWholeDay = at === dayStart(at) && from <= at && to >= at + dayMs;
    const day = isWholeDay ? shelf.days.get(at) : undefined;
    const part =
      day === undefined ? countHour(shelf, at, monitorKey, from, to) : (day.monitors.get(monitorKey) ?? noCounts);
    if (part !== noCounts) sum = sum === noCounts ? part : addCounts(sum, part);
    at += day === undefined ? hourMs : dayMs;
  }
  return sum;
}

function countHour(shelf: Shelf, hourAt: number, monitorKey: number, from: number, to: number): Counts {
  const cell = shelf.hours.get(hourAt);
  if (cell !== undefined) return countCell(cell, hourAt, monitorKey, from, to);
  const ticks = shelf.ticks.get(hourAt);
  return ticks === undefined ? noCounts : countTicks(ticks, monitorKey, from, to);
}

/** Adds what a shelf knows of single minutes to `minutes`, the first of which starts at `from`. */
export function addMinutes(minutes: Counts[], shelf: Shelf, monitorKey: number, from: number): void {
  for (const hourAt of starts(shelf, from, from + minutes.length * minuteMs, hourMs)) {
    const own = minutesOf(shelf.ticks.get(hourAt), shelf.hours.get(hourAt), hourAt, monitorKey);
    own.forEach((counts, minute) => {
      const index = (hourAt - from) / minuteMs + minute;
      const before = minutes[index];
      if (before !== undefined && counts !== noCounts) minutes[index] = addCounts(before, counts);
    });
  }
}

/** Outcomes of a monitor in (fromAt, toAt], in no particular order. */
export function outcomesOn(shelf: Shelf, monitorKey: number, fromAt: number, toAt: number): readonly Entry[] {
  const hours = starts(shelf, fromAt, toAt + 1, hourMs).flatMap((hourAt) =>
    outcomesOf(shelf.location, hourAt, monitorKey, shelf.ticks.get(hourAt), shelf.hours.get(hourAt)),
  );
  return hours.filter(({ at }) => at > fromAt && at <= toAt);
}

/** The last instant in (fromAt, toAt] at which a monitor had one of these outcomes, not under maintenance; looks back hour by hour. */
export function lastOutcomeOn(
  shelf: Shelf,
  monitorKey: number,
  outcomes: readonly ('failed' | 'degraded')[],
  fromAt: number,
  toAt: number,
): number | undefined {
  const isWanted = (counts: Counts) => outcomes.some((outcome) => counts[outcome] > 0);
  for (const hourAt of starts(shelf, fromAt, toAt + 1, hourMs).reverse()) {
    const [ticks, cell] = [shelf.ticks.get(hourAt), shelf.hours.get(hourAt)];
    const isCalm = !ticks?.entries.has(monitorKey) && !isWanted(cell?.get(monitorKey)?.total ?? noCounts);
    const entries = isCalm ? [] : outcomesOf(shelf.location, hourAt, monitorKey, ticks, cell);
    const instants = entries
      .filter(({ at, outcome: { outcome, isMaintenance } }) => {
        return at > fromAt && at <= toAt && !isMaintenance && outcomes.some((each) => each === outcome);
      })
      .map(({ at }) => at);
    if (instants.length > 0) return Math.max(...instants);
  }
  return undefined;
}

/** The newest judged outcome before an instant, not under maintenance; looks back hour by hour. */
export function lastJudgedOn(
  shelf: Shelf,
  monitorKey: number,
  beforeAt: number,
): { readonly at: number; readonly outcome: JudgedOutcome } | undefined {
  for (const hourAt of starts(shelf, shelf.fromAt, beforeAt, hourMs).reverse()) {
    const [ticks, cell] = [shelf.ticks.get(hourAt), shelf.hours.get(hourAt)];
    const entries = outcomesOf(shelf.location, hourAt, monitorKey, ticks, cell).toSorted((a, b) => a.at - b.at);
    const last = entries.findLast(({ at, outcome }) => at < beforeAt && isJudgement(outcome));
    if (last !== undefined) return { at: last.at, outcome: last.outcome.outcome as JudgedOutcome };
  }
  return undefined;
}

const isJudgement = ({ outcome, isMaintenance }: TickOutcome): boolean =>
  !isMaintenance && outcome !== 'unknown' && outcome !== 'blocked';

/** The newest instant with counts of the wanted kind; the last minute of a day of which only the total is known. */
export function newestOn(shelf: Shelf, monitorKey: number, isWanted: (counts: Counts) => boolean): number | undefined {
  for (let hourAt = hourStart(shelf.endAt - 1); hourAt >= shelf.fromAt; hourAt -= hourMs) {
    const newest = instantsIn(shelf, hourAt, monitorKey, isWanted).at(-1);
    if (newest !== undefined) return newest;
    const isDayDone = hourAt === dayStart(hourAt);
    if (isDayDone && isWanted(dayOf(shelf, hourAt, monitorKey))) return hourAt + dayMs - minuteMs;
  }
  return undefined;
}

/** The oldest instant with counts of the wanted kind; the start of a day of which only the total is known. */
export function oldestOn(shelf: Shelf, monitorKey: number, isWanted: (counts: Counts) => boolean): number | undefined {
  for (let hourAt = hourStart(shelf.fromAt); hourAt < shelf.endAt; hourAt += hourMs) {
    const oldest = instantsIn(shelf, hourAt, monitorKey, isWanted)[0];
    if (oldest !== undefined) return oldest;
    const dayAt = hourAt + hourMs - dayMs;
    if (dayAt === dayStart(hourAt) && isWanted(dayOf(shelf, dayAt, monitorKey))) return dayAt;
  }
  return undefined;
}

function dayOf(shelf: Shelf, dayAt: number, monitorKey: number): Counts {
  return shelf.days.get(dayAt)?.monitors.get(monitorKey) ?? noCounts;
}

function instantsIn(shelf: Shelf, hourAt: number, monitorKey: number, isWanted: (counts: Counts) => boolean) {
  return instantsOf(monitorKey, hourAt, shelf.ticks.get(hourAt), shelf.hours.get(hourAt), isWanted);
}

/** The starts of the hours, or days, that touch [from, to) and that the shelf can know. */
function starts(shelf: Shelf, from: number, to: number, stepMs: number): number[] {
  const found: number[] = [];
  const first = Math.max(from, stepMs === dayMs ? dayStart(shelf.fromAt) : shelf.fromAt);
  const end = Math.min(to, shelf.endAt);
  for (let at = Math.floor(first / stepMs) * stepMs; at < end; at += stepMs) found.push(at);
  return found;
}
