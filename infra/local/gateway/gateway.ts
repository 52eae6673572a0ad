import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InvocationResult } from '../function/host.ts';
import { type Handle, readBody } from '../server.ts';
import { fromAnswer, type GatewayAnswer, type RouteKey, routeOf, routes, toEvent } from './event.ts';

export type GatewayDeps = {
  readonly apiId: string;
  /** Whether the API has this route, beside the `$default` one. */
  hasRoute(routeKey: RouteKey): boolean;
  /** Runs the function behind a route with a JSON event. */
  invoke(routeKey: RouteKey, event: string): Promise<InvocationResult>;
  /** Told of each answer: for the API's own metrics. */
  onAnswer(startedAt: number, status: number, latencyMs: number, integrationMs: number): void;
};

// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
const mostBodyBytes = 10 * 1024 * 1024;
const mostHeaderBytes = 10_240;
const integrationMs = 30_000;

/**
 * An HTTP API. What it refuses itself, API Gateway would refuse; but for a body above 10 MB,
 * which API Gateway answers in its own words and which is left to the function here, so that every refusal looks alike.
 */
export function createGateway(deps: GatewayDeps): Handle {
  return async (request, response) => {
    const startedAt = Date.now();
    const started = performance.now();
    let integration = 0;
    const wanted = routeOf(request.url ?? '/');
    const routeKey = deps.hasRoute(wanted) ? wanted : routes.default;
    const answer = await answerTo(
      request,
      routeKey,
      async (event) => {
        const before = performance.now();
        const result = await withinIntegrationTime(deps.invoke(routeKey, event));
        integration = performance.now() - before;
        return result;
      },
      deps.apiId,
    );
    write(response, answer);
    deps.onAnswer(startedAt, answer.statusCode, performance.now() - started, integration);
  };
}

type Invoke = (event: string) => Promise<InvocationResult | undefined>;

async function answerTo(
  request: IncomingMessage,
  routeKey: RouteKey,
  invoke: Invoke,
  apiId: string,
): Promise<GatewayAnswer> {
  const body = hasBody(request) ? await readBody(request, mostBodyBytes) : Buffer.alloc(0);
  if (headerBytes(request) > mostHeaderBytes) return refuse(431, 'Request Header Fields Too Large');
  const event = eventOf(request, body, apiId, routeKey);
  const result = await invoke(JSON.stringify(event));
  if (result === undefined) return refuse(503, 'Service Unavailable');
  const answer = (result.isError ? undefined : fromAnswer(result.payload)) ?? refuse(500, 'Internal Server Error');
  return body === undefined ? { ...answer, headers: { ...answer.headers, connection: 'close' } } : answer;
}

/** A body that is too large was thrown away: the function is told its length, or a larger one than may pass. */
function eventOf(request: IncomingMessage, body: Buffer | undefined, apiId: string, routeKey: RouteKey) {
  const call = { requestId: randomUUID(), apiId, at: Date.now() };
  const event = toEvent(request, body ?? Buffer.alloc(0), call, routeKey);
  if (body !== undefined) return event;
  const length = request.headers['content-length'] ?? String(mostBodyBytes + 1);
  return { ...event, headers: { ...event.headers, 'content-length': length } };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined;

/** The request line and the headers, as they came. */
function headerBytes({ method, url, rawHeaders }: IncomingMessage): number {
  let bytes = (method ?? '').length + (url ?? '').length + ' HTTP/1.1\r\n '.length;
  for (const part of rawHeaders) bytes += part.length + 2;
  return bytes;
}

async function withinIntegrationTime(invoked: Promise<InvocationResult>): Promise<InvocationResult | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, integrationMs, undefined);
  });
  try {
    return await Promise.race([invoked, late]);
  } finally {
    clearTimeout(timer);
  }
}

function refuse(statusCode: number, message: string): GatewayAnswer {
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  if (statusCode === 431) headers['connection'] = 'close';
  return { statusCode, headers, cookies: [], body: Buffer.from(JSON.stringify({ message })) };
}

function write(response: ServerResponse, answer: GatewayAnswer): void {
  try {
    writeHead(response, answer);
  } catch {
    // A header that HTTP cannot carry.
    writeHead(response, refuse(500, 'Internal Server Error'));
  }
}

function writeHead(response: ServerResponse, { statusCode, headers, cookies, body }: GatewayAnswer): void {
  const isBodiless = statusCode === 204 || statusCode === 304;
  // Of HEAD an empty body does not tell how long that of GET is, so no length is said: RFC 9110, 8.6.
  const isUntold = response.req.method === 'HEAD' && body.length === 0;
  response.writeHead(statusCode, {
    ...headers,
    ...(cookies.length > 0 ? { 'set-cookie': [...cookies] } : {}),
    ...(isBodiless || isUntold ? {} : { 'content-length': body.length }),
  });
  response.end(isBodiless || body.length === 0 ? undefined : body); // without a body, one write
}
