import type { BurnRule, Config, HttpMonitor, MonitorAlert, ProbeIndicator, Slo } from '../../shared/config/model.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A valid monitor, once a minute; break one thing at a time. */
export function aMonitor(change: Partial<HttpMonitor> = {}): HttpMonitor {
  const id = change.id ?? 'api';
  return {
    id,
    key: [...id].reduce((key, letter) => (key * 31 + letter.charCodeAt(0)) >>> 0, 7),
    type: 'http',
    intervalMs: minuteMs,
    timeoutMs: 5_000,
    retry: { limit: 1, delayMs: 1_000 },
    allowPrivate: false,
    dependsOn: [],
    request: {
      method: 'GET',
      url: 'https://example.com/health',
      query: [],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      httpVersion: '1.1',
    },
    maxBodyBytes: 1_048_576,
    assertions: [{ text: 'status == 200', source: 'status', op: 'equals', value: 200, severity: 'fail' }],
    alerts: [anAlert({ id: `monitor/${id}/0` })],
    ...change,
  };
}

export function anAlert(change: Partial<MonitorAlert> = {}): MonitorAlert {
  return {
    id: 'monitor/api/0',
    failures: 3,
    of: 5,
    recoverSuccesses: 2,
    severity: 'page',
    notify: ['oncall'],
    ...change,
  };
}

export function aRule(change: Partial<BurnRule> = {}): BurnRule {
  return {
    id: 'slo/availability/page-1h',
    severity: 'page',
    budgetPpm: 20_000,
    longMs: hourMs,
    shortMs: 5 * minuteMs,
    minBadEvents: 3,
    notify: ['oncall'],
    ...change,
  };
}

/** The probes of some monitors, degraded ones good. */
export function overMonitors(...monitors: readonly string[]): ProbeIndicator {
  return { kind: 'probes', monitors, isDegradedBad: false };
}

export function anSlo(change: Partial<Slo> = {}): Slo {
  return {
    id: 'availability',
    indicator: overMonitors('api'),
    objective: '99.9%',
    objectivePpm: 999_000,
    windowMs: 30 * 24 * hourMs,
    alerts: [
      aRule(),
      aRule({ id: 'slo/availability/page-6h', budgetPpm: 50_000, longMs: 6 * hourMs, shortMs: 30 * minuteMs }),
    ],
    ...change,
  };
}

export function aConfig(change: Partial<Config> = {}): Config {
  return {
    version: 1,
    service: 'shop',
    channels: [{ id: 'oncall', type: 'email', to: 'oncall@example.com' }],
    monitors: [aMonitor()],
    slos: [anSlo()],
    bursts: [],
    allow: [],
    maintenance: [],
    ...change,
  };
}
