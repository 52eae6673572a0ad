import type { BurnRule, HttpMonitor, Maintenance, Slo } from '../../shared/config/model.ts';
import type { Tick, TickOutcome } from '../../shared/ledger/model.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;
/** A Monday, at midnight UTC. */
export const monday = Date.UTC(2026, 10, 16);

/** A monitor of which only identity and interval matter. */
export function aMonitor(id: string, key: number, intervalMs = minuteMs): HttpMonitor {
  return {
    id,
    key,
    intervalMs,
    timeoutMs: 5_000,
    retry: { limit: 1, delayMs: 1_000 },
    allowPrivate: false,
    dependsOn: [],
    assertions: [],
    alerts: [],
    type: 'http',
    request: {
      method: 'GET',
      url: 'https://example.com/',
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      query: [],
      httpVersion: '1.1',
    },
    maxBodyBytes: 1_000_000,
  };
}

/** The page rule of the SRE Workbook's first row: 2 % of 30 days' budget in one hour. */
export const fastPage: BurnRule = {
  id: 'slo/api/page-1h',
  severity: 'page',
  budgetPpm: 20_000,
  longMs: hourMs,
  shortMs: 5 * minuteMs,
  minBadEvents: 1,
  notify: ['oncall'],
};
export const slowPage: BurnRule = {
  ...fastPage,
  id: 'slo/api/page-6h',
  budgetPpm: 50_000,
  longMs: 6 * hourMs,
  shortMs: 30 * minuteMs,
};
export const slowTicket: BurnRule = {
  ...fastPage,
  id: 'slo/api/ticket-3d',
  severity: 'ticket',
  budgetPpm: 100_000,
  longMs: 3 * dayMs,
  shortMs: 6 * hourMs,
};

/** 99.9 % over 30 days. */
export const anSlo: Slo = {
  id: 'api',
  indicator: { kind: 'probes', monitors: ['api'], isDegradedBad: false },
  objective: '99.9%',
  objectivePpm: 999_000,
  windowMs: 30 * dayMs,
  alerts: [fastPage, slowPage],
};

/** Half an hour each Sunday at 02:00 in Amsterdam. */
export const weekly: Maintenance = {
  monitors: ['api'],
  startMinute: 120,
  durationMs: 30 * minuteMs,
  every: ['sunday'],
  timezone: 'Europe/Amsterdam',
  reason: 'backup',
};

export function anOutcome(monitorKey: number, outcome: TickOutcome['outcome'] = 'passed'): TickOutcome {
  return { monitorKey, outcome, isMaintenance: false, isRetried: false, isContaminated: false };
}

export function aTick(at: number, outcomes: readonly TickOutcome[], shard = 's00', location = 'local'): Tick {
  return { location, at, shard, outcomes, details: [] };
}
