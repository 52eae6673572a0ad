import type { History } from '../../ledger/history.ts';
import { emptyHistory } from '../../ledger/history.ts';
import { dayMs, dayStart, hourMs, minuteMs } from '../../ledger/keys.ts';
import { type Counts, noCounts } from '../../ledger/model.ts';
import type { CountedStore } from '../ports.ts';
import { type CountedDay, type CountedHour, historyOfHours, openHours, type Part, type Sums, sumOf } from './hours.ts';

/** What a warm sandbox remembers of one SLO over metrics. */
export type MetricState = {
  /** What the ledger keeps it under: another metric is another series. */
  readonly series: string;
  /** Hours that are read for good: their minutes, or their sums where those are far back. */
  hours: Map<number, readonly Counts[]>;
  /** The same, ready to be counted. */
  history: History;
  /** Days that the ledger has, and hours with their minutes that it does not have yet. */
  readonly days: Set<number>;
  readonly unsaved: Map<number, CountedHour>;
  /** Minutes after the folded hours, as far as they have been read: they may still change. */
  readonly open: { readonly part: Map<number, number>; readonly total: Map<number, number> };
  /** Up to when each of the two has been read; undefined while it has not. */
  partTo: number | undefined;
  totalTo: number | undefined;
};

/** What the ledger knows of a series, back to `fromAt`; single minutes back to `minutesFromAt` (epoch ms both). */
export async function loadState(
  series: string,
  store: CountedStore,
  { fromAt, minutesFromAt }: { readonly fromAt: number; readonly minutesFromAt: number },
  now: number,
): Promise<MetricState> {
  const [days, hours] = await Promise.all([
    store.loadDays(series, dayStart(fromAt), now),
    store.loadHours(series, minutesFromAt, now),
  ]);
  const known = new Map<number, readonly Counts[]>();
  for (const { dayAt, counts } of days)
    for (let hour = 0; hour < 24; hour += 1) known.set(dayAt + hour * hourMs, [counts[hour] ?? noCounts]);
  for (const { hourAt, counts } of hours) known.set(hourAt, counts);
  const state: MetricState = {
    series,
    hours: known,
    history: emptyHistory(),
    days: new Set(days.map(({ dayAt }) => dayAt)),
    unsaved: new Map(),
    open: { part: new Map(), total: new Map() },
    partTo: undefined,
    totalTo: undefined,
  };
  return rebuilt(state);
}

function rebuilt(state: MetricState): MetricState {
  state.history = historyOfHours([...state.hours].map(([hourAt, counts]) => ({ hourAt, counts })));
  return state;
}

/** Takes hours in that are read for good, and lets go of what nobody asks for any more: minutes, and whole hours. */
export function foldInto(
  state: MetricState,
  hours: readonly CountedHour[],
  { fromAt, minutesFromAt }: { readonly fromAt: number; readonly minutesFromAt: number },
): void {
  if (hours.length === 0) return;
  for (const hour of hours) {
    state.hours.set(hour.hourAt, hour.counts);
    if (hour.counts.length > 1) state.unsaved.set(hour.hourAt, hour);
  }
  state.hours = new Map(
    [...state.hours]
      .filter(([hourAt]) => hourAt + hourMs > fromAt)
      .map(([hourAt, counts]) => [
        hourAt,
        hourAt < minutesFromAt - dayMs && counts.length > 1 ? [sumOf(counts)] : counts,
      ]),
  );
  rebuilt(state);
}

/** Replaces what is known of a span of open minutes by what was read of it. */
export function putOpen(minutes: Map<number, number>, sums: Sums, fromAt: number, toAt: number): void {
  for (let at = fromAt; at < toAt; at += minuteMs) {
    const sum = sums.get(at) ?? 0;
    if (sum > 0) minutes.set(at, sum);
    else minutes.delete(at);
  }
}

/** Forgets open minutes of hours that are folded by now. */
export function closeBefore({ open }: MetricState, foldedTo: number): void {
  for (const minutes of [open.part, open.total]) for (const at of minutes.keys()) if (at < foldedTo) minutes.delete(at);
}

/** Everything that is known at the moment. */
export function countedHistory(state: MetricState, part: Part): History {
  return historyOfHours(openHours(part, state.open), state.history);
}

/** What the ledger does not have yet: hours with their minutes, and days of which every hour is folded. */
export function savesOf(state: MetricState, store: CountedStore): readonly (() => Promise<void>)[] {
  const hours = [...state.unsaved.values()].map((hour) => async () => {
    await store.saveHour(state.series, hour);
    state.unsaved.delete(hour.hourAt);
  });
  const days = wholeDays(state).map((day) => async () => {
    await store.saveDay(state.series, day);
    state.days.add(day.dayAt);
  });
  return [...hours, ...days];
}

function wholeDays(state: MetricState): readonly CountedDay[] {
  const starts = new Set([...state.hours.keys()].map(dayStart));
  return [...starts]
    .filter((dayAt) => !state.days.has(dayAt))
    .flatMap((dayAt) => {
      const hours = Array.from({ length: 24 }, (_, hour) => state.hours.get(dayAt + hour * hourMs));
      if (hours.some((counts) => counts === undefined)) return [];
      return [{ dayAt, counts: hours.map((counts) => sumOf(counts ?? [])) }];
    });
}
