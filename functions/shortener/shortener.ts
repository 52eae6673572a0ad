import { describeError } from '../../shared/lambda/handler.ts';
import type { Log } from '../../shared/lambda/log.ts';
import { createLinkReader } from './cache.ts';
import { createClicks } from './clicks.ts';
import { createDrill } from './drill.ts';
import { createEndpoints, type Endpoint } from './endpoints.ts';
import { createReadiness } from './health.ts';
import { type Answer, finishAnswer, type Request, readRequest } from './http.ts';
import { type Dependencies, StoreError } from './ports.ts';
import { problemAnswer, type Reply } from './problem.ts';
import { matchRoute, type RouteId } from './routes.ts';
import type { Settings } from './settings.ts';
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
};

/** The shortener, with whatever it keeps between the requests of one sandbox. */
export function createShortener(settings: Settings, dependencies: Dependencies): Shortener {
  // Caches outlive the request that fills them; what fails in them is told to the request that is being served.
  let warn: (what: string, error: unknown) => void = () => {};
  const tell = (what: string) => (error: unknown) => warn(what, error);
  const drill = createDrill(dependencies, tell('the drill could not be read'));
  const parts: Parts = {
    settings,
    endpoints: createEndpoints(dependencies, {
      drill,
      links: createLinkReader(dependencies),
      clicks: createClicks(dependencies, tell('clicks could not be written')),
      checkReadiness: createReadiness(dependencies, tell('the database is not ready')),
    }),
    strike: drill.strike,
    readToken: cacheToken(
      (signal) => dependencies.readParameter(settings.tokenParameter, signal),
      dependencies.now,
      tell('the write token could not be read'),
    ),
  };
  return async (event, serving) => {
    warn = (what, error) => serving.log('warn', what, describeError(error));
    const startedAt = performance.now();
    const request = readRequest(event);
    const trace = createTrace();
    const reply = request ? await replySafely(request, serving, parts, trace) : notHttp;
    const answer = 'problem' in reply ? problemAnswer(reply, serving.id) : reply;
    dependencies.onAnswered?.(answeredOf(request, trace, reply, answer.statusCode, performance.now() - startedAt));
    return finishAnswer(answer, request?.method ?? 'GET', serving.id);
  };
}

/** The answer when nothing else can be said, because the shortener could not even be made. */
export function internalError(requestId: string): Answer {
  return finishAnswer(problemAnswer(unexpected, requestId), 'GET', requestId);
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
    serving.log('error', isStore ? 'the database failed' : 'the request failed', describeError(error));
    return isStore ? noDatabase : unexpected;
  }
}

/** Drill, path, method, token, endpoint: in this order, so that a drill hits everything but its own switch. */
async function reply(
  request: Request,
  { id, deadline }: Serving,
  { settings, endpoints, strike, readToken }: Parts,
  trace: Trace,
): Promise<Reply> {
  const isSwitch = request.path === '/faults';
  const fault = settings.areFaultsOn && !isSwitch ? await strike(deadline) : undefined;
  if (fault) return fault;
  const match = matchRoute(request.method, request.path, settings.areFaultsOn);
  if ('problem' in match) return match;
  const { route, code } = match;
  trace.route = route.path;
  if (route.access === 'token' && settings.writes === 'token') {
    const refusal = findTokenProblem(request.headers['authorization'], await readToken(deadline));
    if (refusal) return refusal;
  }
  return endpoints[route.id]({ request, code, requestId: id, signal: deadline, trace });
}
