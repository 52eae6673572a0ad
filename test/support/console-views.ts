import type { InboxMessage } from '../../infra/local/console/state.ts';
import type { IncidentView, MonitorView, SloView } from '../../shared/app/overview/model.ts';

/** Parts of the console's canned states, all relative to one instant. */
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export type Entry = MonitorView['history'][number];

/** A calm history, oldest first; `isFailing` says which of the newest ones failed, `age` being 0 for the newest. */
export function historyOf(
  now: number,
  count: number,
  intervalMs: number,
  isFailing: (age: number) => boolean = () => false,
): readonly Entry[] {
  return Array.from({ length: count }, (_, index): Entry => {
    const age = count - 1 - index;
    const wave = 14 + 6 * Math.sin(index / 9) + ((index * 7919) % 13) * 0.9;
    const spike = index % 83 === 40 ? 60 : 0;
    return {
      at: now - age * intervalMs,
      outcome: isFailing(age) ? 'failed' : 'passed',
      latencyMs: isFailing(age) ? 3 : wave + spike,
      isMaintenance: false,
    };
  });
}

export function monitorView(now: number, patch: Partial<MonitorView> = {}): MonitorView {
  const intervalMs = patch.intervalMs ?? 10_000;
  return {
    id: 'shortener-health',
    type: 'http',
    state: 'passed',
    since: now - 2 * hourMs,
    url: 'http://127.0.0.1:4001/health/readiness',
    intervalMs,
    eventIntervalMs: intervalMs,
    isUnderMaintenance: false,
    lastProbeAt: now - 4_000,
    latencyMs: 17.3,
    degradedAfterMs: 300,
    statusCode: 200,
    alerts: [
      { id: 'monitor/shortener-health/0', status: 'inactive', failures: 0, needed: 3, of: 5, notify: ['oncall'] },
    ],
    history: historyOf(now, 360, intervalMs).filter((_, index) => index < 200 || index > 214),
    ...patch,
  };
}

export function sloView(now: number, patch: Partial<SloView> = {}): SloView {
  return {
    id: 'shortener-availability',
    objective: '99.9%',
    windowMs: 720 * hourMs,
    monitors: ['shortener-health'],
    counts: 'probes of shortener-health',
    budgetLeftRatio: 0.9846,
    budgetEvents: 259.2,
    badEvents: 4,
    goodEvents: 8_211,
    unjudgedEvents: 0,
    coverageRatio: 0.998,
    isWarmingUp: true,
    burnRate: 0,
    forecast: {
      kind: 'calm',
      lastsUntilAt: now + 82 * hourMs,
      lookbackMs: 6 * hourMs,
      judged: 2_160,
      bad: 0,
      untilAt: now + 720 * hourMs,
    },
    rules: [
      {
        id: 'slo/shortener-availability/page-1h',
        severity: 'page',
        longMs: hourMs,
        shortMs: 5 * minuteMs,
        threshold: 14.4,
        longBurnRate: 0,
        shortBurnRate: 0,
        badEvents: 0,
        minBadEvents: 3,
        status: 'inactive',
        notify: ['oncall'],
      },
      {
        id: 'slo/shortener-availability/page-6h',
        severity: 'page',
        longMs: 6 * hourMs,
        shortMs: 30 * minuteMs,
        threshold: 6,
        longBurnRate: 1.9,
        shortBurnRate: 0,
        badEvents: 4,
        minBadEvents: 3,
        status: 'inactive',
        notify: ['oncall'],
      },
      {
        id: 'slo/shortener-availability/ticket-3d',
        severity: 'ticket',
        longMs: 72 * hourMs,
        shortMs: 6 * hourMs,
        threshold: 1,
        longBurnRate: 0.16,
        shortBurnRate: 1.9,
        badEvents: 4,
        minBadEvents: 5,
        status: 'inactive',
        notify: ['oncall'],
      },
    ],
    burnDown: burnDownOf(now, 23, 1, 0.9846),
    ...patch,
  };
}

/** A burn-down that falls at its end. */
export function burnDownOf(now: number, hours: number, from: number, to: number): SloView['burnDown'] {
  return Array.from({ length: hours + 1 }, (_, index) => {
    const share = Math.max(0, (index - hours * 0.6) / (hours * 0.4));
    return { at: now - (hours - index) * hourMs, leftRatio: from - (from - to) * share };
  });
}

export function failing(now: number, patch: Partial<MonitorView> = {}): MonitorView {
  return monitorView(now, {
    state: 'failed',
    since: now - 110_000,
    latencyMs: 3.1,
    errorType: 'assertion',
    statusCode: 503,
    message: 'status == 200: expected 200, got 503',
    alerts: [
      {
        id: 'monitor/shortener-health/0',
        status: 'firing',
        firedAt: now - 90_000,
        failures: 5,
        needed: 3,
        of: 5,
        notify: ['oncall'],
      },
    ],
    history: historyOf(now, 360, 10_000, (age) => age < 12 || age === 160),
    ...patch,
  });
}

/** An incident of yesterday. */
export const closed = (now: number): IncidentView => ({
  id: 'inc-1',
  openedAt: now - 21 * hourMs,
  closedAt: now - 20 * hourMs - 30 * minuteMs,
  severity: 'page',
  monitors: ['shortener-health'],
  bursts: [],
  alerts: [
    {
      id: 'monitor/shortener-health/0',
      title: 'shortener-health: 3 of the last 5 probes failed',
      firedAt: now - 21 * hourMs,
      resolvedAt: now - 20 * hourMs - 30 * minuteMs,
    },
  ],
});

const firedText = `The monitor shortener-health is failing.

Since       14:02:10 UTC, 3 of the last 5 probes failed
Last error  assertion: status == 200, got 503
Budget      shortener-availability (99.9% over 30d): 96.9% left, burning at 49.0x
            At this rate it is used up on 21 Nov at 12:42 UTC.

Look first at  docs/runbooks/shortener.md
Reproduce with
  curl -sS -i -H 'accept: application/json' 'http://127.0.0.1:4001/health/readiness'

Incident 2026-11-21-1402, alert monitor/shortener-health/0
`;

export function fired(now: number): InboxMessage {
  return {
    id: 'aaaa000011112222',
    subject: '[page] shortener: shortener-health is failing (status 503), 3 of 5 probes',
    text: firedText,
    at: now,
    to: 'oncall@example.com',
  };
}

export function resolved(now: number): InboxMessage {
  return {
    id: 'bbbb000011112222',
    subject: 'Resolved: shortener: shortener-health passes again after 2 min 40 s',
    text: 'The monitor shortener-health passes again.\n\nIt failed for 2 min 40 s, from 14:02:10 to 14:04:50 UTC.\n',
    at: now,
    to: 'oncall@example.com',
  };
}
