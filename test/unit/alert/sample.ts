import type { AlertState, Observation, OutboxEntry, Transition } from '../../../shared/alert/model.ts';
import { emptyAlertState } from '../../../shared/alert/model.ts';
import type { AlertStep } from '../../../shared/alert/step.ts';
import { stepAlerts } from '../../../shared/alert/step.ts';
import type { Monitor, MonitorAlert } from '../../../shared/config/model.ts';

export const minute = 60_000;
export const start = Date.UTC(2026, 10, 20, 10, 0);

/** A good observation of one alert; tests break one thing of it. */
export function observe(
  alertId: string,
  condition: Observation['condition'],
  more: Partial<Observation> = {},
): Observation {
  return {
    alertId,
    severity: 'page',
    notify: ['oncall'],
    monitors: ['api'],
    condition,
    resolveDelayMs: 0,
    rememberResolvedMs: 0,
    facts: { kind: 'monitor', failures: 3, of: 5, firstFailureAt: 1, lastFailureAt: 2 },
    ...more,
  };
}

export const alert: MonitorAlert = {
  id: 'monitor/api/0',
  failures: 3,
  of: 5,
  recoverSuccesses: 2,
  severity: 'page',
  notify: ['oncall'],
};

export const monitor: Monitor = {
  id: 'api',
  key: 7,
  type: 'http',
  intervalMs: minute,
  timeoutMs: 5_000,
  retry: { limit: 1, delayMs: 1_000 },
  allowPrivate: false,
  dependsOn: [],
  assertions: [],
  alerts: [alert],
  request: {
    method: 'GET',
    url: 'https://api.example.com/',
    headers: {},
    followRedirects: true,
    maxRedirects: 5,
    query: [],
    httpVersion: '1.1',
  },
  maxBodyBytes: 1_048_576,
};

/** What is told of alerts, and of incidents as wholes. */
export function toldOf(entries: readonly OutboxEntry[]): Transition[] {
  return entries.flatMap((entry) => (entry.kind === 'transition' ? [entry.transition] : []));
}

/** What is told of alerts. */
export function transitionsOf(entries: readonly OutboxEntry[]): Transition[] {
  return toldOf(entries).filter(({ facts }) => facts.kind !== 'incident');
}

/** Steps through rounds of observations, one a minute; answers the last state and everything that was said. */
export function run(rounds: readonly (readonly Observation[])[], from: AlertState = emptyAlertState): AlertStep {
  let state = from;
  const entries: OutboxEntry[] = [];
  for (const [index, observations] of rounds.entries()) {
    const step = stepAlerts(state, observations, start + index * minute);
    state = step.state;
    entries.push(...step.entries);
  }
  return { state, entries };
}

/** `fired a, resolved a, closed`: what was said, in order. */
export function said(entries: readonly OutboxEntry[]): string {
  return toldOf(entries)
    .map(({ kind, alertId, facts }) => (facts.kind === 'incident' ? kind : `${kind} ${alertId}`))
    .join(', ');
}
