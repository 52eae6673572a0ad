import type { ConsoleState } from '../../infra/local/console/state.ts';
import type { IncidentDetailView, IncidentView, Moment, SloDetailView } from '../../shared/app/overview/model.ts';
import { hourMs, minuteMs } from './console-views.ts';

/** What the pages about one thing are told, made of a canned state. */
export function sloDetailOf(state: ConsoleState, id: string): SloDetailView | undefined {
  const slo = state.slos.find((each) => each.id === id);
  if (slo === undefined) return undefined;
  const { at: now } = state;
  const isOnFire = slo.forecast.kind === 'burning';
  return {
    ...slo,
    fromAt: now - slo.windowMs,
    endsAt: now,
    outageLeftMs: Math.max(0, Math.round(slo.budgetLeftRatio * 43.2) * minuteMs),
    slowBurnRate: slo.burnRate / 4,
    intervalMs: 10_000,
    gaps: [{ fromAt: now - 7 * hourMs, toAt: now - 6.2 * hourMs }],
    maintenance: [{ fromAt: now - 15 * hourMs, toAt: now - 14 * hourMs, reason: 'deploy' }],
    lately: { lookbackMs: 3 * minuteMs, judged: 18, bad: isOnFire ? 18 : 0 },
    rules: slo.rules.map((rule, index) => ({
      ...rule,
      ahead: !isOnFire
        ? { kind: 'stays' }
        : rule.status === 'firing'
          ? { kind: 'stays' }
          : { kind: 'fires', at: now + (index + 1) * 90_000 },
    })),
    spending: {
      bad: 16,
      episodes: [
        {
          fromAt: now - 2 * minuteMs,
          toAt: now,
          bad: 12,
          sharePpm: 750_000,
          incidentId: 'inc-2',
          monitor: 'shortener-health',
          reason: 'assertion',
        },
        {
          fromAt: now - 20 * hourMs,
          toAt: now - 19.9 * hourMs,
          bad: 4,
          sharePpm: 250_000,
          monitor: 'shortener-health',
          reason: 'timeout',
        },
      ],
      byMonitor: [{ name: 'shortener-health', bad: 16, sharePpm: 1_000_000 }],
      byLocation: [{ name: 'us-east-1', bad: 16, sharePpm: 1_000_000 }],
      byReason: [
        { name: 'assertion', bad: 12, sharePpm: 750_000 },
        { name: 'timeout', bad: 4, sharePpm: 250_000 },
      ],
    },
    incidents: state.incidents,
  };
}

export function incidentDetailOf(state: ConsoleState, id: string): IncidentDetailView | undefined {
  const incident = state.incidents.find((each) => each.id === id);
  if (incident === undefined) return undefined;
  return {
    incident,
    moments: momentsOf(incident, state),
    spent: [{ sloId: 'shortener-availability', badEvents: 12, spentPpm: 46_296 }],
    failures: Array.from({ length: 12 }, (_, index) => ({
      ...{ monitor: 'shortener-health', at: state.at - index * 10_000, errorType: 'assertion' as const },
      ...{ statusCode: 503, message: 'status == 200: expected 200, got 503' },
    })),
    failureCount: 12,
    runbooks: [{ name: 'shortener-health', runbook: 'docs/runbooks/shortener.md' }],
    told: ['oncall'],
  };
}

function momentsOf(
  { alerts, acknowledged: taken, closedAt, openedAt }: IncidentView,
  state: ConsoleState,
): readonly Moment[] {
  const fired = alerts.flatMap(({ id, title, firedAt, resolvedAt }, index): Moment[] => [
    { kind: index === 0 ? 'fired' : 'joined', at: firedAt, alertId: id, title },
    ...(resolvedAt === null
      ? []
      : [{ kind: 'resolved' as const, at: resolvedAt, alertId: id, title, lastedMs: resolvedAt - firedAt }]),
  ]);
  const told: Moment[] = [
    ...(taken === undefined ? [] : [{ kind: 'acknowledged' as const, ...taken, lastedMs: taken.at - openedAt }]),
    ...state.silences.map(({ fromAt, untilAt, by, reason }) => ({
      kind: 'silenced' as const,
      at: fromAt,
      untilAt,
      by,
      note: reason,
    })),
    ...(closedAt === null ? [] : [{ kind: 'closed' as const, at: closedAt, lastedMs: closedAt - openedAt }]),
  ];
  return [...fired, ...told].sort((a, b) => a.at - b.at);
}

/** The same a moment later, with somebody at what is open. */
export function acknowledged(state: ConsoleState, now: number): ConsoleState {
  const by = { at: now, by: 'ann', note: 'rolling back' };
  const incidents = state.incidents.map((each) => (each.closedAt === null ? { ...each, acknowledged: by } : each));
  return { ...state, at: now, incidents };
}

export function silenced(state: ConsoleState, now: number): ConsoleState {
  const silence = { id: 's1', alerts: ['monitor/shortener-health/'], titles: ['all of the monitor shortener-health'] };
  const silences = [{ ...silence, fromAt: now, untilAt: now + 2 * hourMs, by: 'ann', reason: 'known' }];
  return { ...state, at: now, silences };
}
