import type { Slo } from '../config/model.ts';
import type { Events } from './events.ts';
import type { BudgetReading } from './model.ts';
import { budgetSpan } from './window.ts';

const minuteMs = 60_000;
const wholePpm = 1_000_000;

/**
 * The error budget over (now − window, now], or over the calendar's span that holds `now`. Its size comes from the schedule of
 * the whole of it, so that it is the same on the first day as on the last; where nothing is scheduled it grows with what was
 * seen. With nothing expected there is no budget and nothing of it is spent.
 */
export function evaluateBudget(slo: Slo, events: Events, now: number): BudgetReading {
  const { fromAt, toAt } = budgetSpan(slo, now);
  const expected = events.expected(fromAt, toAt);
  const counts = events.between(fromAt, now);
  return {
    sloId: slo.id,
    expected,
    ...counts,
    budget: (expected * (wholePpm - slo.objectivePpm)) / wholePpm,
    leftPpm: leftPpmOf(slo, counts.bad, expected),
    coverageRatio: events.coverageRatio(fromAt, now),
    isWarmingUp: isWarmingUp(events, fromAt),
    ...(slo.calendar === undefined ? {} : { endsAt: toAt + 1 }),
  };
}

/**
 * What was left of the budget at up to `points` evenly spaced minutes of the window that ends now, or of as much of it as there
 * is history, or of its newest `longestMs`: each counts the bad events of the window up to then, so the line never rises and ends
 * at what is left.
 */
export function burnDown(
  slo: Slo,
  events: Events,
  now: number,
  points: number,
  longestMs = Number.POSITIVE_INFINITY,
): readonly { readonly at: number; readonly leftRatio: number }[] {
  const { fromAt: windowAt, toAt } = budgetSpan(slo, now);
  const fromAt = Math.max(windowAt, now - longestMs, Math.min(now, events.firstSeenAt ?? now));
  const expected = events.expected(windowAt, toAt);
  const steps = Math.max(1, Math.floor(points) - 1);
  const instants = Array.from({ length: steps + 1 }, (_, step) =>
    step === steps ? now : minuteStart(fromAt + ((now - fromAt) * step) / steps),
  );
  // A young history has fewer minutes than there are points.
  return [...new Set(instants)].map((at) => {
    const { bad } = events.between(windowAt, at);
    return { at, leftRatio: leftPpmOf(slo, bad, expected) / wholePpm };
  });
}

/** 1 − bad ÷ ((1 − objective) × expected) in parts per million, rounded down; never clamped. */
function leftPpmOf(slo: Slo, bad: number, expected: number): number {
  if (expected === 0) return wholePpm;
  const budget = BigInt(expected) * BigInt(wholePpm - slo.objectivePpm);
  const spent = (BigInt(bad) * 1_000_000_000_000n + budget - 1n) / budget;
  return Number(1_000_000n - spent);
}

function isWarmingUp({ firstSeenAt, intervalMs }: Events, windowAt: number): boolean {
  return firstSeenAt === undefined || firstSeenAt > windowAt + intervalMs;
}

const minuteStart = (at: number): number => Math.floor(at / minuteMs) * minuteMs;
