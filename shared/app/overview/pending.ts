import type { Severity } from '../../config/model.ts';
import type { Overview } from './model.ts';

/** An alert that is on its way to fire: what it is about, and how far it is, in words. */
export type PendingAlert = {
  readonly id: string;
  /** The monitor, SLO or burst. */
  readonly name: string;
  readonly kind: 'monitor' | 'slo' | 'burst';
  /** Of a monitor's alert nothing is known of it. */
  readonly severity?: Severity;
  readonly why: string;
};

/** What is pending: alerts of monitors with failures in their window, burn rules above their threshold, and runs that did not hold. */
export function pendingOf({
  monitors,
  slos,
  bursts,
}: Pick<Overview, 'monitors' | 'slos' | 'bursts'>): readonly PendingAlert[] {
  const ofMonitors = monitors.flatMap(({ id: name, type, alerts }) =>
    alerts
      .filter(({ status }) => status === 'pending')
      .map(({ id, failures, needed, of, heldBy }) => ({
        ...{ id, name, kind: 'monitor' as const },
        why: `${failures} of ${needed} failures in the last ${countedText(type, of)}${heldBy === undefined ? '' : `, held by ${heldBy.join(', ')}`}`,
      })),
  );
  const ofSlos = slos.flatMap(({ id: name, rules }) =>
    rules
      .filter(({ status }) => status === 'pending')
      .map(({ id, severity, badEvents, minBadEvents, threshold }) => ({
        ...{ id, name, kind: 'slo' as const, severity },
        why:
          badEvents < minBadEvents
            ? `above ${rateText(threshold)}, with ${badEvents} of ${minBadEvents} bad events`
            : `above ${rateText(threshold)}: the next evaluation fires it`,
      })),
  );
  const ofBursts = bursts.flatMap(({ id: name, alerts }) =>
    alerts
      .filter(({ status }) => status === 'pending')
      .map(({ id, severity }) => ({
        ...{ id, name, kind: 'burst' as const, severity },
        why: 'its last run did not hold: the next evaluation fires it',
      })),
  );
  return [...ofMonitors, ...ofSlos, ...ofBursts];
}

const countedText = (type: string, of: number): string => {
  const word = type === 'heartbeat' ? 'minute' : 'probe';
  return of === 1 ? word : `${of} ${word}s`;
};
const rateText = (rate: number): string => `${Number(rate.toFixed(1))}x`;
