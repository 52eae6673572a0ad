import { stableId } from '../../../shared/alert/identity.ts';
import type { AlertFacts, Transition } from '../../../shared/alert/model.ts';
import type { BurnRule, Config, HttpMonitor, MonitorAlert, Slo } from '../../../shared/config/model.ts';
import type { SloStanding } from '../../../shared/message/model.ts';
import type { NoticeContext } from '../../../shared/message/notice.ts';
import { overMonitors } from '../../support/config.ts';

export const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
/** 10:03:20 UTC: three probes have failed since 10:01:00. */
export const now = Date.UTC(2026, 10, 20, 10, 3, 20);
export const incidentId = '4714205da574';

export const healthAlert: MonitorAlert = {
  id: 'monitor/shortener-health/0',
  failures: 3,
  of: 5,
  recoverSuccesses: 2,
  severity: 'page',
  notify: ['oncall'],
  runbook: 'docs/runbooks/shortener.md',
};
export const health: HttpMonitor = {
  id: 'shortener-health',
  key: 7,
  type: 'http',
  intervalMs: minute,
  timeoutMs: 5_000,
  retry: { limit: 1, delayMs: 1_000 },
  allowPrivate: false,
  dependsOn: [],
  assertions: [],
  alerts: [healthAlert],
  request: {
    method: 'GET',
    url: [{ output: 'ShortenerUrl' }, '/health/readiness'],
    headers: { accept: 'application/json', authorization: ['Bearer ', { ssm: '/burnwatch/write-token' }] },
    followRedirects: true,
    maxRedirects: 5,
    query: [],
    httpVersion: '1.1',
  },
  maxBodyBytes: 1_048_576,
};

const rule = (
  severity: 'page' | 'ticket',
  budgetPpm: number,
  longMs: number,
  name: string,
  channel: string,
): BurnRule => ({
  id: `slo/shortener-availability/${severity}-${name}`,
  severity,
  budgetPpm,
  longMs,
  shortMs: longMs / 12,
  minBadEvents: severity === 'page' ? 3 : 5,
  notify: [channel],
});
export const fastPage = { ...rule('page', 20_000, hour, '1h', 'oncall'), runbook: 'docs/runbooks/shortener.md' };
export const slowPage = rule('page', 50_000, 6 * hour, '6h', 'oncall');
export const slowTicket = rule('ticket', 100_000, 3 * day, '3d', 'chat');
const availability: Slo = {
  id: 'shortener-availability',
  indicator: overMonitors('shortener-health'),
  objective: '99.9%',
  objectivePpm: 999_000,
  windowMs: 30 * day,
  alerts: [fastPage, slowPage, slowTicket],
};
export const config: Config = {
  version: 1,
  service: 'urlshortener',
  channels: [
    { id: 'oncall', type: 'email', to: 'oncall@example.com' },
    { id: 'chat', type: 'email', to: 'chat@example.com' },
  ],
  monitors: [health],
  slos: [availability],
  bursts: [],
  allow: [],
  maintenance: [],
};
export const standing: SloStanding = {
  sloId: 'shortener-availability',
  objective: '99.9%',
  windowMs: 30 * day,
  budgetLeftPpm: 120_370,
  budgetEvents: 43.2,
  badEvents: 38,
  burnRate: 50,
  exhaustedAt: now + 104 * minute,
  exhaustedEarliestAt: now + 61 * minute,
  exhaustedLatestAt: now + 192 * minute,
};

export const context: NoticeContext = {
  config,
  environment: 'prod',
  now,
  incidents: { [incidentId]: { openedAt: now } },
  standings: new Map([[standing.sloId, standing]]),
  failures: new Map([['shortener-health', { statusCode: 503, message: 'status == 200: expected 200, got 503' }]]),
  verdicts: [],
  resolvesAt: new Map([
    [fastPage.id, Date.UTC(2026, 10, 20, 10, 13)],
    [slowPage.id, Date.UTC(2026, 10, 20, 11, 3)],
    [slowTicket.id, Date.UTC(2026, 10, 20, 16, 3)],
  ]),
  failingSince: new Map(),
  dependencies: new Map(),
  outputs: { ShortenerUrl: 'https://abc123.execute-api.eu-west-1.amazonaws.com' },
  links: [
    {
      label: 'dashboard',
      url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home#dashboards:name=urlshortener-prod',
    },
  ],
};

export const monitorFacts = {
  kind: 'monitor',
  failures: 3,
  of: 5,
  errorType: 'assertion',
  firstFailureAt: Date.UTC(2026, 10, 20, 10, 1),
  lastFailureAt: Date.UTC(2026, 10, 20, 10, 3),
} as const satisfies AlertFacts;
export const burnFacts = {
  kind: 'burn',
  longBad: 3,
  longExpected: 60,
  shortBad: 3,
  shortExpected: 5,
  budgetLeftPpm: 120_370,
  lastFailureAt: Date.UTC(2026, 10, 20, 10, 3),
} as const satisfies AlertFacts;

/** A fired transition of the monitor's alert; tests change what they are about. */
export function fired(more: Partial<Transition> = {}): Transition {
  const alertId = more.alertId ?? healthAlert.id;
  const firedAt = more.firedAt ?? now;
  const kind = more.kind ?? 'fired';
  return {
    id: stableId([alertId, firedAt, kind], 16),
    kind,
    alertId,
    severity: 'page',
    notify: ['oncall'],
    at: firedAt,
    firedAt,
    incidentId,
    batch: 4,
    facts: monitorFacts,
    ...more,
  };
}

/** A resolution `afterMs` after the firing. */
export function resolved(afterMs: number, more: Partial<Transition> = {}): Transition {
  return fired({ at: now + afterMs, firedAt: now, ...more, kind: 'resolved' });
}
