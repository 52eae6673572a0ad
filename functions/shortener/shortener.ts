import { describeError } from '../../shared/lambda/handler.ts';
import type { Log } from '../../shared/lambda/log.ts';
import { createLinkCache, createLinkReader } from './cache.ts';
import { createClicks } from './clicks.ts';
import { corsHeaders, preflight } from './cors.ts';
import { createDrill } from './drill.ts';
import { forgetting, refusing } from './drilled.ts';
import type { Endpoint } from './endpoint.ts';
import { createEndpoints } from './endpoints.ts';
import { createReadiness } from './health.ts';
import { type Answer, finishAnswer, type Request, readRequest } from './http.ts';
import { type Dependencies, StoreError } from './ports.ts';
import { problemAnswer, type Reply } from './problem.ts';
import type { RouteId } from './route-table.ts';
import { findPath, findRoute, unknownPath } from './routes.ts';
import { createSeldom } from './seldom.ts';
import type { Settings } from './settings.ts';
import { createThrottle, type Throttle, tooMany } from './throttle.ts';
import { cacheToken, findTokenProblem, type ReadToken } from './token.ts';
import { answeredOf, createTrace, type Trace } from './trace.ts';

/** What is known of the invocation that carries a request; `deadline` is aborted before Lambda ends it. */
type Serving = { readonly id: string; readonly log: Log; readonly deadline: AbortSignal };
/** Answers an event. Never rejects: every trouble is a problem document. */
export type Shortener = (event: unknown, serving: Serving) => Promise<Answer>;

type Parts = {
  readonly settings: Settings;
  readonly endpoints: Readonly<Record<RouteId, Endpoint>>;
  readonly strike: (signal: AbortSignal) => Promise<Reply | undefined>;
  readonly readToken: ReadToken;
  readonly apiThrottle: Throttle;
  /** A database that is down fails every request: the lines of those are many already. */
  readonly mayTellOfDatabase: () => boolean;
};

/** The shortener, with whatever it keeps between the requests of one sandbox. */
export function createShortener(settings: Settings, dependencies: Dependencies): Shortener {
  // Caches outlive the request that fills them; what fails in them is told to the request that is being served.
  let tell: (what: string, error: unknown) => void = () => {};
  const parts = createParts(settings, dependencies, (what, error) => tell(what, error));
  return async (event, serving) => {
    tell = (what, error) => serving.log('warn', what, describeError(error));
    const startedAt = performance.now();
    const request = readRequest(event);
    const trace = createTrace();
    const reply = request ? await replySafely(request, serving, parts, trace) : notHttp;
    const answer = 'problem' in reply ? problemAnswer(reply, serving.id) : reply;
    const durationMs = performance.now() - startedAt;
    dependencies.onAnswered?.(answeredOf(request, trace, reply, answer.statusCode, durationMs), serving.id);
    const cors = request && corsHeaders(settings.corsOrigins, request);
    return finishAnswer(answer, request?.method ?? 'GET', serving.id, cors);
  };
}

/** The answer when nothing else can be said, because the shortener could not even be made. */
export function internalError(requestId: string): Answer {
  return finishAnswer(problemAnswer(unexpected, requestId), 'GET', requestId);
}

function createParts(settings: Settings, given: Dependencies, tell: (what: string, error: unknown) => void): Parts {
  const { readParameter, now } = given;
  const about = (what: string) => (error: unknown) => tell(what, error);
  const drill = createDrill(given, about('the drill could not be read'));
  const { areFaultsOn } = settings;
  const dependencies = areFaultsOn ? { ...given, store: refusing(given.store, drill.isDatabaseDown) } : given;
  const cache = areFaultsOn ? forgetting(createLinkCache(), drill.isCacheCold) : createLinkCache();
  const kept = {
    drill,
    links: createLinkReader(dependencies, cache),
    clicks: createClicks(dependencies, about('clicks could not be written')),
    misses: createThrottle(settings.missesPerSecond, now),
    checkReadiness: createReadiness(dependencies, about('the database is not ready')),
    tell,
  };
  return {
    settings,
    endpoints: createEndpoints({ dependencies, kept }),
    strike: drill.strike,
    readToken: cacheToken(
      (signal) => readParameter(settings.tokenParameter, signal),
      now,
      about('the write token could not be read'),
    ),
    apiThrottle: createThrottle(settings.apiPerSecond, now),
    mayTellOfDatabase: createSeldom(now),
  };
}

const notHttp = { problem: 'invalid-request', detail: 'this function answers HTTP API events, payload 2.0' } as const;
const unexpected = { problem: 'internal-error', detail: 'the log knows more under this requestId' } as const;
const noDatabase = {
  problem: 'database-unavailable',
  detail: 'try again in a moment',
  headers: { 'retry-after': '1' },
} as const;

async function replySafely(request: Request, serving: Serving, parts: Parts, trace: Trace): Promise<Reply> {
  try {
    return await reply(request, serving, parts, trace);
  } catch (error) {
    const isStore = error instanceof StoreError;
    if (!isStore) serving.log('error', 'the request failed', describeError(error));
    else if (parts.mayTellOfDatabase()) serving.log('error', 'the database failed', describeError(error));
    return isStore ? noDatabase : unexpected;
  }
}

/**
 * Drill, path, preflight, method, throttle, token, endpoint: in this order, so that a drill hits everything but its own
 * switch, and whoever tries tokens is held back.
 */
async function reply(request: Request, { id, deadline }: Serving, parts: Parts, trace: Trace): Promise<Reply> {
  const { settings, endpoints, strike } = parts;
  const isSwitch = request.path === '/faults';
  const fault = settings.areFaultsOn && !isSwitch ? await strike(deadline) : undefined;
  if (fault) return fault;
  const found = findPath(request.path, settings.areFaultsOn);
  if (!found) return unknownPath;
  const allowed = preflight(settings.corsOrigins, request, found.place.allow);
  if (allowed) return allowed;
  const route = findRoute(request.method, found);
  if ('problem' in route) return route;
  trace.route = route.path;
  const refusal = route.access === 'token' ? await findRefusal(request, deadline, parts) : undefined;
  if (refusal) return refusal;
  return endpoints[route.id]({ request, code: found.code, requestId: id, signal: deadline, trace });
}

async function findRefusal(
  { caller, headers }: Request,
  deadline: AbortSignal,
  { settings, readToken, apiThrottle }: Parts,
): Promise<Reply | undefined> {
  const waitMs = apiThrottle.take(caller);
  if (waitMs > 0) return tooMany(waitMs);
  if (settings.writes === 'open') return undefined;
  return findTokenProblem(headers['authorization'], await readToken(deadline));
}
