import type { Monitor, Slo, Timeslices } from '../config/model.ts';
import type { Entry } from '../ledger/history.ts';
import { dayMs, dayStart, minuteMs } from '../ledger/keys.ts';
import { type Counts, noCounts } from '../ledger/model.ts';
import { addMinutes, countOn, outcomesOn, type Shelf } from '../ledger/shelf.ts';
import { minutesOf, onlyKey } from '../slo/events.ts';
import { isDegradedBad, judge, judgedOf } from '../slo/indicator.ts';
import { type EventSources, eventsOf } from '../slo/sources.ts';
import type { BadEvents, BadReason } from '../slo/spending.ts';
import { budgetSpan } from '../slo/window.ts';

/**
 * Every bad event of an SLO's budget at an instant, with what the history knows of it: as many as its reading counts. When it was is
 * known to the minute where minutes are, and else to the day; why, for as long as single rows are remembered. Of a bad slice
 * of time it is what most of the bad events in it have in common. None where what it counts could not be read.
 */
export function badEventsOf(slo: Slo, sources: EventSources, now: number): readonly BadEvents[] {
  const { fromAt } = budgetSpan(slo, now);
  const events = eventsOf(slo, sources, now);
  if (events === undefined) return [];
  const single = tallyOf(slo, sources).flatMap((tally) => readTally(tally, nextMinute(fromAt), nextMinute(now)));
  if (slo.slices === undefined) return single;
  const { bad } = minutesOf(events, fromAt, now);
  const ends = [...bad.keys()].filter((index) => (bad[index] ?? 0) > 0);
  return judgeSlices(
    single,
    slo.slices,
    ends.map((index) => nextMinute(fromAt) + (index + 1) * minuteMs),
  );
}

/** What single rows tell of one bad event. */
type Told = Pick<BadEvents, 'location' | 'reason'>;

/** The counts of one monitor at one location, or the verdicts of several, or of what an SLO counts that judges no probes. */
type Tally = {
  readonly monitor?: string;
  readonly location?: string;
  readonly shelf: Shelf;
  readonly key: number;
  readonly isStrict: boolean;
  /** Why the bad ones of a minute were bad, as far as single rows tell. */
  readonly toldIn: (fromAt: number) => readonly Told[];
};

function tallyOf(slo: Slo, { monitors, history, counted }: EventSources): readonly Tally[] {
  const own = counted.get(slo.id);
  if (own !== undefined) {
    const nothing = { key: onlyKey, isStrict: false, toldIn: () => [] };
    return [...own.shelves.values()].map((shelf) => ({ shelf, ...nothing }));
  }
  const isStrict = isDegradedBad(slo);
  return judgedOf(slo, monitors).flatMap((judged) =>
    [...history.shelves.values()].map((shelf): Tally => {
      const probed = monitors.find(({ id }) => id === judged.id) ?? judged;
      const toldIn = (fromAt: number) => toldOf(shelf, { judged, probed, isStrict }, fromAt);
      // Verdicts lie under the name of home, whoever saw what.
      const where = probed.agreement === undefined ? { location: shelf.location } : {};
      return { monitor: judged.id, ...where, shelf, key: judged.key, isStrict, toldIn };
    }),
  );
}

/** Day by day, as the history adds them up: what the minutes of a day do not hold is only known of the day. */
function readTally(tally: Tally, from: number, to: number): readonly BadEvents[] {
  const { shelf, key, isStrict, monitor, location } = tally;
  const known = { ...(monitor === undefined ? {} : { monitor }), ...(location === undefined ? {} : { location }) };
  const found: BadEvents[] = [];
  for (let dayAt = dayStart(from); dayAt < to; dayAt += dayMs) {
    const [start, end] = [Math.max(from, dayAt), Math.min(to, dayAt + dayMs)];
    let left = judge(countOn(shelf, key, start, end), isStrict).bad;
    for (const { at, bad } of left === 0 ? [] : badMinutes(tally, start, end)) {
      const count = Math.min(left, bad);
      left -= count;
      if (count > 0) found.push(...splitByTold(tally.toldIn(at), count, { ...known, fromAt: at, toAt: at + minuteMs }));
    }
    if (left > 0) found.push({ ...known, fromAt: dayAt, toAt: dayAt + dayMs, count: left });
  }
  return found;
}

function badMinutes(
  { shelf, key, isStrict }: Tally,
  start: number,
  end: number,
): readonly { readonly at: number; readonly bad: number }[] {
  const minutes: Counts[] = Array.from({ length: (end - start) / minuteMs }, () => noCounts);
  addMinutes(minutes, shelf, key, start);
  return minutes
    .map((counts, index) => ({ at: start + index * minuteMs, bad: judge(counts, isStrict).bad }))
    .filter(({ bad }) => bad > 0);
}

function splitByTold(
  all: readonly Told[],
  count: number,
  known: Omit<BadEvents, 'count' | 'reason'>,
): readonly BadEvents[] {
  const told = all.slice(0, count);
  const groups = Map.groupBy(told, ({ reason, location }) => `${reason}/${location}`);
  const parts = [...groups.values()].map((alike): BadEvents => ({ ...known, count: alike.length, ...alike[0] }));
  return told.length < count ? [...parts, { ...known, count: count - told.length }] : parts;
}

type Judged = { readonly judged: Monitor; readonly probed: Monitor; readonly isStrict: boolean };

function toldOf(shelf: Shelf, { judged, probed, isStrict }: Judged, minuteAt: number): readonly Told[] {
  const entriesOf = (key: number) => outcomesOn(shelf, key, minuteAt - 1, minuteAt + minuteMs - 1);
  const bad = entriesOf(judged.key).filter((entry) => isBad(entry, isStrict));
  const say = ({ sights }: Entry, reason: BadReason | undefined): Told => ({
    ...(reason === undefined ? {} : { reason }),
    ...(sights && sights.failed.length > 0 ? { location: sights.failed.join(', ') } : {}),
  });
  if (judged.key === probed.key)
    return bad.map((entry) => say(entry, entry.outcome.outcome === 'degraded' ? 'degraded' : entry.outcome.errorType));
  // Judged by a latency: what failed is told from what was slow by the probe itself, a row of the same second.
  const failed = entriesOf(probed.key).filter((entry) => isBad(entry, false));
  const reasonOf = ({ at, outcome }: Entry, index: number): BadReason | undefined => {
    if (outcome.outcome === 'degraded') return 'degraded';
    const own = failed.find((entry) => entry.at === at && entry.shard !== '');
    if (own !== undefined) return own.outcome.errorType;
    // Of a minute of which only counts are known, as many have failed as did.
    return failed.some(({ shard }) => shard === '') && index < failed.length ? undefined : 'slow';
  };
  return bad.map((entry, index) => say(entry, reasonOf(entry, index)));
}

function isBad({ outcome: { outcome, isMaintenance, isRepeat } }: Entry, isStrict: boolean): boolean {
  return !isMaintenance && !isRepeat && (outcome === 'failed' || (isStrict && outcome === 'degraded'));
}

/** Bad slices, by the instants at which they end. */
function judgeSlices(
  single: readonly BadEvents[],
  { sliceMs }: Timeslices,
  ends: readonly number[],
): readonly BadEvents[] {
  const timed = single.filter(({ fromAt, toAt }) => toAt - fromAt < dayMs);
  const bySlice = Map.groupBy(timed, ({ fromAt }) => (Math.floor(fromAt / sliceMs) + 1) * sliceMs);
  return ends.map((toAt) => {
    const kinds = Map.groupBy(
      bySlice.get(toAt) ?? [],
      ({ monitor, location, reason }) => `${monitor}/${location}/${reason}`,
    );
    const counts = [...kinds.values()].map((alike) => ({
      alike,
      count: alike.reduce((sum, { count }) => sum + count, 0),
    }));
    const most = counts.toSorted((a, b) => b.count - a.count)[0]?.alike[0];
    return { ...most, fromAt: toAt - sliceMs, toAt, count: 1 };
  });
}

const nextMinute = (at: number): number => (Math.floor(at / minuteMs) + 1) * minuteMs;
