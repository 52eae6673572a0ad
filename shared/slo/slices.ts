import type { Timeslices } from '../config/model.ts';
import { closedAfterMs } from './coverage.ts';
import { type Events, minutesOf } from './events.ts';
import type { IndicatorCounts } from './indicator.ts';
import type { Minutes } from './minutes.ts';

const minuteMs = 60_000;
const whole = 1_000_000;
/** Looking ahead to a resolution asks for minutes that are still to come, one after the other: so many are read at once. */
const aheadMs = 720 * minuteMs;

/**
 * Slices of time as events: a slice is good when at least its target of the events in it are, and unjudged without any. It counts in
 * the minute in which it ends. While rows of it may still come, what is missing of its schedule counts as good, so that
 * it is never bad too early. `now` is the instant of the evaluation.
 */
export function sliceEvents(events: Events, { sliceMs, targetPpm }: Timeslices, now: number): Events {
  const sums = slicesBy(events, { sliceMs, targetPpm }, now);
  const between = (fromAt: number, toAt: number): IndicatorCounts => {
    const { good, bad, unjudged, maintenance } = sums(fromAt, toAt);
    return { good, bad, unjudged, maintenance };
  };
  return {
    between,
    expected: (fromAt, toAt) => sums(fromAt, toAt).expected,
    coverageRatio: (windowAt, at) => {
      const fromAt = Math.max(windowAt, (events.firstSeenAt ?? at) - minuteMs);
      const toAt = at - closedAfterMs;
      const { good, bad, expected } = sums(Math.min(fromAt, toAt), toAt);
      return expected === 0 ? 1 : Math.min(1, (good + bad) / expected);
    },
    firstSeenAt: events.firstSeenAt,
    intervalMs: Math.max(sliceMs, events.intervalMs),
  };
}

type SliceCounts = IndicatorCounts & { readonly expected: number };
/** Of each kind, how many slices there are before each one of a run of slices; `first` is its number since the epoch. */
type Table = { readonly first: number; readonly sums: Minutes };

/** Counts slices in (fromAt, toAt]; each is judged once. */
function slicesBy(events: Events, slices: Timeslices, now: number): (fromAt: number, toAt: number) => SliceCounts {
  let table: Table | undefined;
  /** How many slices since the epoch have ended by the end of the minute that holds an instant. */
  const endedBy = (at: number) => Math.floor(((Math.floor(at / minuteMs) + 1) * minuteMs) / slices.sliceMs);
  return (fromAt, toAt) => {
    const [from, to] = [endedBy(Math.max(0, fromAt)), endedBy(Math.max(0, toAt))];
    if (table === undefined || from < table.first || to >= table.first + table.sums.good.length) {
      const first = Math.min(from, table?.first ?? from);
      const last = Math.max(to, table === undefined ? to : table.first + table.sums.good.length - 1);
      table = tabulate(events, slices, first, last + Math.ceil(aheadMs / slices.sliceMs), now);
    }
    const { first, sums } = table;
    const count = (kind: Float64Array) => (from < to ? (kind[to - first] ?? 0) - (kind[from - first] ?? 0) : 0);
    return {
      good: count(sums.good),
      bad: count(sums.bad),
      unjudged: count(sums.unjudged),
      maintenance: count(sums.maintenance),
      expected: count(sums.expected),
    };
  };
}

/** Judges the slices from one to another, the last one not included. */
function tabulate(events: Events, slices: Timeslices, first: number, end: number, now: number): Table {
  const { sliceMs } = slices;
  const minutes = minutesOf(events, first * sliceMs - 1, end * sliceMs - 1);
  const perSlice = sliceMs / minuteMs;
  const length = end - first;
  const [good, bad, unjudged, maintenance, expected] = Array.from({ length: 5 }, () => new Float64Array(length + 1));
  const sums = { good, bad, unjudged, maintenance, expected } as Minutes;
  for (let slice = 0; slice < length; slice += 1) {
    const counts = sumOf(minutes, slice * perSlice, perSlice);
    const isClosed = (first + slice + 1) * sliceMs + closedAfterMs <= now;
    const kind = kindOf(counts, slices.targetPpm, isClosed);
    for (const each of ['good', 'bad', 'unjudged', 'maintenance'] as const)
      sums[each][slice + 1] = (sums[each][slice] ?? 0) + (each === kind ? 1 : 0);
    sums.expected[slice + 1] = (sums.expected[slice] ?? 0) + (counts.expected > 0 ? 1 : 0);
  }
  return { first, sums };
}

function sumOf(minutes: Minutes, from: number, length: number): SliceCounts {
  const sum = { good: 0, bad: 0, unjudged: 0, maintenance: 0, expected: 0 };
  for (let index = from; index < from + length; index += 1) {
    sum.good += minutes.good[index] ?? 0;
    sum.bad += minutes.bad[index] ?? 0;
    sum.unjudged += minutes.unjudged[index] ?? 0;
    sum.maintenance += minutes.maintenance[index] ?? 0;
    sum.expected += minutes.expected[index] ?? 0;
  }
  return sum;
}

function kindOf(counts: SliceCounts, targetPpm: number, isClosed: boolean): keyof IndicatorCounts | undefined {
  const { good, bad, unjudged, maintenance, expected } = counts;
  const judged = good + bad;
  if (judged === 0) return unjudged > 0 ? 'unjudged' : maintenance > 0 ? 'maintenance' : undefined;
  if (bad === 0) return 'good';
  const total = isClosed ? judged : Math.max(judged, expected);
  // good ÷ total ≥ target, multiplied across.
  const allowed = BigInt(total) * BigInt(whole - targetPpm);
  return BigInt(bad) * BigInt(whole) <= allowed ? 'good' : 'bad';
}
