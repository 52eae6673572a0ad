import { sloOf } from './alert-id.ts';
import type { Draft } from './draft.ts';
import type { AlertState, FiringAlert, HeldBack, Silence } from './model.ts';

/** Whether a silence speaks of an alert. */
export function covers({ alerts }: Pick<Silence, 'alerts'>, alertId: string): boolean {
  return alerts.some((each) => each === alertId || (each.endsWith('/') && alertId.startsWith(each)));
}

/** The silence that holds an alert back at an instant: of several the one that ends last. */
export function silenceOf({ silences = {} }: Pick<AlertState, 'silences'>, alertId: string, now: number) {
  return Object.values(silences)
    .filter((silence) => now < silence.untilAt && covers(silence, alertId))
    .sort((a, b) => b.untilAt - a.untilAt)[0];
}

/** Why an alert may announce nothing now; undefined where it may. */
export function holdReason(
  draft: Draft,
  alertId: string,
  { severity }: Pick<FiringAlert, 'severity'>,
): HeldBack | undefined {
  if (silenceOf(draft, alertId, draft.now)) return 'silence';
  const slo = severity === 'ticket' ? sloOf(alertId) : undefined;
  return slo !== undefined && pagedSlos(draft).has(slo) ? 'page' : undefined;
}

/** Remembered until a page changes: thousands may ask. */
function pagedSlos(draft: Draft): ReadonlySet<string> {
  draft.pagedSlos ??= new Set(
    Object.entries(draft.alerts).flatMap(([id, { severity, heldBack }]) =>
      severity === 'page' && heldBack === undefined ? (sloOf(id) ?? []) : [],
    ),
  );
  return draft.pagedSlos;
}
