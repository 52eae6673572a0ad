import type { Slo } from '../config/model.ts';
import { evaluateBudget } from './budget.ts';
import { type Bin, type Course, chanceOfBad, coursesOf } from './courses.ts';
import type { Events } from './events.ts';
import type { BudgetReading } from './model.ts';
import { budgetSpan } from './window.ts';

/** What becomes of a budget, as far as the last hours tell. Instants are epoch ms. */
export type Forecast = Outlook & {
  /** What it was made from: how far back, and what was judged then. */
  readonly lookbackMs: number;
  readonly judged: number;
  readonly bad: number;
  /** Where it looks no further: the end of the calendar's span, or a whole window from now, of which nothing past is a part. */
  readonly untilAt: number;
};

type Outlook =
  /** Nothing was judged. */
  | { readonly kind: 'unknown' }
  /** Nothing is left. It is back then, if nothing more is bad; absent where there is no budget at all. */
  | { readonly kind: 'spent'; readonly backAt?: number }
  /** Nothing was bad. It lasts at least so long, or until `untilAt`, with a chance of 95 %. */
  | { readonly kind: 'calm'; readonly lastsUntilAt: number }
  /**
   * When nothing is left any more: with a chance of 90 % between the earliest and the latest instant, and as likely before `likelyAt`
   * as after it. What is absent does not come before `untilAt`.
   */
  | { readonly kind: 'burning'; readonly earliestAt?: number; readonly likelyAt?: number; readonly latestAt?: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const bins = 72;
/** Six hours; where events are rare, three days or 24 days. */
const binSizes = [5 * minuteMs, hourMs, 8 * hourMs];
/** With fewer bins that hold anything, a longer look back tells more. */
const leastBins = 12;

/**
 * When the budget will be spent, from the counts of the last six hours (more, where events are rare), with a band that holds the truth
 * nine times out of ten as long as things go on in one of the ways of `coursesOf`. It knows what leaves a rolling window
 * meanwhile, and so comes back. With nothing bad among n events, the ratio is taken to be 3 ÷ n at most, which is wrong one time in
 * twenty (J. Hanley and A. Lippman-Hand, JAMA 249, 1983, https://doi.org/10.1001/jama.1983.03330370053031).
 */
export function forecastBudget(slo: Slo, events: Events, now: number, budget?: BudgetReading): Forecast {
  const left = budget ?? evaluateBudget(slo, events, now);
  const look = lookBack(slo, events, now);
  const future = futureOf(slo, events, look, left, now);
  const { lookbackMs, judged, bad } = look;
  return { ...outlookOf(look, future, left, now), lookbackMs, judged, bad, untilAt: future.untilAt };
}

function outlookOf(look: Look, future: Future, left: BudgetReading, now: number): Outlook {
  if (left.good + left.bad > 0 && left.leftPpm <= 0) return { kind: 'spent', ...backAt(future, now) };
  if (look.judged === 0 || look.perMs === 0) return { kind: 'unknown' };
  if (look.bad > 0) return burning(coursesOf(look.bins), look, future, now);
  const worst = (at: number) => ((3 / look.judged) * look.perMs * (at - now)) / future.neededAt(at);
  return { kind: 'calm', lastsUntilAt: firstAt(worst, [1], future.untilAt, now)[0] ?? future.untilAt };
}

function burning(courses: readonly Course[], look: Look, future: Future, now: number): Outlook {
  const perBin = look.perMs * look.binMs;
  const chanceAt = (at: number) => chanceOfBad(courses, future.neededAt(at), (at - now) / look.binMs, perBin);
  const [earliestAt, likelyAt, latestAt] = firstAt(chanceAt, [0.05, 0.5, 0.95], future.untilAt, now);
  return {
    kind: 'burning',
    ...(earliestAt === undefined ? {} : { earliestAt }),
    ...(likelyAt === undefined ? {} : { likelyAt }),
    ...(latestAt === undefined ? {} : { latestAt }),
  };
}

type Look = {
  readonly bins: readonly Bin[];
  readonly binMs: number;
  readonly lookbackMs: number;
  readonly judged: number;
  readonly bad: number;
  /** Expected events a millisecond. */
  readonly perMs: number;
};

function lookBack({ windowMs }: Slo, events: Events, now: number): Look {
  let best: Look | undefined;
  for (const binMs of binSizes) {
    const count = Math.max(1, Math.min(bins, Math.floor(windowMs / binMs)));
    const look = readBins(events, binMs, count, now);
    if (best === undefined || filled(look) > filled(best)) best = look;
    if (filled(look) >= leastBins) return look;
  }
  return best as Look;
}

const filled = (look: Look): number => look.bins.filter(({ judged }) => judged > 0).length;

function readBins(events: Events, binMs: number, count: number, now: number): Look {
  const lookbackMs = count * binMs;
  const read = Array.from({ length: count }, (_, index): Bin => {
    const fromAt = now - lookbackMs + index * binMs;
    const { good, bad } = events.between(fromAt, fromAt + binMs);
    return { bad, judged: good + bad };
  });
  const sum = (of: (bin: Bin) => number) => read.reduce((all, bin) => all + of(bin), 0);
  const perMs = events.expected(now - lookbackMs, now) / lookbackMs;
  return { bins: read, binMs, lookbackMs, judged: sum(({ judged }) => judged), bad: sum(({ bad }) => bad), perMs };
}

/** What a budget will hold if events go on to come as they do. */
type Future = {
  readonly untilAt: number;
  /** How many bad events more it takes until nothing is left at an instant: 1 at least. */
  readonly neededAt: (at: number) => number;
  /** What is left then, in events, if nothing more is bad; negative where it is overspent. */
  readonly leftAt: (at: number) => number;
};

function futureOf(
  slo: Slo,
  events: Events,
  { perMs }: Look,
  { budget, bad, endsAt }: BudgetReading,
  now: number,
): Future {
  const share = (1_000_000 - slo.objectivePpm) / 1_000_000;
  const { fromAt, toAt } = budgetSpan(slo, now);
  const isScheduled = events.expected(fromAt, toAt) > events.expected(fromAt, now);
  const rolling = (at: number) => {
    const stillAt = Math.min(now, fromAt + at - now);
    const expected = events.expected(stillAt, now) + perMs * (at - now);
    return share * expected - events.between(stillAt, now).bad;
  };
  // What the calendar's span will hold is known from the schedule; where there is none, it is what comes.
  const fixed = (at: number) => budget + (isScheduled ? 0 : share * perMs * (at - now)) - bad;
  const leftAt = slo.calendar === undefined ? rolling : fixed;
  return {
    untilAt: endsAt ?? now + slo.windowMs,
    leftAt,
    // A tiny term undoes what binary fractions add.
    neededAt: (at) => Math.max(1, Math.ceil(leftAt(at) - 1e-9)),
  };
}

function backAt({ leftAt, untilAt }: Future, now: number): { readonly backAt?: number } {
  const [at] = firstAt((instant) => (leftAt(instant) > 0 ? 1 : 0), [1], untilAt, now);
  return { backAt: at ?? untilAt };
}

const growth = 1.25;

/** The first whole minutes from now at which a value has reached each level, the lowest first, as steps find them that grow by a quarter. */
function firstAt(
  valueAt: (at: number) => number,
  levels: readonly number[],
  untilAt: number,
  now: number,
): readonly (number | undefined)[] {
  const valueIn = (minutes: number) => valueAt(now + minutes * minuteMs);
  const last = Math.floor((untilAt - now) / minuteMs);
  const found: number[] = [];
  let before = 0;
  for (let step = 1; before < last && found.length < levels.length; step = Math.ceil(step * growth)) {
    const next = Math.min(last, step);
    const value = valueIn(next);
    const reached = levels.filter((level) => value >= level).length;
    for (const level of levels.slice(found.length, reached))
      found.push(now + firstMinute(valueIn, level, before, next) * minuteMs);
    before = next;
  }
  return levels.map((_, index) => found[index]);
}

/** It is below the level at the one, and no more at the other. */
function firstMinute(valueIn: (minutes: number) => number, level: number, below: number, reached: number): number {
  let [low, high] = [below, reached];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (valueIn(middle) >= level) high = middle;
    else low = middle;
  }
  return high;
}
