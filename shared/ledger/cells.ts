import type { Outcome } from '../config/model.ts';
import { addCounts, countOf } from './counts.ts';
import { hourMs, minuteMs } from './keys.ts';
import {
  type Counts,
  type FailureDetail,
  type HourRollup,
  noCounts,
  type Sights,
  type Tick,
  type TickOutcome,
} from './model.ts';

/** One outcome of one monitor, with where it comes from. */
export type Entry = {
  /** Epoch ms: the tick's time, or the start of the minute where only a rollup is known. */
  readonly at: number;
  readonly outcome: TickOutcome;
  /** Empty where only a rollup is known. */
  readonly shard: string;
  readonly location: string;
  readonly detail?: FailureDetail;
  /** Where it is the verdict of several locations. */
  readonly sights?: Sights;
};

/** The ticks of one hour and location: by monitor, the oldest first, at most one a second. */
export type HourTicks = { readonly oldestAt: number; readonly entries: ReadonlyMap<number, readonly Entry[]> };

/** A folded hour: by monitor, its minutes and their sum. */
export type HourCell = ReadonlyMap<number, { readonly total: Counts; readonly minutes: readonly Counts[] }>;

/**
 * Adds ticks of one hour and location to those that are known. Of several rows for a monitor and second the one with
 * the smallest shard stays, so that neither order nor repetition matters.
 */
export function addTicks(known: HourTicks | undefined, ticks: readonly Tick[]): HourTicks {
  const fresh = new Map<number, Entry[]>();
  for (const tick of ticks) {
    for (const entry of entriesOf(tick)) {
      const list = fresh.get(entry.outcome.monitorKey);
      if (list === undefined) fresh.set(entry.outcome.monitorKey, [entry]);
      else list.push(entry);
    }
  }
  const entries = new Map(known?.entries);
  for (const [key, list] of fresh) entries.set(key, merge(entries.get(key) ?? [], list));
  return { oldestAt: ticks.reduce((oldest, { at }) => Math.min(oldest, at), known?.oldestAt ?? Infinity), entries };
}

/** What is left of the ticks of an hour before an instant. */
export function ticksBefore({ oldestAt, entries }: HourTicks, beforeAt: number): HourTicks {
  const early = [...entries].map(([key, list]) => [key, list.filter(({ at }) => at < beforeAt)] as const);
  return { oldestAt, entries: new Map(early.filter(([, list]) => list.length > 0)) };
}

/** Keeps the sum of every monitor's hour beside its minutes; minutes that several monitors share are added up once. */
export function hourCell(rollup: HourRollup): HourCell {
  const totals = new Map<readonly Counts[], Counts>();
  const totalOf = (minutes: readonly Counts[]) => {
    const total = totals.get(minutes) ?? minutes.reduce(addCounts, noCounts);
    totals.set(minutes, total);
    return total;
  };
  return new Map([...rollup.monitors].map(([key, minutes]) => [key, { total: totalOf(minutes), minutes }]));
}

/** Counts of a monitor in the part of a folded hour that lies in [from, to). */
export function countCell(cell: HourCell, hourAt: number, monitorKey: number, from: number, to: number): Counts {
  const found = cell.get(monitorKey);
  if (found === undefined) return noCounts;
  if (from <= hourAt && to >= hourAt + hourMs) return found.total;
  const [first, end] = [Math.max(0, (from - hourAt) / minuteMs), Math.max(0, (to - hourAt) / minuteMs)];
  return found.minutes.slice(first, end).reduce(addCounts, noCounts);
}

/** Counts of a monitor in the ticks of an hour that lie in [from, to). */
export function countTicks(ticks: HourTicks, monitorKey: number, from: number, to: number): Counts {
  const inside = (ticks.entries.get(monitorKey) ?? []).filter(({ at }) => at >= from && at < to);
  return inside.reduce((sum, { outcome }) => addCounts(sum, countOf(outcome)), noCounts);
}

/** Counts of a monitor by the minute of an hour: of the folded hour where there is one, otherwise of its ticks. */
export function minutesOf(
  ticks: HourTicks | undefined,
  cell: HourCell | undefined,
  hourAt: number,
  monitorKey: number,
): readonly Counts[] {
  if (cell !== undefined) return cell.get(monitorKey)?.minutes ?? [];
  const minutes: Counts[] = [];
  for (const { at, outcome } of ticks?.entries.get(monitorKey) ?? []) {
    const minute = Math.floor((at - hourAt) / minuteMs);
    minutes[minute] = addCounts(minutes[minute] ?? noCounts, countOf(outcome));
  }
  return minutes;
}

/** A monitor's outcomes of an hour: its ticks, and for minutes without any, those that the folded counts stand for. */
export function outcomesOf(
  location: string,
  hourAt: number,
  monitorKey: number,
  ticks: HourTicks | undefined,
  cell: HourCell | undefined,
): readonly Entry[] {
  const entries = ticks?.entries.get(monitorKey) ?? [];
  const minutes = cell?.get(monitorKey)?.minutes ?? [];
  const known = new Set(entries.map(({ at }) => Math.floor((at - hourAt) / minuteMs)));
  const derived = minutes.flatMap((counts, minute) =>
    known.has(minute) ? [] : derive(location, hourAt + minute * minuteMs, monitorKey, counts),
  );
  return [...entries, ...derived];
}

/** The instants of an hour at which a monitor has counts of the wanted kind, the oldest first. */
export function instantsOf(
  monitorKey: number,
  hourAt: number,
  ticks: HourTicks | undefined,
  cell: HourCell | undefined,
  isWanted: (counts: Counts) => boolean,
): readonly number[] {
  const entries = ticks?.entries.get(monitorKey) ?? [];
  const fromTicks = entries.filter(({ outcome }) => isWanted(sighting(outcome))).map(({ at }) => at);
  const minutes = cell?.get(monitorKey)?.minutes ?? [];
  const fromCell = minutes.flatMap((counts, minute) => (isWanted(counts) ? [hourAt + minute * minuteMs] : []));
  return [...fromTicks, ...fromCell].sort((a, b) => a - b);
}

/** What a probe saw, whether or not it counts: maintenance and repeats change what counts only. */
const sighting = ({ isRepeat: _, ...outcome }: TickOutcome): Counts => countOf({ ...outcome, isMaintenance: false });

function entriesOf(tick: Tick): Entry[] {
  return tick.outcomes.map((outcome) => {
    const detail = tick.details.find(({ monitorKey }) => monitorKey === outcome.monitorKey);
    const sights = tick.sights?.get(outcome.monitorKey);
    const entry = { at: tick.at, outcome, shard: tick.shard, location: tick.location, ...(sights && { sights }) };
    return detail === undefined ? entry : { ...entry, detail };
  });
}

function merge(known: readonly Entry[], fresh: readonly Entry[]): readonly Entry[] {
  const all = [...known, ...fresh].sort((a, b) => secondOf(a) - secondOf(b) || compare(a.shard, b.shard));
  return all.filter((entry, index) => {
    const before = all[index - 1];
    return before === undefined || secondOf(before) !== secondOf(entry);
  });
}

const secondOf = ({ at }: Entry): number => Math.floor(at / 1000);
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Failures last: what cannot be told apart in time must not make a monitor look recovered. */
function derive(location: string, at: number, monitorKey: number, counts: Counts): Entry[] {
  const repeat = (count: number, outcome: Outcome, isMaintenance: boolean): Entry[] =>
    Array.from({ length: count }, () => ({
      at,
      shard: '',
      location,
      outcome: { monitorKey, outcome, isMaintenance, isRetried: false, isContaminated: false },
    }));
  return [
    ...repeat(counts.maintenance, 'unknown', true),
    ...repeat(counts.unjudged, 'unknown', false),
    ...repeat(counts.passed, 'passed', false),
    ...repeat(counts.degraded, 'degraded', false),
    ...repeat(counts.failed, 'failed', false),
  ];
}
