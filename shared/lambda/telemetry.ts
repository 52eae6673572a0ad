import type { Context } from 'aws-lambda';
import { defaultProfile, profiles } from '../metrics/entry.ts';
import type { DatabaseMeter } from './database-meter.ts';
import type { WriteLine } from './log.ts';
import { createProcessMeter, type ProcessMeter, seconds } from './process-meter.ts';
import { createRequestGroups, type Served } from './request-groups.ts';
import { invocationLine, type LineContext, type Moment, requestLines } from './telemetry-lines.ts';
import { traceIdOf } from './trace-id.ts';

/** What a function tells of its work; the middleware tells the rest. */
export type Telemetry = {
  /** What a request came to, by the id of its invocation. Where nobody says it, the event's route key and the answer do. */
  served(invocationId: string, served: Served): void;
};

/** The telemetry of one sandbox, as the middleware drives it. */
export type SandboxTelemetry = Telemetry & {
  begin(): Begun;
  end(begun: Begun, event: unknown, context: Context, outcome: Outcome): void;
};
type Begun = { readonly startedAt: number; readonly isWatched: boolean };
type Outcome = { readonly answer: unknown } | { readonly errorType: string };

export type TelemetryDeps = {
  readonly log: WriteLine;
  readonly now: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly database: DatabaseMeter;
  /** From the start of the process until its code was loaded: what the first invocation waited for. */
  readonly initSeconds: number;
  /** `METHOD /route` of requests whose latency is worth a metric under `lean`; under `full` all are. */
  readonly hotRoutes: readonly string[];
};

/** Requests are told together that are served within this time, so that a busy sandbox writes a few lines a second. */
const periodMs = 1_000;
/** Failed requests are told at once, at most so many times a period. */
const mostUrgent = 20;

/**
 * Writes what a function does as lines of its log. An invocation that serves no HTTP request has a line of its own; so has a
 * request, unless the last lines are less than a second old: then it waits, and is told together with its like. What waits is
 * told with the next request; at most the last second of a busy sandbox is lost when Lambda ends it.
 */
export function createTelemetry(deps: TelemetryDeps): SandboxTelemetry {
  const { now, database } = deps;
  const requests = createRequestGroups();
  const pending = new Map<string, Served>();
  const context = contextOf(deps.env);
  let meter: ProcessMeter | undefined;
  let active = { now: 0, most: 0 };
  let told = { at: Number.NEGATIVE_INFINITY, urgent: 0 };
  let waitingSince = 0;
  let initSeconds: number | undefined;
  let isCold = true;

  const isDue = (): boolean => {
    const passedMs = now() - told.at;
    return passedMs >= periodMs || passedMs < 0;
  };
  const momentAt = (at: number, caches: Moment['caches'] = new Map()): Moment => {
    meter ??= createProcessMeter();
    const moment = { at, process: meter.read(), database: database.read(), caches, active: active.most };
    const init = initSeconds;
    initSeconds = undefined;
    active = { ...active, most: active.now };
    return { ...moment, ...(init !== undefined && { initSeconds: init }) };
  };
  const flush = (at: number): void => {
    const { groups, caches } = requests.take();
    const moment = momentAt(at, caches);
    for (const { level, message, fields } of requestLines(groups, moment, context)) deps.log(level, message, fields);
  };
  const isHot = ({ method, route }: Served): boolean =>
    context.profile === 'full' || (context.profile === 'lean' && deps.hotRoutes.includes(`${method} ${route}`));

  const tellRequest = (served: Served, event: unknown, id: string): void => {
    const at = now();
    // What waited while the sandbox was idle, or frozen, belongs to its own time.
    if (requests.size > 0 && at - waitingSince >= 2 * periodMs) flush(waitingSince);
    if (requests.size === 0) waitingSince = at;
    requests.add(served, id, () => traceIdOf(headersOf(event), deps.env['_X_AMZN_TRACE_ID']), isHot(served));
    const isUrgent = served.status >= 500 && told.urgent < mostUrgent;
    if (!isDue() && !isUrgent) return;
    told = isDue() ? { at, urgent: 0 } : { ...told, urgent: told.urgent + 1 };
    flush(at);
  };

  const tellInvocation = (durationMs: number, outcome: Outcome, id: string): void => {
    const trace = traceIdOf({}, deps.env['_X_AMZN_TRACE_ID']);
    const { level, message, fields } = invocationLine(
      {
        'faas.invocation_id': id,
        ...(trace !== undefined && { trace_id: trace }),
        'faas.invoke_duration': seconds(durationMs),
        ...('errorType' in outcome && { 'error.type': outcome.errorType }),
      },
      momentAt(now()),
      context,
    );
    deps.log(level, message, fields);
  };

  return {
    served: (id, served) => {
      pending.set(id, served);
    },
    begin: () => {
      if (isCold) initSeconds = deps.initSeconds;
      isCold = false;
      active.now += 1;
      if (active.now > active.most) active.most = active.now;
      const isWatched = active.now === 1 && isDue();
      if (isWatched) {
        meter ??= createProcessMeter();
        meter.watch();
      }
      return { startedAt: performance.now(), isWatched };
    },
    end: ({ startedAt, isWatched }, event, { awsRequestId: id }, outcome) => {
      const durationMs = performance.now() - startedAt;
      if (isWatched) meter?.rest();
      const served = pending.get(id) ?? servedOf(event, outcome, durationMs);
      pending.delete(id);
      try {
        if (served) tellRequest(served, event, id);
        else tellInvocation(durationMs, outcome, id);
      } catch {
        // What cannot be told, such as to a closed stream, must not cost the answer.
      } finally {
        active.now -= 1;
      }
    },
  };
}

function contextOf(env: TelemetryDeps['env']): LineContext {
  const profile = profiles.find((each) => each === env['BURNWATCH_TELEMETRY']) ?? defaultProfile;
  const [service, environment] = [env['BURNWATCH_SERVICE'], env['BURNWATCH_ENVIRONMENT']];
  if (!service || !environment) return { profile };
  const name = env['AWS_LAMBDA_FUNCTION_NAME'] ?? '';
  return { profile, dimensions: { Service: service, Environment: environment, Function: name } };
}

/** What an HTTP API's event and the answer to it tell, of a function that says nothing itself. */
function servedOf(event: unknown, outcome: Outcome, durationMs: number): Served | undefined {
  const { routeKey, requestContext } = record(event);
  const method = record(record(requestContext)['http'])['method'];
  if (typeof routeKey !== 'string' || typeof method !== 'string') return undefined;
  const statusCode = 'answer' in outcome ? record(outcome.answer)['statusCode'] : 500;
  const status = typeof statusCode === 'number' ? statusCode : 200;
  return {
    route: routeKey.slice(routeKey.indexOf(' ') + 1),
    method: methods.has(method) ? method : '_OTHER',
    status,
    durationMs,
    ...('errorType' in outcome ? { errorType: outcome.errorType } : status >= 400 && { errorType: String(status) }),
  };
}

/** https://opentelemetry.io/docs/specs/semconv/registry/attributes/http/ */
const methods = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'QUERY', 'TRACE']);

const headersOf = (event: unknown) => record(record(event)['headers']);

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
