import type { FollowUp, MonitorAlert } from '../model.ts';
import type { MonitorEntry } from './assemble.ts';

type AlertEntries = MonitorEntry['alerts'];

/** The alerts of a monitor, `standard` being what one fires after, and resolves after, that says nothing else. */
export function buildAlerts(
  monitor: string,
  entries: AlertEntries,
  standard: { readonly failures: number; readonly successes: number },
): MonitorAlert[] {
  return (entries ?? []).map((entry, index) => ({
    id: `monitor/${monitor}/${index}`,
    failures: entry.for?.failures ?? standard.failures,
    of: entry.for?.of ?? standard.failures,
    recoverSuccesses: entry.recover?.successes ?? standard.successes,
    severity: entry.severity ?? 'page',
    notify: entry.notify,
    ...buildFollowUp(entry),
    ...(entry.runbook === undefined ? {} : { runbook: entry.runbook }),
  }));
}

type FollowUpEntry = Pick<NonNullable<AlertEntries>[number], 'repeatEvery' | 'escalate'>;

/** What is told of an alert while it goes on. */
export function buildFollowUp({ repeatEvery, escalate }: FollowUpEntry): FollowUp {
  return {
    ...(repeatEvery === undefined ? {} : { repeatEveryMs: repeatEvery }),
    ...(escalate === undefined ? {} : { escalate: { afterMs: escalate.after, notify: escalate.notify } }),
  };
}
