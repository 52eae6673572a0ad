import type { Slo } from '../../shared/config/model.ts';
import type { Events } from '../../shared/slo/events.ts';
import { countedEvents, minuteEnd, type SeriesMinute } from '../../shared/slo/series.ts';
import { anSlo, dayMs } from './budget-examples.ts';

/** The error ratio of one minute after another; minute 0 is now. They are asked for in their order. */
type Ratio = (minute: number) => number;
type Random = () => number;

const lookback = 360;
const windowMinutes = 7 * 1440;

/** Between the two, each power as likely as another. */
const between = (low: number, high: number, random: Random): number => low * (high / low) ** random();

/** Ways to burn. All of their numbers are drawn anew, over the range that people meet. */
export const burns = {
  /** Each event fails with the same chance. */
  constant: (random: Random): Ratio => {
    const ratio = between(0.002, 0.5, random);
    return () => ratio;
  },
  /** Outages of 2 to 30 minutes on average, each 20 minutes to 4 hours after the one before, total or not. */
  clumped: (random: Random): Ratio => {
    const [length, gap] = [between(2, 30, random), between(20, 240, random)];
    const depth = random() < 0.5 ? 1 : 0.2 + 0.8 * random();
    const calm = random() < 0.5 ? 0 : between(0.0005, 0.01, random);
    let isOut = random() < length / (length + gap);
    return () => {
      const ratio = isOut ? depth : calm;
      isOut = isOut ? random() >= 1 / length : random() < 1 / gap;
      return ratio;
    };
  },
  /** From nothing in a line, over 1 to 6 hours, to where it stays; that is reached at some time about now. */
  ramp: (random: Random): Ratio => {
    const [top, length] = [between(0.01, 0.6, random), 60 + 300 * random()];
    const from = -length + (random() - 0.5) * length;
    return (minute) => top * Math.max(0, Math.min(1, (minute - from) / length));
  },
  /** From one minute of the last five hours to the next, as when something broken is deployed. */
  jump: (random: Random): Ratio => {
    const [top, from] = [between(0.01, 0.6, random), -5 - 295 * random()];
    return (minute) => (minute > from ? top : 0);
  },
};

export type Burn = {
  readonly slo: Slo;
  readonly events: Events;
  /** Epoch ms. */
  readonly now: number;
  /** In so many minutes from now nothing is left of the budget; Infinity where that does not come within the window. */
  readonly spentAfter: number;
};

/**
 * A week with an old outage in it, six hours of a burn, and how it went on until nothing was left of an error budget that lasts
 * twenty minutes to five days at its pace.
 */
export function simulateBurn(kind: keyof typeof burns, random: Random): Burn {
  const ratio = burns[kind](random);
  const perMinute = [1, 1, 3, 10, 100][Math.floor(random() * 5)] ?? 1;
  const count = (minute: number) => failures(perMinute, ratio(minute), random);
  const burnt = Array.from({ length: lookback }, (_, index) => count(index - lookback + 1));
  if (burnt.every((bad) => bad === 0)) return simulateBurn(kind, random);
  const past = [...calmWeek(perMinute, random), ...burnt];
  const allowed = budgetFor(past, random);
  const objectivePpm = Math.max(1, Math.min(999_999, Math.round(1e6 - (1e6 * allowed) / (perMinute * windowMinutes))));
  const series = past.map((bad): SeriesMinute => ({ good: perMinute - bad, bad }));
  return {
    slo: { ...anSlo, objectivePpm, windowMs: 7 * dayMs },
    events: countedEvents(series),
    now: minuteEnd(series.length),
    spentAfter: minutesUntil(past, count, ((1e6 - objectivePpm) / 1e6) * perMinute * windowMinutes),
  };
}

/** All of the window that comes before the last hours, with an outage of up to half an hour in it. */
function calmWeek(perMinute: number, random: Random): readonly number[] {
  const minutes = windowMinutes - lookback;
  const [from, length] = [random() * minutes, 30 * random()];
  return Array.from({ length: minutes }, (_, minute) => (minute >= from && minute < from + length ? perMinute : 0));
}

/** What is spent already, and what would be spent within some time at the pace so far. */
function budgetFor(past: readonly number[], random: Random): number {
  const ahead = between(20, 5 * 1440, random);
  return sum(past) + Math.max(1, Math.round((sum(past.slice(-lookback)) / lookback) * ahead));
}

function minutesUntil(past: readonly number[], count: (minute: number) => number, budget: number): number {
  let left = budget - sum(past);
  for (let minute = 1; minute <= windowMinutes; minute += 1) {
    left += (past[minute - 1] ?? 0) - count(minute);
    if (left <= 1e-9) return minute;
  }
  return Infinity;
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

/** How many of so many events fail, each with this chance: from one failure to the next at once. */
function failures(count: number, chance: number, random: Random): number {
  if (chance <= 0 || chance >= 1) return chance <= 0 ? 0 : count;
  let bad = -1;
  for (let at = 0; at <= count; bad += 1) at += Math.ceil(Math.log(1 - random()) / Math.log(1 - chance)) || 1;
  return bad;
}
