import { type ErrorType, followUpOf, type Monitor, type MonitorAlert, type Outcome } from '../config/model.ts';
import type { AlertFacts, Observation } from './model.ts';

/** One outcome of a monitor as the alert reads it. `at` is its tick's instant. */
export type SeenOutcome = {
  readonly at: number;
  readonly outcome: Outcome;
  readonly errorType?: ErrorType;
  readonly isMaintenance: boolean;
};

/** A tick is still taken when it comes three minutes late. */
export const latenessMs = 180_000;

/** How far back an m-of-n alert looks, ms: its window or its recovery, whichever is longer, and the lateness of a tick. */
export function monitorLookbackMs(alert: MonitorAlert, monitor: Monitor): number {
  return Math.max(alert.of, alert.recoverSuccesses) * monitor.intervalMs + latenessMs;
}

/**
 * Holds one m-of-n alert of a monitor against its outcomes, in any order, of at least the last `monitorLookbackMs`.
 *
 * The window is the last n due slots, ending at the newest judged outcome. Gaps, `unknown`, `blocked` and maintenance
 * occupy slots and count neither way; where a slot holds several outcomes (one by hand, say) the newest judged one
 * speaks. Ignored are outcomes after `now`, older than the lookback, and at or before `resolvedAt`. Under maintenance
 * nothing fires, but what fired before may recover.
 *
 * `met`: at least m slots failed. `clear`: the last `recoverSuccesses` judged outcomes are good (passed or degraded),
 * and while it fires (`firedAt`) all of them were seen since, so that the data that fired an alert never resolves it.
 * `holding`: neither. `unknown`: nothing was judged.
 */
export function observeMonitor(
  alert: MonitorAlert,
  monitor: Monitor,
  outcomes: readonly SeenOutcome[],
  resolvedAt: number | undefined,
  firedAt: number | undefined,
  now: number,
): Observation {
  const judged = judgedOutcomes(alert, monitor, outcomes, resolvedAt, now);
  const counted = judged.filter(({ isMaintenance }) => !isMaintenance);
  const failed = failedInWindow(alert, monitor, counted);
  return {
    alertId: alert.id,
    severity: alert.severity,
    notify: alert.notify,
    monitors: [monitor.id],
    condition: conditionOf(alert, firedAt === undefined ? counted : judged, failed.length, firedAt),
    resolveDelayMs: 0,
    rememberResolvedMs: monitorLookbackMs(alert, monitor),
    ...followUpOf(alert),
    facts: factsOf(alert, failed),
  };
}

/** Oldest first, at most one a slot. */
function judgedOutcomes(
  alert: MonitorAlert,
  monitor: Monitor,
  outcomes: readonly SeenOutcome[],
  resolvedAt: number | undefined,
  now: number,
): SeenOutcome[] {
  const after = Math.max(resolvedAt ?? Number.NEGATIVE_INFINITY, now - monitorLookbackMs(alert, monitor));
  const bySlot = new Map<number, SeenOutcome>();
  for (const outcome of outcomes) {
    if (outcome.at <= after || outcome.at > now || !isJudged(outcome)) continue;
    const slot = slotOf(outcome, monitor);
    const other = bySlot.get(slot);
    if (!other || other.at < outcome.at) bySlot.set(slot, outcome);
  }
  return [...bySlot.values()].sort((a, b) => a.at - b.at);
}

/** Whether it says how the target is. */
export function isJudged({ outcome }: SeenOutcome): boolean {
  return outcome === 'passed' || outcome === 'degraded' || outcome === 'failed';
}

/** A monitor is due at the multiples of its interval. */
function slotOf({ at }: SeenOutcome, monitor: Monitor): number {
  return Math.floor(at / monitor.intervalMs);
}

function failedInWindow(alert: MonitorAlert, monitor: Monitor, judged: readonly SeenOutcome[]): SeenOutcome[] {
  const newest = judged.at(-1);
  if (!newest) return [];
  const firstSlot = slotOf(newest, monitor) - alert.of + 1;
  return judged.filter((each) => each.outcome === 'failed' && slotOf(each, monitor) >= firstSlot);
}

function conditionOf(
  alert: MonitorAlert,
  judged: readonly SeenOutcome[],
  failures: number,
  firedAt: number | undefined,
): Observation['condition'] {
  if (judged.length === 0) return 'unknown';
  if (firedAt !== undefined && hasRecovered(alert, judged, firedAt)) return 'clear';
  if (failures >= alert.failures) return 'met';
  return firedAt === undefined ? 'clear' : 'holding';
}

function hasRecovered(alert: MonitorAlert, judged: readonly SeenOutcome[], firedAt: number): boolean {
  const last = judged.slice(-alert.recoverSuccesses);
  return (
    last.length === alert.recoverSuccesses && last.every(({ outcome, at }) => outcome !== 'failed' && at >= firedAt)
  );
}

function factsOf(alert: MonitorAlert, failed: readonly SeenOutcome[]): AlertFacts {
  const last = failed.at(-1);
  return {
    kind: 'monitor',
    failures: failed.length,
    of: alert.of,
    ...(last?.errorType && { errorType: last.errorType }),
    firstFailureAt: failed[0]?.at ?? 0,
    lastFailureAt: last?.at ?? 0,
  };
}
