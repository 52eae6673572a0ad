import type { ConsoleState, InboxMessage } from '../../infra/local/console/state.ts';
import type { IncidentView, MonitorView, SloView } from '../../shared/app/overview-model.ts';

/** Canned states of the console, all relative to one instant. */
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
type Entry = MonitorView['history'][number];

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
    budgetLeftRatio: 0.9846,
    budgetEvents: 259.2,
    badEvents: 4,
    goodEvents: 8_211,
    unjudgedEvents: 0,
    coverageRatio: 0.998,
    isWarmingUp: true,
    burnRate: 0,
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

const closed = (now: number): IncidentView => ({
  id: 'inc-1',
  openedAt: now - 21 * hourMs,
  closedAt: now - 20 * hourMs - 30 * minuteMs,
  severity: 'page',
  monitors: ['shortener-health'],
  alerts: [
    {
      id: 'monitor/shortener-health/0',
      title: 'shortener-health: 3 of the last 5 probes failed',
      firedAt: now - 21 * hourMs,
      resolvedAt: now - 20 * hourMs - 30 * minuteMs,
    },
  ],
});

export function quiet(now: number): ConsoleState {
  return {
    service: 'urlshortener',
    environment: 'local',
    at: now,
    monitors: [monitorView(now)],
    slos: [sloView(now)],
    incidents: [closed(now)],
    inbox: [],
    faults: null,
    alarms: [
      { name: 'urlshortener-local-evaluate-dead', state: 'OK', since: now - 2 * hourMs },
      { name: 'urlshortener-local-probe-dead', state: 'INSUFFICIENT_DATA', since: now - 2 * minuteMs },
    ],
    addresses: {
      console: 'http://127.0.0.1:4000',
      shortener: 'http://127.0.0.1:4001',
      aws: 'http://127.0.0.1:4566',
      data: '/home/ada/burnwatch/.burnwatch',
    },
    configErrors: [],
    tickMs: 10_000,
    nextTickAt: now + 7_000,
  };
}

export const firedText = `The monitor shortener-health is failing.

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
    subject: '[page] urlshortener: shortener-health is failing (status 503), 3 of 5 probes',
    text: firedText,
    at: now,
    to: 'oncall@example.com',
  };
}

export function resolved(now: number): InboxMessage {
  return {
    id: 'bbbb000011112222',
    subject: 'Resolved: urlshortener: shortener-health passes again after 2 min 40 s',
    text: 'The monitor shortener-health passes again.\n\nIt failed for 2 min 40 s, from 14:02:10 to 14:04:50 UTC.\n',
    at: now,
    to: 'oncall@example.com',
  };
}

/** Broken for two minutes: the monitor alert fires, the first burn page too, and the ticket is pending. */
export function outage(now: number): ConsoleState {
  const base = quiet(now);
  const slo = sloView(now);
  return {
    ...base,
    monitors: [failing(now)],
    slos: [
      {
        ...slo,
        budgetLeftRatio: 0.9382,
        badEvents: 16,
        burnRate: 33.3,
        exhaustedAt: now + 20 * hourMs + 17 * minuteMs,
        burnDown: burnDownOf(now, 23, 1, 0.9382),
        rules: slo.rules.map((rule, index) =>
          index === 0
            ? {
                ...rule,
                longBurnRate: 33.3,
                shortBurnRate: 400,
                badEvents: 12,
                status: 'firing',
                firedAt: now - 90_000,
                resolvesAt: now + 9 * minuteMs,
              }
            : index === 1
              ? {
                  ...rule,
                  longBurnRate: 7.4,
                  shortBurnRate: 66.7,
                  badEvents: 16,
                  status: 'firing',
                  firedAt: now - 30_000,
                  resolvesAt: now + 59 * minuteMs,
                }
              : { ...rule, longBurnRate: 1.2, shortBurnRate: 7.4, badEvents: 4, status: 'pending' },
        ),
      },
    ],
    incidents: [
      {
        id: 'inc-2',
        openedAt: now - 90_000,
        closedAt: null,
        severity: 'page',
        monitors: ['shortener-health'],
        alerts: [
          {
            id: 'monitor/shortener-health/0',
            title: 'shortener-health: 3 of the last 5 probes failed',
            firedAt: now - 90_000,
            resolvedAt: null,
          },
          {
            id: 'slo/shortener-availability/page-1h',
            title: 'shortener-availability burns its budget at 33.3×',
            firedAt: now - 90_000,
            resolvedAt: null,
          },
        ],
      },
      ...base.incidents,
    ],
    inbox: [fired(now - 90_000)],
    faults: { errorRatio: 1, latencyMs: 0, until: now + 8 * minuteMs },
  };
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

/** Mended a minute ago: the monitor passes, the burn alerts still wait for their windows. */
export function mended(now: number): ConsoleState {
  const base = outage(now);
  const message = resolved(now - 20_000);
  return {
    ...base,
    faults: null,
    monitors: [
      monitorView(now, { since: now - 40_000, history: historyOf(now, 360, 10_000, (age) => age >= 4 && age < 16) }),
    ],
    incidents: base.incidents.map((incident) => ({
      ...incident,
      alerts: incident.alerts.map((alert, index) =>
        index === 0 && incident.closedAt === null ? { ...alert, resolvedAt: now - 20_000 } : alert,
      ),
    })),
    inbox: [message, ...base.inbox],
  };
}

/** A fresh start: nothing has been probed, and there is no SLO. */
export function fresh(now: number): ConsoleState {
  const { since: _since, latencyMs: _latency, statusCode: _status, lastProbeAt: _last, ...monitor } = monitorView(now);
  return {
    ...quiet(now),
    monitors: [{ ...monitor, state: 'waiting', history: [] }],
    slos: [],
    incidents: [],
    alarms: [],
  };
}

/** Many monitors with long histories; some in every state. */
export function many(now: number, count: number, points: number): ConsoleState {
  const monitors = Array.from({ length: count }, (_, index) => {
    const id =
      index === 3
        ? `a-monitor-whose-name-is-as-long-as-a-name-may-be-in-monitors-yml-${index}`.slice(0, 64)
        : `service-${String(index).padStart(2, '0')}-health`;
    const patch: Partial<MonitorView> = {
      id,
      url: `https://service-${index}.example.com/health`,
      intervalMs: minuteMs,
      history: historyOf(now, points, minuteMs, (age) => index % 11 === 5 && age < 9),
    };
    if (index % 11 === 5) return failing(now, patch);
    if (index % 17 === 7)
      return monitorView(now, { ...patch, state: 'degraded', latencyMs: 412, message: 'slower than 300 ms' });
    if (index === 12)
      return monitorView(now, {
        ...patch,
        state: 'blocked',
        errorType: 'blocked',
        message: '10.0.0.7 is a private address; set allowPrivate to probe it',
      });
    if (index === 20)
      return monitorView(now, {
        ...patch,
        state: 'unknown',
        errorType: 'monitor',
        message: 'the parameter /burnwatch/token could not be read',
      });
    return monitorView(now, patch);
  });
  return { ...outage(now), monitors, faults: null };
}

/** Overspent, with a maintenance and a degraded monitor. */
export function overspent(now: number): ConsoleState {
  const history = historyOf(now, 360, 10_000).map(
    (entry, index): Entry =>
      index > 280 && index < 320
        ? { ...entry, isMaintenance: true }
        : index > 330
          ? { ...entry, outcome: 'degraded', latencyMs: 340 }
          : entry,
  );
  return {
    ...quiet(now),
    monitors: [
      monitorView(now, {
        state: 'degraded',
        latencyMs: 342,
        message: 'slower than 300 ms',
        history,
        isUnderMaintenance: true,
      }),
    ],
    slos: [
      sloView(now, {
        budgetLeftRatio: -0.382,
        badEvents: 358.2,
        burnRate: 2.4,
        unjudgedEvents: 11,
        burnDown: burnDownOf(now, 23, 0.7, -0.382),
      }),
    ],
  };
}

export const configErrors = [
  'monitors.yml:12:5 slos.api.objective: must be below 100, got 100',
  'monitors.yml:19:7 monitors.shortener-health.asertions: unknown key; did you mean "assertions"?',
];
