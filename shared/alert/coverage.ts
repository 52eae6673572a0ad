import type { Monitor } from '../config/model.ts';
import type { Observation } from './model.ts';

/** What the ledger knows of a monitor's presence, epoch ms; absent where there is nothing. */
export type Presence = {
  /** The newest tick that passed, was degraded or failed, under maintenance or not: a planned span is no lost coverage. */
  readonly newestJudgedAt: number | undefined;
  /** The monitor's first row, judged or not. */
  readonly firstSeenAt: number | undefined;
};

const shortestSilenceMs = 300_000;

/** For how long a monitor may go unjudged before its coverage is lost: three intervals, at least five minutes. */
export function coverageLimitMs(monitor: Monitor): number {
  return Math.max(3 * monitor.intervalMs, shortestSilenceMs);
}

/** The channels of a monitor's own alerts, each once, sorted. */
export function coverageChannels(monitor: Monitor): readonly string[] {
  return [...new Set(monitor.alerts.flatMap((alert) => alert.notify))].sort();
}

/**
 * The alert on lost coverage: nothing of this monitor could be judged for longer than `coverageLimitMs`. It is clear
 * as soon as a newer judged outcome is there, and silent (`unknown`) before the monitor's first row. A monitor that was
 * never judged counts from its first row. Without channels there is no such alert: do not ask then.
 */
export function observeCoverage(
  monitor: Monitor,
  { newestJudgedAt, firstSeenAt }: Presence,
  channels: readonly string[],
  now: number,
): Observation {
  const since = newestJudgedAt ?? firstSeenAt;
  const isLost = since !== undefined && now - since > coverageLimitMs(monitor);
  return {
    alertId: `coverage/${monitor.id}`,
    severity: 'ticket',
    notify: channels,
    monitors: [monitor.id],
    condition: since === undefined ? 'unknown' : isLost ? 'met' : 'clear',
    resolveDelayMs: 0,
    rememberResolvedMs: 0,
    facts: { kind: 'coverage', lastJudgedAt: newestJudgedAt ?? 0 },
  };
}
