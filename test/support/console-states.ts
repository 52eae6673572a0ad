import type { ConsoleState } from '../../infra/local/console/state.ts';
import type { IncidentView, MonitorView } from '../../shared/app/overview/model.ts';
import { burstView, failedBurst, freshBurst, liveRun, searchBurst } from './console-bursts.ts';
import {
  burnDownOf,
  closed,
  type Entry,
  failing,
  fired,
  historyOf,
  hourMs,
  minuteMs,
  monitorView,
  resolved,
  sloView,
} from './console-views.ts';

/** An outage as a drill. */
export const wholeFault = { errorRatio: 1, latencyMs: 0, databaseDown: false, cacheCold: false, cpuMs: 0 } as const;

/** Canned states of the console, all relative to one instant. */
export function quiet(now: number): ConsoleState {
  return {
    service: 'shortener',
    environment: 'local',
    at: now,
    monitors: [monitorView(now)],
    slos: [sloView(now)],
    bursts: [],
    incidents: [closed(now)],
    silences: [],
    inbox: [],
    faults: null,
    liveRuns: [],
    alarms: [
      { name: 'shortener-local-evaluate-dead', state: 'OK', since: now - 2 * hourMs },
      { name: 'shortener-local-probe-dead', state: 'INSUFFICIENT_DATA', since: now - 2 * minuteMs },
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

/** Three locations, one of them silent; what fails is seen from two. */
export function severally(now: number): ConsoleState {
  const [home, east, south] = ['eu-west-1', 'us-east-1', 'ap-southeast-2'] as const;
  const base = outage(now);
  return {
    ...base,
    locations: [
      { id: home, state: 'heard', isHome: true, lastTickAt: now - 20_000 },
      { id: east, state: 'heard', isHome: false, lastTickAt: now - 40_000 },
      { id: south, state: 'silent', isHome: false, lastTickAt: now - 7 * minuteMs },
    ],
    monitors: [
      ...base.monitors.map((each) => ({ ...each, seenFrom: { failed: [home, east], good: [], silent: [south] } })),
      monitorView(now, { id: 'website', seenFrom: { failed: [east], good: [home], silent: [south] } }),
    ],
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
        forecast: {
          kind: 'burning',
          earliestAt: now + 9 * hourMs,
          likelyAt: now + 20 * hourMs + 17 * minuteMs,
          latestAt: now + 49 * hourMs,
          lookbackMs: 6 * hourMs,
          judged: 2_160,
          bad: 12,
          untilAt: now + 720 * hourMs,
        },
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
        bursts: [],
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
    faults: { ...wholeFault, until: now + 8 * minuteMs },
  };
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

/** Bursts that are well: one that runs every night, one by hand, one that never ran. */
export function bursts(now: number): ConsoleState {
  return { ...quiet(now), bursts: [burstView(now), searchBurst(now), freshBurst(now)] };
}

/** One of them is sent now, and nine seconds of it are over. */
export function burstRunning(now: number): ConsoleState {
  return { ...quiet(now), bursts: [burstView(now)], liveRuns: [liveRun(now, 9)] };
}

/** The last run did not hold what was asked of it. */
export function burstFailed(now: number): ConsoleState {
  const incident: IncidentView = {
    id: 'inc-3',
    openedAt: now - 3_500_000,
    closedAt: null,
    severity: 'ticket',
    monitors: [],
    bursts: ['redirects'],
    alerts: [{ id: 'burst/redirects/0', title: 'burst redirects failed', firedAt: now - 3_500_000, resolvedAt: null }],
  };
  const base = quiet(now);
  return { ...base, bursts: [failedBurst(now)], incidents: [incident, ...base.incidents] };
}

/** A search has found the breaking point. */
export function burstSearched(now: number): ConsoleState {
  return { ...quiet(now), bursts: [searchBurst(now)] };
}

export const configErrors = [
  'monitors.yml:12:5 slos.api.objective: must be below 100, got 100',
  'monitors.yml:19:7 monitors.shortener-health.asertions: unknown key; did you mean "assertions"?',
];
