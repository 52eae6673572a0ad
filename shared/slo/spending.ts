import type { ErrorType } from '../config/model.ts';

/** What made an event bad: how its probe failed, or that it was too slow for the SLO, or degraded where that is bad. */
export type BadReason = ErrorType | 'slow' | 'degraded';

/** Bad events of one minute, or of a slice of time, or of a whole day of which no more is known, that have all of this in common. What is absent is unknown. */
export type BadEvents = {
  /** From this instant to the next one, which is no part of it; epoch ms. */
  readonly fromAt: number;
  readonly toAt: number;
  /** One at least. */
  readonly count: number;
  readonly monitor?: string;
  /** Where it was seen; of several locations all that saw it. */
  readonly location?: string;
  readonly reason?: BadReason;
};

/** An incident of alerts, to name what was spent while it was open. */
export type KnownIncident = { readonly id: string; readonly openedAt: number; readonly closedAt?: number };

/** Where a budget went. Every list adds up to all that was spent: `bad` to the count, `sharePpm` to a million. */
export type Spending = {
  readonly bad: number;
  /** The dearest first, among equals the newest. */
  readonly episodes: readonly Episode[];
  readonly byMonitor: readonly Part<string>[];
  readonly byLocation: readonly Part<string>[];
  readonly byReason: readonly Part<BadReason>[];
};

/** A part of what was spent; without a name where nobody knows what it belongs to. The largest come first. */
export type Part<Name extends string> = { readonly name?: Name; readonly bad: number; readonly sharePpm: number };

/** Bad minutes in a row, small gaps included; or what one incident of alerts spans. */
export type Episode = {
  /** From its first bad minute to the end of its last one, epoch ms. */
  readonly fromAt: number;
  readonly toAt: number;
  readonly bad: number;
  readonly sharePpm: number;
  /** Of the alerts that fired for it, where they did and it is remembered. */
  readonly incidentId?: string;
  /** Only the day is known. */
  readonly isWholeDay?: true;
  /** Of its events the largest parts, where they are known. */
  readonly monitor?: string;
  readonly reason?: BadReason;
};

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
const wholePpm = 1_000_000;
/** Alerts are decided so long after the minute in which they were met. */
const alertDelayMs = 5 * minuteMs;

/** Bad minutes that are at most `gapMs` apart are one episode; so are all of those in the time of one incident. */
export function spendingOf(bad: readonly BadEvents[], incidents: readonly KnownIncident[], gapMs: number): Spending {
  return {
    bad: countOf(bad),
    episodes: episodesOf(bad, incidents, gapMs),
    byMonitor: partsBy(bad, ({ monitor }) => monitor),
    byLocation: partsBy(bad, ({ location }) => location),
    byReason: partsBy(bad, ({ reason }) => reason),
  };
}

function partsBy<Name extends string>(
  bad: readonly BadEvents[],
  nameOf: (events: BadEvents) => Name | undefined,
): readonly Part<Name>[] {
  const parts = [...Map.groupBy(bad, nameOf)].map(([name, events]) => ({
    ...(name === undefined ? {} : { name }),
    bad: countOf(events),
  }));
  return withShares(parts).toSorted((a, b) => b.bad - a.bad || compare(a.name ?? '', b.name ?? ''));
}

function episodesOf(bad: readonly BadEvents[], incidents: readonly KnownIncident[], gapMs: number): readonly Episode[] {
  const isTimed = ({ fromAt, toAt }: BadEvents) => toAt - fromAt < dayMs;
  const runs = runsOf(bad.filter(isTimed), gapMs).map((events) => ({
    events,
    incident: incidentOf(events, incidents),
  }));
  const named = [...Map.groupBy(runs, ({ incident }) => incident?.id)].flatMap(([id, group]) =>
    id === undefined
      ? group.map(({ events }) => episodeOf(events))
      : [{ ...episodeOf(group.flatMap(({ events }) => events)), incidentId: id }],
  );
  const days = [
    ...Map.groupBy(
      bad.filter((events) => !isTimed(events)),
      ({ fromAt }) => fromAt,
    ).values(),
  ];
  const whole = days.map((events) => ({ ...episodeOf(events), isWholeDay: true as const }));
  return withShares([...named, ...whole]).toSorted((a, b) => b.bad - a.bad || b.fromAt - a.fromAt);
}

function runsOf(bad: readonly BadEvents[], gapMs: number): readonly BadEvents[][] {
  const runs: BadEvents[][] = [];
  let endAt = -Infinity;
  for (const events of bad.toSorted((a, b) => a.fromAt - b.fromAt)) {
    const last = runs.at(-1);
    if (last !== undefined && events.fromAt - endAt <= gapMs) last.push(events);
    else runs.push([events]);
    endAt = Math.max(endAt, events.toAt);
  }
  return runs;
}

/** The one that opened first of those that were open meanwhile, or opened for it a little later. */
function incidentOf(events: readonly BadEvents[], incidents: readonly KnownIncident[]): KnownIncident | undefined {
  const { fromAt, toAt } = spanOf(events);
  return incidents
    .filter(({ openedAt, closedAt = Infinity }) => openedAt <= toAt + alertDelayMs && closedAt > fromAt)
    .toSorted((a, b) => a.openedAt - b.openedAt)[0];
}

function episodeOf(events: readonly BadEvents[]): Omit<Episode, 'sharePpm'> {
  const monitor = partsBy(events, (each) => each.monitor)[0]?.name;
  const reason = partsBy(events, (each) => each.reason)[0]?.name;
  return {
    ...spanOf(events),
    bad: countOf(events),
    ...(monitor === undefined ? {} : { monitor }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function spanOf(events: readonly BadEvents[]): Pick<Episode, 'fromAt' | 'toAt'> {
  return {
    fromAt: events.reduce((first, { fromAt }) => Math.min(first, fromAt), Infinity),
    toAt: events.reduce((last, { toAt }) => Math.max(last, toAt), -Infinity),
  };
}

function withShares<Counted extends { readonly bad: number }>(
  parts: readonly Counted[],
): readonly (Counted & { readonly sharePpm: number })[] {
  const shares = apportion(
    parts.map(({ bad }) => bad),
    wholePpm,
  );
  return parts.map((part, index) => ({ ...part, sharePpm: shares[index] ?? 0 }));
}

/**
 * The shares of some counts, of so many units in all, which they add up to exactly: each rounded down, and what that leaves given to
 * the largest remainders (A. Hamilton's method, https://en.wikipedia.org/wiki/Largest_remainders_method). All are 0 where
 * nothing was counted.
 */
export function apportion(counts: readonly number[], units: number): readonly number[] {
  const whole = BigInt(counts.reduce((sum, count) => sum + count, 0));
  if (whole === 0n) return counts.map(() => 0);
  const exact = counts.map((count) => BigInt(count) * BigInt(units));
  const missing = units - Number(exact.reduce((sum, each) => sum + each / whole, 0n));
  const byRemainder = exact.map((each, index) => ({ index, left: each % whole }));
  const raised = byRemainder.toSorted((a, b) => Number(b.left - a.left) || a.index - b.index).slice(0, missing);
  const lucky = new Set(raised.map(({ index }) => index));
  return exact.map((each, index) => Number(each / whole) + (lucky.has(index) ? 1 : 0));
}

function countOf(events: readonly Pick<BadEvents, 'count'>[]): number {
  return events.reduce((sum, { count }) => sum + count, 0);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
