import type { Config, HeartbeatMonitor, HttpMonitor, Slo } from '../../../shared/config/model.ts';
import { overMonitors } from '../../support/config.ts';

/** A good monitor with one thing changed. */
export function aMonitor(change: Partial<HttpMonitor> = {}): HttpMonitor {
  return {
    id: 'shortener-health',
    key: 1,
    type: 'http',
    intervalMs: 60_000,
    timeoutMs: 5_000,
    retry: { limit: 1, delayMs: 1_000 },
    allowPrivate: false,
    dependsOn: [],
    assertions: [],
    alerts: [],
    request: {
      method: 'GET',
      url: [{ output: 'ShortenerUrl' }, '/health/readiness'],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      query: [],
      httpVersion: '1.1',
    },
    maxBodyBytes: 1_048_576,
    ...change,
  };
}

/** A monitor that waits to be called, every hour. */
export function aHeartbeat(change: Partial<HeartbeatMonitor> = {}): HeartbeatMonitor {
  return {
    id: 'backup',
    key: 2,
    type: 'heartbeat',
    intervalMs: 60_000,
    timeoutMs: 5_000,
    retry: { limit: 0, delayMs: 0 },
    allowPrivate: false,
    dependsOn: [],
    assertions: [],
    alerts: [],
    periodMs: 3_600_000,
    graceMs: 600_000,
    ...change,
  };
}

/** A good configuration with one thing changed. */
export function aConfig(change: Partial<Config> = {}): Config {
  return {
    version: 1,
    service: 'shortener',
    channels: [{ id: 'oncall', type: 'email', to: 'oncall@example.com' }],
    monitors: [aMonitor()],
    slos: [aSlo('shortener-availability')],
    bursts: [],
    allow: [],
    maintenance: [],
    ...change,
  };
}

export function aSlo(id: string): Slo {
  return {
    id,
    indicator: overMonitors('shortener-health'),
    objective: '99.9%',
    objectivePpm: 999_000,
    windowMs: 2_592_000_000,
    alerts: [],
  };
}
