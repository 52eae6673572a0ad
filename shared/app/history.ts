import { combine, type LastSeen, lookOn, type Panel } from '../ledger/combine.ts';
import { foldDay, foldHour } from '../ledger/fold.ts';
import {
  emptyHistory,
  forget,
  type History,
  judgedBefore,
  keptTicksMs,
  replaceTicks,
  withDays,
  withHours,
  withTicks,
} from '../ledger/history.ts';
import { dayMs, dayStart, hourMs, hourStart, minuteMs } from '../ledger/keys.ts';
import type { DayRollup, HourRollup, Tick } from '../ledger/model.ts';
import { type CountedMemory, createCountedMemory } from './counted/counted.ts';
import { findNewestRow, loadLastSeen, loadRows, newestRow, type PanelConfig, type Presence, panelOf } from './panel.ts';
import type { LedgerStore } from './ports.ts';
import { latestTickMs } from './tick.ts';

/** A closed hour is folded this long after its end: later than any tick of it may still come. */
const foldDelayMs = 5 * minuteMs;
/** Rows are written a moment after they were decided; what was read this shortly before is read again. */
const rereadMs = latestTickMs + minuteMs;
/** How far back rows that nobody folded are looked for. They expire after three days. */
const unfoldedMs = 2 * dayMs;
/** Minutes are read for the usual look-backs of burn rules, and for whole days where no day is folded yet. */
const leastMinutesMs = 4 * dayMs;

/**
 * What a warm sandbox remembers of the ledger, and of what others count: closed ticks never change, so only the last minutes are read again.
 * Losing it costs a slower evaluation, nothing else.
 */
export type LedgerMemory = {
  history: History;
  /** Up to when rows have been read; undefined while nothing has. */
  loadedAt: number | undefined;
  /** The first hour that may still have to be folded; undefined before the first look. */
  openHourAt: number | undefined;
  /** The hours and days that are folded, and the days whose minutes have been read; epoch ms of their start. */
  readonly hours: Set<number>;
  readonly days: Set<number>;
  readonly edges: Set<number>;
  readonly counted: CountedMemory;
  /** What several locations saw before the rows that are read again; undefined while nothing has been read. */
  lastSeen: LastSeen | undefined;
  /** When each of several locations had its newest row; undefined of one that had none. */
  readonly newestRows: Map<string, number | undefined>;
};

export function createMemory(): LedgerMemory {
  const none = { loadedAt: undefined, openHourAt: undefined, lastSeen: undefined };
  const folded = { hours: new Set<number>(), days: new Set<number>(), edges: new Set<number>() };
  return { history: emptyHistory(), ...none, ...folded, counted: createCountedMemory(), newestRows: new Map() };
}

/** `location` is where the reader is; where the configuration names several and this one is home, the verdict of all is read. */
export type HistorySource = {
  readonly ledger: Omit<LedgerStore, 'saveTick'>;
  readonly location: string;
  readonly config: PanelConfig;
};
type Source = Omit<HistorySource, 'config'> & { readonly panel: Panel | undefined };

export type HistoryNeeds = {
  /** The windows that will be asked for: the history reaches back as far as the longest, to the minute at each far edge. */
  readonly spansMs: readonly number[];
  /** Single minutes are known so far back, not only the totals of days; for four days at least. */
  readonly minutesMs?: number;
  /** A first reading goes back at least so far in single rows, and keeps them: latencies and reasons are in no rollup. */
  readonly ticksMs?: number;
  /** Keep the rollups of hours and days that have closed. Any number of writers may do so at once, the first one stays. */
  readonly isSaving: boolean;
};

/** Brings the memory up to `now` and returns its history. */
export async function refreshHistory(
  memory: LedgerMemory,
  { ledger, location, config }: HistorySource,
  needs: HistoryNeeds,
  now: number,
): Promise<History> {
  const source = { ledger, location, panel: panelOf(config, location) };
  const spanMs = Math.max(...needs.spansMs);
  const fromAt =
    memory.loadedAt === undefined
      ? Math.min(now - (needs.ticksMs ?? 0), await loadRollups(memory, source, { spanMs, ...needs }, now))
      : memory.loadedAt - rereadMs;
  await loadEdges(memory, source, needs.spansMs, now);
  await loadTicks(memory, source, fromAt, now);
  memory.loadedAt = now;
  await foldHours(memory, source, needs.isSaving, now);
  await foldDays(memory, source, needs.isSaving, now);
  const ticksMs = needs.ticksMs ?? 0;
  memory.history = forget(memory.history, now - spanMs - dayMs, ticksMs > keptTicksMs ? now - ticksMs : undefined);
  return memory.history;
}

/**
 * Reads single rows from an instant on. Those of several locations are combined anew, and replace what was remembered: a late row
 * of one of them changes the verdict of its second.
 */
async function loadTicks(memory: LedgerMemory, source: Source, fromAt: number, now: number): Promise<void> {
  const { ledger, location, panel } = source;
  if (panel === undefined) {
    memory.history = withTicks(memory.history, await ledger.loadTicks(location, fromAt, now));
    return;
  }
  const known = memory.loadedAt === undefined ? undefined : memory.lastSeen;
  const [rows, lastSeen] = await Promise.all([
    loadRows(ledger, panel, fromAt, now),
    known ?? loadLastSeen(ledger, panel, fromAt),
  ]);
  const ticks = combine(panel, rows, lastSeen, (key) => judgedBefore(memory.history, key, fromAt));
  memory.history = replaceTicks(memory.history, location, fromAt, ticks);
  memory.lastSeen = lookOn(panel, rows, lastSeen, now - rereadMs);
  for (const [place, own] of Map.groupBy(rows, (row) => row.location))
    memory.newestRows.set(place, Math.max(newestRow(own) ?? 0, memory.newestRows.get(place) ?? 0));
}

/**
 * When each of several locations last had a row, once the history has been read; none where there is one location. The first time
 * it looks as far back as rows are kept.
 */
export async function readPresence(
  memory: LedgerMemory,
  { ledger, location, config }: HistorySource,
  now: number,
): Promise<readonly Presence[]> {
  const locations = panelOf(config, location)?.locations ?? [];
  const unknown = locations.filter((each) => !memory.newestRows.has(each));
  await Promise.all(
    unknown.map(async (each) => memory.newestRows.set(each, await findNewestRow(ledger, each, now + 1))),
  );
  return locations.map((each) => ({ location: each, newestRowAt: memory.newestRows.get(each) }));
}

/** Reads days and the recent hours; returns from when on single rows must be read. */
async function loadRollups(
  memory: LedgerMemory,
  { ledger, location }: Source,
  { spanMs, minutesMs = 0 }: { readonly spanMs: number; readonly minutesMs?: number },
  now: number,
): Promise<number> {
  const recentAt = now - Math.max(leastMinutesMs, minutesMs);
  const [days, recent] = await Promise.all([
    ledger.loadDays(location, now - spanMs, now),
    ledger.loadHours(location, recentAt, now),
  ]);
  rememberDays(memory, days);
  rememberHours(memory, recent);
  // The days of which all hours were just read: none of them is read again where a window begins in it.
  for (let dayAt = dayStart(recentAt) + dayMs; dayAt <= now; dayAt += dayMs) memory.edges.add(dayAt);
  const newest = Math.max(0, ...recent.map((hour) => hour.hourAt + hourMs));
  return Math.max(newest, hourStart(now - unfoldedMs));
}

/** Reads the minutes of the day in which each window begins: a day's total cannot be cut. */
async function loadEdges(
  memory: LedgerMemory,
  { ledger, location }: Source,
  spansMs: readonly number[],
  now: number,
): Promise<void> {
  const edges = new Set(spansMs.map((spanMs) => dayStart(now - spanMs)));
  await Promise.all(
    [...edges]
      .filter((dayAt) => !memory.edges.has(dayAt))
      .map(async (dayAt) => {
        rememberHours(memory, await ledger.loadHours(location, dayAt, dayAt + dayMs - 1));
        memory.edges.add(dayAt);
      }),
  );
}

async function foldHours(memory: LedgerMemory, source: Source, isSaving: boolean, now: number): Promise<void> {
  const { ledger, location } = source;
  let hourAt = memory.openHourAt ?? firstOpenHour(memory, now);
  for (; hourAt + hourMs + foldDelayMs <= now; hourAt += hourMs) {
    // Read again as a whole: what was remembered may lack a row that came late.
    const ticks = await loadHour(memory, source, hourAt);
    // Before the first tick there is nothing to fold; after it an empty hour is a gap, and is folded too.
    if (ticks.length === 0 && memory.hours.size === 0) continue;
    const rollup = foldHour(location, hourAt, ticks);
    if (isSaving) await ledger.saveHour(rollup);
    rememberHours(memory, [rollup]);
  }
  memory.openHourAt = hourAt;
}

async function loadHour(memory: LedgerMemory, source: Source, hourAt: number): Promise<readonly Tick[]> {
  const { ledger, location, panel } = source;
  const endAt = hourAt + hourMs - 1;
  if (panel === undefined) return ledger.loadTicks(location, hourAt, endAt);
  const [rows, lastSeen] = await Promise.all([
    loadRows(ledger, panel, hourAt, endAt),
    loadLastSeen(ledger, panel, hourAt),
  ]);
  return combine(panel, rows, lastSeen, (key) => judgedBefore(memory.history, key, hourAt));
}

/** The hour after the newest folded one, or the oldest in which there may be rows. */
function firstOpenHour(memory: LedgerMemory, now: number): number {
  const oldest = hourStart(now - unfoldedMs);
  return memory.hours.size === 0 ? oldest : Math.max(oldest, Math.max(...memory.hours) + hourMs);
}

/** A day is folded once its last hour is. Who does not save waits until the ledger has that hour. */
async function foldDays(memory: LedgerMemory, source: Source, isSaving: boolean, now: number): Promise<void> {
  const { ledger, location } = source;
  for (const dayAt of closedDays(memory, now)) {
    const hours = await ledger.loadHours(location, dayAt, dayAt + dayMs - 1);
    const lastHourAt = dayAt + dayMs - hourMs;
    if (!isSaving && !hours.some(({ hourAt }) => hourAt === lastHourAt)) continue;
    const rollup = foldDay(location, dayAt, hours);
    if (isSaving) await ledger.saveDay(rollup);
    rememberDays(memory, [rollup]);
  }
}

/** Days that have ended, of which an hour is folded, and that are not folded themselves; the oldest first. */
function closedDays(memory: LedgerMemory, now: number): readonly number[] {
  const newestHourAt = Math.max(0, ...memory.hours);
  const days = new Set([...memory.hours].map((hourAt) => dayStart(hourAt)));
  return [...days]
    .filter((dayAt) => dayAt + dayMs + foldDelayMs <= now && newestHourAt >= dayAt + dayMs - hourMs)
    .filter((dayAt) => !memory.days.has(dayAt))
    .sort((a, b) => a - b);
}

function rememberHours(memory: LedgerMemory, hours: readonly HourRollup[]): void {
  memory.history = withHours(memory.history, hours);
  for (const hour of hours) memory.hours.add(hour.hourAt);
}

function rememberDays(memory: LedgerMemory, days: readonly DayRollup[]): void {
  memory.history = withDays(memory.history, days);
  for (const day of days) memory.days.add(day.dayAt);
}
