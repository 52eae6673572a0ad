import type { Maintenance, Monitor, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { expectedEvents } from './expected.ts';
import { judgedBetween, monitorsOf, slowestIntervalMs } from './indicator.ts';
import type { BudgetReading } from './model.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const wholePpm = 1_000_000;
/** A tick may come this late; until then its absence is no gap. */
const closedAfterMs = 3 * minuteMs;

/**
 * The error budget over (now − window, now]. Its size comes from the schedule of the whole window, so that it is the same on
 * the first day as on the last. With nothing expected there is no budget and nothing of it is spent.
 */
export function evaluateBudget(
  slo: Slo,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  now: number,
): BudgetReading {
  const mine = monitorsOf(slo, monitors);
  const fromAt = now - slo.windowMs;
  const expected = expectedEvents(mine, maintenance, fromAt, now);
  const counts = judgedBetween(mine, history, fromAt, now);
  return {
    sloId: slo.id,
    expected,
    ...counts,
    budget: (expected * (wholePpm - slo.objectivePpm)) / wholePpm,
    leftPpm: leftPpmOf(slo, counts.bad, expected),
    coverageRatio: coverageOf(mine, maintenance, history, fromAt, now),
    isWarmingUp: isWarmingUp(mine, history, fromAt),
  };
}

/**
 * What was left of the budget at up to `points` evenly spaced minutes of the window that ends now, or of as much of it as there
 * is history: each counts the bad events of the window up to then, so the line never rises and ends at what is left.
 */
export function burnDown(
  slo: Slo,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  now: number,
  points: number,
): readonly { readonly at: number; readonly leftRatio: number }[] {
  const mine = monitorsOf(slo, monitors);
  const windowAt = now - slo.windowMs;
  const fromAt = Math.max(windowAt, Math.min(now, ...firstSeen(mine, history)));
  const expected = expectedEvents(mine, maintenance, windowAt, now);
  const steps = Math.max(1, Math.floor(points) - 1);
  const instants = Array.from({ length: steps + 1 }, (_, step) =>
    step === steps ? now : minuteStart(fromAt + ((now - fromAt) * step) / steps),
  );
  // A young history has fewer minutes than there are points.
  return [...new Set(instants)].map((at) => {
    const { bad } = judgedBetween(mine, history, windowAt, at);
    return { at, leftRatio: leftPpmOf(slo, bad, expected) / wholePpm };
  });
}

/**
 * When the rest of the budget is used up at a constant burn rate: left × window ÷ burn rate from now (epoch ms). Undefined
 * when nothing burns, or nothing is left.
 */
export function exhaustedAt(
  slo: Slo,
  budget: Pick<BudgetReading, 'leftPpm'>,
  burnRate: number,
  now: number,
): number | undefined {
  if (!(burnRate > 0) || budget.leftPpm <= 0) return undefined;
  return Math.round(now + ((budget.leftPpm / wholePpm) * slo.windowMs) / burnRate);
}

/** 1 − bad ÷ ((1 − objective) × expected) in parts per million, rounded down; never clamped. */
function leftPpmOf(slo: Slo, bad: number, expected: number): number {
  if (expected === 0) return wholePpm;
  const budget = BigInt(expected) * BigInt(wholePpm - slo.objectivePpm);
  const spent = (BigInt(bad) * 1_000_000_000_000n + budget - 1n) / budget;
  return Number(1_000_000n - spent);
}

/** Judged ÷ expected events of closed ticks, per monitor since its first event in the window; 1 before there are any. */
function coverageOf(
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  windowAt: number,
  now: number,
): number {
  const toAt = minuteStart(now - closedAfterMs) - 1;
  let [judged, expected] = [0, 0];
  for (const monitor of monitors) {
    const fromAt = coveredFrom(monitor, history, windowAt);
    if (fromAt >= toAt) continue;
    const counts = judgedBetween([monitor], history, fromAt, toAt);
    judged += counts.good + counts.bad;
    expected += expectedEvents([monitor], maintenance, fromAt, toAt);
  }
  return expected === 0 ? 1 : Math.min(1, judged / expected);
}

/** The end of the last minute before the first event in the window. */
function coveredFrom(monitor: Monitor, history: History, windowAt: number): number {
  const seenAt = history.firstSeenAt(monitor.key);
  if (seenAt === undefined) return Infinity;
  const firstAt = Math.max(seenAt, minuteStart(windowAt) + minuteMs);
  const minuteAt = Math.ceil(firstAt / minuteMs) * minuteMs;
  // Where the first day is known as a total only, nobody knows when in it the first event was: the next day counts.
  const isDayOnly = seenAt > windowAt && seenAt % dayMs === 0 && !isKnown(history, monitor, seenAt);
  return (isDayOnly ? seenAt + dayMs : minuteAt) - 1;
}

function isKnown(history: History, monitor: Monitor, minuteAt: number): boolean {
  const { good, bad, unjudged, maintenance } = judgedBetween([monitor], history, minuteAt - 1, minuteAt);
  return good + bad + unjudged + maintenance > 0;
}

function isWarmingUp(monitors: readonly Monitor[], history: History, windowAt: number): boolean {
  const seen = firstSeen(monitors, history);
  return seen.length === 0 || Math.min(...seen) > windowAt + slowestIntervalMs(monitors);
}

const minuteStart = (at: number): number => Math.floor(at / minuteMs) * minuteMs;

function firstSeen(monitors: readonly Monitor[], history: History): number[] {
  return monitors.map(({ key }) => history.firstSeenAt(key)).filter((at) => at !== undefined);
}
