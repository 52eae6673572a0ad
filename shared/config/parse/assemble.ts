import type { z } from 'zod';
import type { Monitor, MonitorBase, Retry } from '../model.ts';
import { buildAlerts } from './assemble-alert.ts';
import { buildSteps, checkSteps } from './assemble-flow.ts';
import { buildHttpRequest, checkHttpRequest } from './assemble-http.ts';
import {
  buildDnsRequest,
  buildTcpRequest,
  buildTlsRequest,
  checkClientCertificate,
  checkTcp,
} from './assemble-request.ts';
import { withRcode, withStatus } from './implied.ts';
import { minute, second } from './limits.ts';
import { type Asked, agree, signedFor } from './locations.ts';
import type { Fault, Path } from './problem.ts';
import type { Schemas } from './schema.ts';
import { warnOfBlocked } from './target.ts';
import { renderDuration } from './units.ts';

export type Defaults = z.output<Schemas['defaults']>;
export type MonitorEntry = z.output<Schemas['monitor']>;
export type EntryOf<T extends MonitorEntry['type']> = Extract<MonitorEntry, { type: T }>;
/** What was built, and what is wrong with it. Warnings never stop anything. */
export type Built<T> = { readonly value: T; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };
/** `intervalMs` replaces the interval of the file. */
export type Given = {
  readonly key: number;
  readonly defaults: Defaults;
  readonly intervalMs: number | undefined;
  readonly asked: Asked;
};

const standard = { intervalMs: minute, timeoutMs: 5 * second, limit: 1, delayMs: second, graceMs: minute };
const longestFlowMs = 20 * second;
const standardBodyBytes = 1_048_576;

/** A monitor with every default put in. */
export function buildMonitor(id: string, entry: MonitorEntry, given: Given): Built<Monitor> {
  const path = ['monitors', id];
  const built = toMonitor(id, entry, given);
  const agreed = entry.type === 'heartbeat' ? { faults: [] } : agree(entry, given.asked, path);
  const value = signedFor(agreed.value ? { ...built, agreement: agreed.value } : built, given.asked.home);
  const attempts = given.intervalMs === undefined ? checkAttempts(value, path) : [];
  return {
    value,
    faults: [...checkDegraded(value, path), ...checkEntry(entry, value, path), ...agreed.faults],
    warnings: [...attempts, ...warnOfBlocked(value, path)],
  };
}

function toMonitor(id: string, entry: MonitorEntry, given: Given): Monitor {
  const { defaults } = given;
  const bodyBytes = defaults.maxBodyBytes ?? standardBodyBytes;
  switch (entry.type) {
    case 'http': {
      const { type, request, maxBodyBytes = bodyBytes, assertions = [] } = entry;
      const base = baseOf(id, entry, given, timeoutOf(entry, defaults));
      return { ...base, type, maxBodyBytes, request: buildHttpRequest(request), assertions: withStatus(assertions) };
    }
    case 'tcp': {
      const { type, request, maxBodyBytes = bodyBytes, assertions = [] } = entry;
      const base = baseOf(id, entry, given, timeoutOf(entry, defaults));
      return { ...base, type, maxBodyBytes, request: buildTcpRequest(request), assertions };
    }
    case 'tls': {
      const { type, request, assertions = [] } = entry;
      const base = baseOf(id, entry, given, timeoutOf(entry, defaults));
      return { ...base, type, request: buildTlsRequest(request), assertions };
    }
    case 'dns': {
      const { type, request, assertions = [] } = entry;
      const base = baseOf(id, entry, given, timeoutOf(entry, defaults));
      return { ...base, type, request: buildDnsRequest(request), assertions: withRcode(assertions) };
    }
    case 'flow': {
      const { type, steps, deadline = longestFlowMs } = entry;
      const timeoutMs = Math.min(deadline, defaults.timeout ?? standard.timeoutMs);
      const base = baseOf(id, entry, given, deadline);
      return { ...base, type, assertions: [], steps: buildSteps(steps, { timeoutMs, maxBodyBytes: bodyBytes }) };
    }
    case 'heartbeat':
      return heartbeatOf(id, entry, given);
    default:
      return entry satisfies never;
  }
}

type ProbedEntry = Exclude<MonitorEntry, { type: 'heartbeat' }>;

function baseOf(
  id: string,
  entry: ProbedEntry,
  { key, defaults, intervalMs }: Given,
  timeoutMs: number,
): Omit<MonitorBase, 'assertions'> {
  const degradedAfterMs = entry.degradedAfter ?? defaults.degradedAfter;
  return {
    id,
    key,
    intervalMs: intervalMs ?? entry.interval ?? defaults.interval ?? standard.intervalMs,
    timeoutMs,
    ...(degradedAfterMs === undefined ? {} : { degradedAfterMs }),
    retry: retryOf(entry, defaults),
    allowPrivate: entry.allowPrivate ?? defaults.allowPrivate ?? false,
    dependsOn: entry.dependsOn ?? [],
    alerts: buildAlerts(id, entry.alerts, { failures: 3, successes: 2 }),
  };
}

function timeoutOf({ timeout }: { timeout?: number | undefined }, defaults: Defaults): number {
  return timeout ?? defaults.timeout ?? standard.timeoutMs;
}

function retryOf({ retry }: ProbedEntry, defaults: Defaults): Retry {
  return {
    limit: retry?.limit ?? defaults.retry?.limit ?? standard.limit,
    delayMs: retry?.delay ?? defaults.retry?.delay ?? standard.delayMs,
  };
}

/** Judged every minute, whatever the defaults say; its grace is what confirms a failure. */
function heartbeatOf(id: string, entry: EntryOf<'heartbeat'>, { key, intervalMs }: Given): Monitor {
  return {
    id,
    key,
    type: 'heartbeat',
    intervalMs: intervalMs ?? standard.intervalMs,
    timeoutMs: standard.timeoutMs,
    retry: { limit: 0, delayMs: 0 },
    allowPrivate: false,
    dependsOn: entry.dependsOn ?? [],
    assertions: [],
    alerts: buildAlerts(id, entry.alerts, { failures: 1, successes: 1 }),
    periodMs: entry.period,
    graceMs: entry.grace ?? standard.graceMs,
  };
}

/** What is wrong with several keys of an entry together. */
function checkEntry(entry: MonitorEntry, { timeoutMs }: Monitor, path: Path): Fault[] {
  switch (entry.type) {
    case 'http':
      return checkHttpRequest(entry.request, [...path, 'request']);
    case 'tcp':
      return checkTcp(entry, path);
    case 'tls':
      return checkClientCertificate(entry.request, [...path, 'request']);
    case 'flow':
      return checkSteps(entry.steps, timeoutMs, [...path, 'steps']);
    case 'dns':
    case 'heartbeat':
      return [];
    default:
      return entry satisfies never;
  }
}

function checkDegraded({ type, degradedAfterMs, timeoutMs }: Monitor, path: Path): Fault[] {
  if (degradedAfterMs === undefined || degradedAfterMs < timeoutMs) return [];
  const limit = `the ${type === 'flow' ? 'deadline' : 'timeout'} of ${renderDuration(timeoutMs)}`;
  const message = `must be shorter than ${limit}: no probe that passes is slower`;
  return [{ code: 'BURN_CONFIG_DEGRADED_AFTER', path: [...path, 'degradedAfter'], message }];
}

/**
 * Attempts that cannot all be made within an interval: a warning, not an error, because a probe cuts what does not
 * fit, and because it happens only while the target hangs.
 */
function checkAttempts({ retry, timeoutMs, intervalMs }: Monitor, path: Path): Fault[] {
  const longest = (retry.limit + 1) * timeoutMs + retry.limit * retry.delayMs;
  if (longest <= intervalMs) return [];
  const message = `its attempts can take ${renderDuration(longest)}, longer than the interval of ${renderDuration(intervalMs)}: those that do not fit are cut`;
  return [{ code: 'BURN_CONFIG_ATTEMPTS_CUT', path, message }];
}
