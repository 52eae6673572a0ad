import type { Monitor, MonitorAlert } from '../config/model.ts';
import type { Observation } from './model.ts';
import { isJudged, latenessMs, monitorLookbackMs, observeMonitor, type SeenOutcome } from './monitor.ts';

/** A monitor that another one depends on, with its outcomes of at least the last `parentLookbackMs`. */
export type Parent = { readonly monitor: Monitor; readonly outcomes: readonly SeenOutcome[] };

/** A monitor's last stretch of failures: `upAt` is its first good outcome after it. */
export type Outage = { readonly monitor: Monitor; readonly downAt: number; readonly upAt?: number };

/** A parent of which nothing was seen for so many of its intervals, and a tick's lateness, is not known. */
const knownIntervals = 3;

/** How far back a child's alert looks at its parent: its own window, and what the parent needs to be known and to settle. */
export function parentLookbackMs(alert: MonitorAlert, child: Monitor, parent: Monitor): number {
  return monitorLookbackMs(alert, child) + child.intervalMs + (knownIntervals + 1) * parent.intervalMs;
}

/**
 * As `observeMonitor`, except that an alert that would begin to fire is held (`heldBy`) by each parent that is down: whose
 * newest outcome failed, or that has not been up for one of its intervals, or that has, while nothing says yet that the child
 * fails by itself. That is an outcome of the child, its newest, that failed when the parent had settled. What recovered while
 * it was held starts afresh, as if it had fired. A parent under maintenance, unknown or unseen holds nothing that goes on
 * failing. What fires already is left alone.
 */
export function observeDependent(
  alert: MonitorAlert,
  monitor: Monitor,
  outcomes: readonly SeenOutcome[],
  parents: readonly Parent[],
  resolvedAt: number | undefined,
  firedAt: number | undefined,
  now: number,
): Observation {
  if (firedAt !== undefined) return observeMonitor(alert, monitor, outcomes, resolvedAt, firedAt, now);
  const freshAt = freshSince(alert, outcomes, parents, resolvedAt, now);
  const observation = observeMonitor(alert, monitor, outcomes, freshAt, firedAt, now);
  if (observation.condition !== 'met' || observation.facts.kind !== 'monitor') return observation;
  const { firstFailureAt } = observation.facts;
  const outages = parents.flatMap((parent) => outageOf(parent, now));
  const newest = seenUntil(outcomes, now).findLast(counts);
  const known = parents.filter((parent) => isKnownNow(parent, now)).map((parent) => parent.monitor);
  const holding = outages.filter((outage) => isHeldBy(outage, known.includes(outage.monitor), newest, firstFailureAt));
  return holding.length === 0 ? observation : { ...observation, heldBy: holding.map((outage) => outage.monitor.id) };
}

/** Since when a child's outcomes count: its last resolution, or its last recovery since a parent first failed. */
function freshSince(
  alert: MonitorAlert,
  outcomes: readonly SeenOutcome[],
  parents: readonly Parent[],
  resolvedAt: number | undefined,
  now: number,
): number | undefined {
  const failures = parents.flatMap((parent) => seenUntil(parent.outcomes, now).filter(counts)).filter(hasFailed);
  const downAt = Math.min(...failures.map(({ at }) => at));
  const judged = seenUntil(outcomes, now).filter(isJudged);
  const recoveredAt = judged.findLast((_, index) => {
    const run = judged.slice(Math.max(0, index + 1 - alert.recoverSuccesses), index + 1);
    return run.length === alert.recoverSuccesses && !run.some(hasFailed);
  })?.at;
  return recoveredAt === undefined || recoveredAt < downAt ? resolvedAt : Math.max(recoveredAt, resolvedAt ?? 0);
}

/** The last outage of a monitor, as far as its outcomes go; maintenance is none. */
export function outageOf({ monitor, outcomes }: Parent, now: number): readonly Outage[] {
  const judged = seenUntil(outcomes, now).filter(counts);
  const last = judged.findLastIndex(hasFailed);
  if (last < 0) return [];
  const first = judged.findLastIndex((each, index) => index < last && !hasFailed(each)) + 1;
  const upAt = judged[last + 1]?.at;
  return [{ monitor, downAt: judged[first]?.at ?? now, ...(upAt === undefined ? {} : { upAt }) }];
}

function isHeldBy(
  { monitor, upAt = Number.POSITIVE_INFINITY }: Outage,
  isKnown: boolean,
  newest: SeenOutcome | undefined,
  firstFailureAt: number,
): boolean {
  const settledAt = upAt + monitor.intervalMs;
  const isFailing = newest?.outcome === 'failed' && (!isKnown || newest.at >= settledAt);
  return firstFailureAt < settledAt && !isFailing;
}

const counts = (outcome: SeenOutcome): boolean => isJudged(outcome) && !outcome.isMaintenance;
const hasFailed = ({ outcome }: SeenOutcome): boolean => outcome === 'failed';

function isKnownNow({ monitor, outcomes }: Parent, now: number): boolean {
  const newest = seenUntil(outcomes, now).at(-1);
  if (newest === undefined || newest.isMaintenance || !isJudged(newest)) return false;
  return now - newest.at <= knownIntervals * monitor.intervalMs + latenessMs;
}

/** Oldest first, without what lies in the future. */
function seenUntil(outcomes: readonly SeenOutcome[], now: number): readonly SeenOutcome[] {
  return outcomes.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
}
