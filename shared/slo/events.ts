import { eventIntervalMs, type Maintenance, type Monitor, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import type { Counts } from '../ledger/model.ts';
import { coverageOf, firstSeenOf } from './coverage.ts';
import { expectedOn } from './expected.ts';
import { type IndicatorCounts, isDegradedBad, judge, judgedBetween, judgedOf } from './indicator.ts';
import { emptyMinutes, expectedMinutes, type Minutes, minuteCount } from './minutes.ts';

/** What an SLO counts, whatever it is made of: windows are (fromAt, toAt] in epoch ms, counted by whole minutes. */
export type Events = {
  between(fromAt: number, toAt: number): IndicatorCounts;
  /** The denominator: what the schedule holds less what is under maintenance; the observed total where nothing is scheduled. */
  expected(fromAt: number, toAt: number): number;
  /** Judged ÷ expected of what can no longer come, since the first event of the window that begins at `windowAt`; 1 before any. */
  coverageRatio(windowAt: number, now: number): number;
  /** The first event that is known of; undefined before any. */
  readonly firstSeenAt: number | undefined;
  /** The longest regular time between two events; 0 where none is scheduled. */
  readonly intervalMs: number;
  /** The same for each minute, where many of them are read faster together. */
  minutes?(fromAt: number, toAt: number): Minutes;
};

/**
 * The probes of an SLO's monitors, out of all: `failed` is bad, `passed` is good, `degraded` is as its indicator says. For a
 * latency they are judged by it.
 */
export function monitorEvents(
  slo: Slo,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
): Events {
  const mine = judgedOf(slo, monitors);
  const isStrict = isDegradedBad(slo);
  return {
    between: (fromAt, toAt) => judgedBetween(mine, history, fromAt, toAt, isStrict),
    expected: expectedOn(mine, maintenance),
    coverageRatio: (windowAt, now) => coverageOf(mine, maintenance, history, windowAt, now),
    firstSeenAt: firstSeenOf(mine, history),
    intervalMs: mine.reduce((slowest, monitor) => Math.max(slowest, eventIntervalMs(monitor)), 0),
    minutes: (fromAt, toAt) => ({
      ...countMinutes(
        mine.map(({ key }) => history.countMinutes(key, fromAt, toAt)),
        minuteCount(fromAt, toAt),
        isStrict,
      ),
      expected: expectedMinutes(mine, maintenance, fromAt, toAt),
    }),
  };
}

const minuteMs = 60_000;

/** The minutes of (fromAt, toAt], by the events' own reader of many at once where they have one. */
export function minutesOf(events: Events, fromAt: number, toAt: number): Minutes {
  if (events.minutes !== undefined) return events.minutes(fromAt, toAt);
  const minutes = emptyMinutes(minuteCount(fromAt, toAt));
  const before = Math.floor(fromAt / minuteMs) * minuteMs + minuteMs - 1;
  for (let index = 0; index < minutes.good.length; index += 1) {
    const from = before + index * minuteMs;
    const { good, bad, unjudged, maintenance } = events.between(from, from + minuteMs);
    minutes.good[index] = good;
    minutes.bad[index] = bad;
    minutes.unjudged[index] = unjudged;
    minutes.maintenance[index] = maintenance;
    minutes.expected[index] = events.expected(from, from + minuteMs);
  }
  return minutes;
}

/** The one key of a history that holds the events of a single SLO. */
export const onlyKey = 0;

/**
 * Events that nobody schedules, as a history of their own knows them under `onlyKey`: `passed` is good, `failed` is bad. As many
 * are expected as were seen.
 */
export function observedEvents(history: History): Events {
  const between = (fromAt: number, toAt: number) => judge(history.countBetween(onlyKey, fromAt, toAt), false);
  return {
    between,
    expected: (fromAt, toAt) => {
      const { good, bad } = between(fromAt, toAt);
      return good + bad;
    },
    coverageRatio: () => 1,
    firstSeenAt: history.firstSeenAt(onlyKey),
    intervalMs: 0,
    minutes: (fromAt, toAt) => {
      const counted = countMinutes([history.countMinutes(onlyKey, fromAt, toAt)], minuteCount(fromAt, toAt), false);
      return { ...counted, expected: counted.good.map((good, index) => good + (counted.bad[index] ?? 0)) };
    },
  };
}

/** The minutes of several monitors, added up; what is expected is left at 0. Many thousands of them: nothing is made for each. */
function countMinutes(lists: readonly (readonly Counts[])[], length: number, isStrict: boolean): Minutes {
  const sum = emptyMinutes(length);
  const add = (kind: Float64Array, index: number, count: number) => {
    if (count > 0) kind[index] = (kind[index] ?? 0) + count;
  };
  for (const list of lists)
    list.forEach(({ passed, degraded, failed, unjudged, maintenance }, index) => {
      add(sum.good, index, isStrict ? passed : passed + degraded);
      add(sum.bad, index, isStrict ? failed + degraded : failed);
      add(sum.unjudged, index, unjudged);
      add(sum.maintenance, index, maintenance);
    });
  return sum;
}
