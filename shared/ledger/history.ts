import { addTicks, type Entry, type HourTicks, hourCell, ticksBefore } from './cells.ts';
import { addCounts, isEmpty, isJudged } from './counts.ts';
import { dayMs, hourMs, hourStart, minuteMs } from './keys.ts';
import { type Counts, type DayRollup, type FailureDetail, type HourRollup, noCounts, type Tick } from './model.ts';
import type { JudgedOutcome } from './quorum.ts';
import {
  addMinutes,
  countOn,
  lastJudgedOn,
  lastOutcomeOn,
  newestOn,
  oldestOn,
  outcomesOn,
  type Shelf,
  shelfOf,
} from './shelf.ts';

export type { Entry } from './cells.ts';

/** The readers that a history carries with it; each as the function of the same name. */
type Readers = {
  countBetween(monitorKey: number, fromAt: number, toAt: number): Counts;
  countMinutes(monitorKey: number, fromAt: number, toAt: number): readonly Counts[];
  firstSeenAt(monitorKey: number): number | undefined;
};

/**
 * What is known of the past: single ticks of the last hours, the minutes of folded hours, the totals of folded days.
 * A value: what adds or drops returns another one and leaves the first as it was.
 */
export type History = Readers & { readonly shelves: ReadonlyMap<string, Shelf> };

/** How long ticks of folded hours stay unless the caller says otherwise: for what a rollup does not know. */
export const keptTicksMs = 6 * hourMs;

export function emptyHistory(): History {
  return historyOf(new Map());
}

/** Adds ticks. One that is known already changes nothing; of several rows for one second the smallest shard counts. */
export function withTicks(history: History, ticks: readonly Tick[]): History {
  return change(history, ticks, (shelf, mine) => {
    const cells = new Map(shelf.ticks);
    for (const [hourAt, group] of Map.groupBy(mine, ({ at }) => hourStart(at))) {
      cells.set(hourAt, addTicks(cells.get(hourAt), group));
    }
    return shelfOf({ ...shelf, ticks: cells });
  });
}

/**
 * Puts ticks of a location in the place of all single ones that are known from an instant on: verdicts of several locations, which
 * a late row may change. What is folded stays as it is.
 */
export function replaceTicks(history: History, location: string, fromAt: number, ticks: readonly Tick[]): History {
  const shelf = history.shelves.get(location);
  if (shelf === undefined) return withTicks(history, ticks);
  const kept = [...shelf.ticks].flatMap(([hourAt, cell]): [number, HourTicks][] => {
    if (hourAt + hourMs <= fromAt) return [[hourAt, cell]];
    return cell.oldestAt < fromAt ? [[hourAt, ticksBefore(cell, fromAt)]] : [];
  });
  const shelves = new Map(history.shelves).set(location, shelfOf({ ...shelf, ticks: new Map(kept) }));
  return withTicks(historyOf(shelves), ticks);
}

/** Adds folded hours. The first rollup of an hour stays; the ticks of that hour are not counted any more. */
export function withHours(history: History, hours: readonly HourRollup[]): History {
  return change(history, hours, (shelf, mine) => {
    const cells = new Map(shelf.hours);
    for (const hour of mine) if (!cells.has(hour.hourAt)) cells.set(hour.hourAt, hourCell(hour));
    return shelfOf({ ...shelf, hours: cells });
  });
}

/** Adds folded days. The first rollup of a day stays. */
export function withDays(history: History, days: readonly DayRollup[]): History {
  return change(history, days, (shelf, mine) => {
    const cells = new Map(shelf.days);
    for (const day of mine) if (!cells.has(day.dayAt)) cells.set(day.dayAt, day);
    return shelfOf({ ...shelf, days: cells });
  });
}

/**
 * Drops the hours and days that end at `beforeAt` or earlier. Ticks of folded hours go sooner: those of hours that end
 * at `ticksBeforeAt` or earlier (without it: six hours before the end of what is known), since the rollup counts.
 */
export function forget(history: History, beforeAt: number, ticksBeforeAt?: number): History {
  const shelves = [...history.shelves.values()].map((shelf) => {
    const ticksBefore = ticksBeforeAt ?? shelf.endAt - keptTicksMs;
    const isDone = (at: number) => at + hourMs <= beforeAt || (at + hourMs <= ticksBefore && shelf.hours.has(at));
    return shelfOf({
      location: shelf.location,
      ticks: new Map([...shelf.ticks].filter(([at]) => !isDone(at))),
      hours: new Map([...shelf.hours].filter(([at]) => at + hourMs > beforeAt)),
      days: new Map([...shelf.days].filter(([at]) => at + dayMs > beforeAt)),
    });
  });
  return historyOf(new Map(shelves.filter(({ endAt }) => endAt > beforeAt).map((shelf) => [shelf.location, shelf])));
}

/**
 * Counts of one monitor in (fromAt, toAt], in whole minutes, over all locations: the minutes m with
 * floor(fromAt ÷ 60,000) < m ≤ floor(toAt ÷ 60,000). A folded day that lies inside as a whole speaks for itself,
 * otherwise a folded hour does, otherwise the ticks: nothing counts twice. Of a day of which only the total is known,
 * a part counts nothing. An empty range has no counts.
 */
export function countBetween(history: History, monitorKey: number, fromAt: number, toAt: number): Counts {
  const [from, to] = [nextMinute(fromAt), nextMinute(toAt)];
  let sum = noCounts;
  for (const shelf of history.shelves.values()) sum = addCounts(sum, countOn(shelf, monitorKey, from, to));
  return sum;
}

/** The same for each of those minutes, the oldest first. Of a day of which only the total is known they are empty. */
export function countMinutes(history: History, monitorKey: number, fromAt: number, toAt: number): readonly Counts[] {
  const [from, to] = [nextMinute(fromAt), nextMinute(toAt)];
  const minutes = Array.from({ length: Math.max(0, (to - from) / minuteMs) }, () => noCounts);
  for (const shelf of history.shelves.values()) addMinutes(minutes, shelf, monitorKey, from);
  return minutes;
}

/**
 * Outcomes of one monitor in (fromAt, toAt], the oldest first, one a second and location. Where only the minute of a
 * rollup is known they are made from its counts: at the start of the minute, without shard or latency, failures last.
 */
export function outcomesBetween(history: History, monitorKey: number, fromAt: number, toAt: number): readonly Entry[] {
  const found = [...history.shelves.values()].flatMap((shelf) => outcomesOn(shelf, monitorKey, fromAt, toAt));
  return found.sort((a, b) => a.at - b.at);
}

/**
 * The last instant in (fromAt, toAt] at which a monitor had one of these outcomes, not under maintenance, as `outcomesBetween` has
 * them; undefined where it had none. Reads no further back than it must.
 */
export function lastOutcomeAt(
  history: History,
  monitorKey: number,
  outcomes: readonly ('failed' | 'degraded')[],
  fromAt: number,
  toAt: number,
): number | undefined {
  return best(history, (shelf) => lastOutcomeOn(shelf, monitorKey, outcomes, fromAt, toAt), Math.max);
}

/** Why a monitor failed in the tick at `at`, while its row is remembered and holds a detail of it. */
export function details(history: History, monitorKey: number, at: number): FailureDetail | undefined {
  return outcomesBetween(history, monitorKey, at - 1, at).find(({ detail }) => detail !== undefined)?.detail;
}

/**
 * The newest instant at which a monitor passed, was degraded or failed, under maintenance too; undefined where it
 * never did. Of a rollup it is the start of the minute, or of the last minute of the day.
 */
export function newestJudgedAt(history: History, monitorKey: number): number | undefined {
  return best(history, (shelf) => newestOn(shelf, monitorKey, isJudged), Math.max);
}

/** The newest outcome before an instant of all that were judged, in single rows or by the minute, not under maintenance. */
export function judgedBefore(history: History, monitorKey: number, beforeAt: number): JudgedOutcome | undefined {
  const found = [...history.shelves.values()].map((shelf) => lastJudgedOn(shelf, monitorKey, beforeAt));
  return found
    .filter((each) => each !== undefined)
    .sort((a, b) => a.at - b.at)
    .at(-1)?.outcome;
}

/** The first instant at which there is any outcome of a monitor; of a rollup, the start of the minute, or of the day. */
export function firstSeenAt(history: History, monitorKey: number): number | undefined {
  return best(history, (shelf) => oldestOn(shelf, monitorKey, (counts) => !isEmpty(counts)), Math.min);
}

/** The first instant of which anything is known: a tick's time, or the start of a folded hour or day. */
export function oldestAt(history: History): number | undefined {
  const startOf = ({ ticks, hours, days }: Shelf) =>
    [...[...ticks.values()].map((cell) => cell.oldestAt), ...hours.keys(), ...days.keys()].reduce(
      (a, b) => Math.min(a, b),
      Infinity,
    );
  return best(history, startOf, Math.min);
}

function historyOf(shelves: ReadonlyMap<string, Shelf>): History {
  const history: History = {
    shelves,
    countBetween: (monitorKey, fromAt, toAt) => countBetween(history, monitorKey, fromAt, toAt),
    countMinutes: (monitorKey, fromAt, toAt) => countMinutes(history, monitorKey, fromAt, toAt),
    firstSeenAt: (monitorKey) => firstSeenAt(history, monitorKey),
  };
  return history;
}

function change<Row extends { readonly location: string }>(
  history: History,
  rows: readonly Row[],
  add: (shelf: Shelf, mine: readonly Row[]) => Shelf,
): History {
  const shelves = new Map(history.shelves);
  for (const [location, mine] of Map.groupBy(rows, (row) => row.location)) {
    const empty = { location, ticks: new Map(), hours: new Map(), days: new Map() };
    shelves.set(location, add(shelves.get(location) ?? shelfOf(empty), mine));
  }
  return historyOf(shelves);
}

function best(
  history: History,
  find: (shelf: Shelf) => number | undefined,
  pick: (a: number, b: number) => number,
): number | undefined {
  const found = [...history.shelves.values()].map(find).filter((at) => at !== undefined);
  return found.length === 0 ? undefined : found.reduce((a, b) => pick(a, b));
}

const nextMinute = (at: number): number => (Math.floor(at / minuteMs) + 1) * minuteMs;
