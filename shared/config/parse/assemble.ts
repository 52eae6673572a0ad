import type { z } from 'zod';
import { parseAssertion } from '../../assertion/parse.ts';
import type { Assertion, HttpMonitor, HttpRequest, MonitorAlert, Retry } from '../model.ts';
import type { Fault, Path } from './problem.ts';
import type { Schemas } from './schema.ts';
import { renderDuration } from './units.ts';

export type Defaults = z.output<Schemas['defaults']>;
export type MonitorEntry = z.output<Schemas['monitor']>;
/** What was built, and what is wrong with it. Warnings never stop anything. */
export type Built<T> = { readonly value: T; readonly faults: readonly Fault[]; readonly warnings: readonly Fault[] };

const minute = 60_000;
const standard = {
  interval: minute,
  timeout: 5_000,
  limit: 1,
  delay: 1_000,
  redirects: 5,
  bodyBytes: 1_048_576,
  failures: 3,
  successes: 2,
};

/** A monitor with every default put in. `intervalMs` replaces the interval of the file. */
export function buildMonitor(
  id: string,
  entry: MonitorEntry,
  given: { key: number; defaults: Defaults; intervalMs: number | undefined },
): Built<HttpMonitor> {
  const { defaults, intervalMs, key } = given;
  const path = ['monitors', id];
  const degradedAfterMs = entry.degradedAfter ?? defaults.degradedAfter;
  const value: HttpMonitor = {
    id,
    key,
    type: 'http',
    intervalMs: intervalMs ?? entry.interval ?? defaults.interval ?? standard.interval,
    timeoutMs: entry.timeout ?? defaults.timeout ?? standard.timeout,
    ...(degradedAfterMs === undefined ? {} : { degradedAfterMs }),
    retry: buildRetry(entry, defaults),
    allowPrivate: entry.allowPrivate ?? defaults.allowPrivate ?? false,
    dependsOn: [],
    maxBodyBytes: entry.maxBodyBytes ?? defaults.maxBodyBytes ?? standard.bodyBytes,
    request: buildRequest(entry.request),
    assertions: withStatus(entry.assertions ?? []),
    alerts: (entry.alerts ?? []).map((alert, index) => buildAlert(id, alert, index)),
  };
  return {
    value,
    faults: checkDegraded(value, path),
    warnings: intervalMs === undefined ? checkAttempts(value, path) : [],
  };
}

function buildRetry(entry: MonitorEntry, defaults: Defaults): Retry {
  return {
    limit: entry.retry?.limit ?? defaults.retry?.limit ?? standard.limit,
    delayMs: entry.retry?.delay ?? defaults.retry?.delay ?? standard.delay,
  };
}

function buildRequest(request: MonitorEntry['request']): HttpRequest {
  return {
    method: request.method ?? 'GET',
    url: request.url,
    query: [],
    headers: request.headers ?? {},
    followRedirects: request.followRedirects ?? true,
    maxRedirects: request.maxRedirects ?? standard.redirects,
    httpVersion: '1.1',
  };
}

/** Without an assertion on the status, 200-299 is asked for: a monitor that passes on a 500 is none. */
function withStatus(assertions: readonly Assertion[]): readonly Assertion[] {
  if (assertions.some(({ source }) => source === 'status')) return assertions;
  const parsed = parseAssertion({ source: 'status', op: 'between', value: [200, 299] });
  return parsed.ok ? [parsed.assertion, ...assertions] : assertions;
}

function buildAlert(monitor: string, entry: NonNullable<MonitorEntry['alerts']>[number], index: number): MonitorAlert {
  return {
    id: `monitor/${monitor}/${index}`,
    failures: entry.for?.failures ?? standard.failures,
    of: entry.for?.of ?? standard.failures,
    recoverSuccesses: entry.recover?.successes ?? standard.successes,
    severity: entry.severity ?? 'page',
    notify: entry.notify,
    ...(entry.runbook === undefined ? {} : { runbook: entry.runbook }),
  };
}

function checkDegraded({ degradedAfterMs, timeoutMs }: HttpMonitor, path: Path): Fault[] {
  if (degradedAfterMs === undefined || degradedAfterMs < timeoutMs) return [];
  const message = `must be shorter than the timeout of ${renderDuration(timeoutMs)}: no probe that passes is slower`;
  return [{ code: 'BURN_CONFIG_DEGRADED_AFTER', path: [...path, 'degradedAfter'], message }];
}

/**
 * Attempts that cannot all be made within an interval: a warning, not an error, because a probe cuts what does not
 * fit, and because it happens only while the target hangs.
 */
function checkAttempts({ retry, timeoutMs, intervalMs }: HttpMonitor, path: Path): Fault[] {
  const longest = (retry.limit + 1) * timeoutMs + retry.limit * retry.delayMs;
  if (longest <= intervalMs) return [];
  const message = `its attempts can take ${renderDuration(longest)}, longer than the interval of ${renderDuration(intervalMs)}: those that do not fit are cut`;
  return [{ code: 'BURN_CONFIG_ATTEMPTS_CUT', path, message }];
}
