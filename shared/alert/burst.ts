import { type BurstVerdict, newestJudged } from '../burst/verdict.ts';
import { type Burst, type BurstAlert, type Config, followUpOf } from '../config/model.ts';
import type { AlertFacts, Observation } from './model.ts';

/** Of a reason an outbox entry keeps so much: enough for a subject, should the verdict be gone when it is sent. */
const longestReason = 64;

/** Whether an evaluation needs the verdicts of bursts at all. */
export function hasBurstAlerts({ bursts }: Pick<Config, 'bursts'>): boolean {
  return bursts.some(({ alerts }) => alerts.length > 0);
}

/**
 * The alert of a burst: met while the newest run that was sent did not hold, clear as soon as one did. A run of which
 * nothing was sent says nothing of the target, and neither does a burst that has not run yet, or verdicts that could not be read
 * (undefined): `unknown`, which keeps what is. No monitor is in it: its incident is its own.
 */
export function observeBurst(
  burst: Burst,
  alert: BurstAlert,
  verdicts: readonly BurstVerdict[] | undefined,
): Observation {
  const newest = newestJudged(verdicts ?? [], burst.id);
  return {
    alertId: alert.id,
    severity: alert.severity,
    notify: alert.notify,
    monitors: [],
    condition: newest === undefined ? 'unknown' : newest.outcome === 'passed' ? 'clear' : 'met',
    resolveDelayMs: 0,
    rememberResolvedMs: 0,
    ...followUpOf(alert),
    facts: newest === undefined ? noBurstFacts : factsOf(newest),
  };
}

/** What is known of a burst's alert of which no run is known. */
export const noBurstFacts = { kind: 'burst', runAt: 0, unmet: 0 } as const satisfies AlertFacts;

function factsOf({ runAt, reasons, more }: BurstVerdict): AlertFacts {
  const [reason] = reasons;
  return {
    kind: 'burst',
    runAt,
    unmet: reasons.length + more,
    ...(reason === undefined ? {} : { reason: cut(reason) }),
  };
}

function cut(reason: string): string {
  return reason.length <= longestReason ? reason : `${reason.slice(0, longestReason - 3)}...`;
}

/** The burst whose alert this is, by the alert's id. */
export function burstOf(alertId: string): string | undefined {
  const [kind, id] = alertId.split('/');
  return kind === 'burst' ? id : undefined;
}
