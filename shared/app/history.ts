import { foldDay, foldHour } from '../ledger/fold.ts';
import { emptyHistory, forget, type History, withDays, withHours, withTicks } from '../ledger/history.ts';
import { dayMs, dayStart, hourMs, hourStart, minuteMs } from '../ledger/keys.ts';
import type { DayRollup, HourRollup } from '../ledger/model.ts';
import type { LedgerStore } from './ports.ts';
import { latestTickMs } from './tick.ts';

/** A closed hour is folded this long after its end: later than any tick of it may still come. */
const foldDelayMs = 5 * minuteMs;
/** Rows are written a moment after they were decided; what was read this shortly before is read again. */
const rereadMs = latestTickMs + minuteMs;
/** How far back rows that nobody folded are looked for. They expire after three days. */
const unfoldedMs = 2 * dayMs;
/** Minutes are kept for the longest look-back of a burn rule, and for whole days where no day is folded yet. */
const minutesMs = 4 * dayMs;

/**
 * What a warm sandbox remembers of the ledger: closed ticks never change, so only the last minutes are read again.
 * Losing it costs a slower evaluation, nothing else.
 */
export type LedgerMemory = {
  history: History;
  /** Up to when rows have been read; undefined while nothing has. */
  loadedAt: number | undefined;
  /** The first hour that may still have to be folded; undefined before the first look. */
  openHourAt: number | undefined;
  /** The hours and days that are folded, as epoch ms of their start. */
  readonly hours: Set<number>;
  readonly days: Set<number>;
};

export function createMemory(): LedgerMemory {
  return { history: emptyHistory(), loadedAt: undefined, openHourAt: undefined, hours: new Set(), days: new Set() };
}

/**
 * Brings the memory up to `now` and returns its history, which reaches back `spanMs`. Hours and days that have closed
 * since are folded, and with `isSaving` their rollups are kept in the ledger; any number of writers may do so at once, the
 * first rollup stays. A first reading goes back at least `ticksMs` in single rows: latencies are in no rollup.
 */
export async function refreshHistory(
  memory: LedgerMemory,
  ledger: LedgerStore,
  location: string,
  spanMs: number,
  now: number,
  { isSaving, ticksMs = 0 }: { readonly isSaving: boolean; readonly ticksMs?: number },
): Promise<History> {
  const fromAt =
    memory.loadedAt === undefined
      ? Math.min(now - ticksMs, await loadRollups(memory, ledger, location, spanMs, now))
      : memory.loadedAt - rereadMs;
  memory.history = withTicks(memory.history, await ledger.loadTicks(location, fromAt, now));
  memory.loadedAt = now;
  await foldHours(memory, ledger, location, now, isSaving);
  await foldDays(memory, ledger, location, now, isSaving);
  memory.history = forget(memory.history, now - spanMs - dayMs);
  return memory.history;
}

/** Reads days, the recent hours and those at the window's far edge; returns from when on single rows must be read. */
async function loadRollups(
  memory: LedgerMemory,
  ledger: LedgerStore,
  location: string,
  spanMs: number,
  now: number,
): Promise<number> {
  const edgeAt = dayStart(now - spanMs);
  const [days, recent, edge] = await Promise.all([
    ledger.loadDays(location, edgeAt, now),
    ledger.loadHours(location, now - minutesMs, now),
    ledger.loadHours(location, edgeAt, edgeAt + dayMs - 1),
  ]);
  rememberDays(memory, days);
  rememberHours(memory, [...edge, ...recent]);
  const newest = Math.max(0, ...recent.map((hour) => hour.hourAt + hourMs));
  return Math.max(newest, hourStart(now - unfoldedMs));
}

async function foldHours(
  memory: LedgerMemory,
  ledger: LedgerStore,
  location: string,
  now: number,
  isSaving: boolean,
): Promise<void> {
  let hourAt = memory.openHourAt ?? firstOpenHour(memory, now);
  for (; hourAt + hourMs + foldDelayMs <= now; hourAt += hourMs) {
    // Read again as a whole: what was remembered may lack a row that came late.
    const ticks = await ledger.loadTicks(location, hourAt, hourAt + hourMs - 1);
    // Before the first tick there is nothing to fold; after it an empty hour is a gap, and is folded too.
    if (ticks.length === 0 && memory.hours.size === 0) continue;
    const rollup = foldHour(location, hourAt, ticks);
    if (isSaving) await ledger.saveHour(rollup);
    rememberHours(memory, [rollup]);
  }
  memory.openHourAt = hourAt;
}

/** The hour after the newest folded one, or the oldest in which there may be rows. */
function firstOpenHour(memory: LedgerMemory, now: number): number {
  const oldest = hourStart(now - unfoldedMs);
  return memory.hours.size === 0 ? oldest : Math.max(oldest, Math.max(...memory.hours) + hourMs);
}

/** A day is folded once its last hour is. */
async function foldDays(
  memory: LedgerMemory,
  ledger: LedgerStore,
  location: string,
  now: number,
  isSaving: boolean,
): Promise<void> {
  const candidates = new Set([...memory.hours].map((hourAt) => dayStart(hourAt)));
  for (const dayAt of [...candidates].sort((a, b) => a - b)) {
    const isClosed = dayAt + dayMs + foldDelayMs <= now && hasHoursAfter(memory, dayAt + dayMs - hourMs);
    if (!isClosed || memory.days.has(dayAt)) continue;
    const hours = await ledger.loadHours(location, dayAt, dayAt + dayMs - 1);
    const rollup = foldDay(location, dayAt, hours);
    if (isSaving) await ledger.saveDay(rollup);
    rememberDays(memory, [rollup]);
  }
}

const hasHoursAfter = (memory: LedgerMemory, hourAt: number): boolean =>
  [...memory.hours].some((folded) => folded >= hourAt);

function rememberHours(memory: LedgerMemory, hours: readonly HourRollup[]): void {
  memory.history = withHours(memory.history, hours);
  for (const hour of hours) memory.hours.add(hour.hourAt);
}

function rememberDays(memory: LedgerMemory, days: readonly DayRollup[]): void {
  memory.history = withDays(memory.history, days);
  for (const day of days) memory.days.add(day.dayAt);
}
