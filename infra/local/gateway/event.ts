import type { IncomingMessage } from 'node:http';

/** What API Gateway would know of the call. */
export type Call = {
  readonly requestId: string;
  readonly apiId: string;
  /** Epoch ms. */
  readonly at: number;
};

export type GatewayAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: Buffer;
};

/** The routes of the stack's HTTP API, as serverless.yml names them. */
export const routes = {
  default: '$default',
  heartbeats: 'ANY /heartbeats/{proxy+}',
  acknowledge: 'ANY /ack/{proxy+}',
  metrics: 'ANY /metrics',
} as const;
export type RouteKey = (typeof routes)[keyof typeof routes];

/** The route that a request takes. A greedy path variable stands for at least one character. */
export function routeOf(url: string): RouteKey {
  const { path } = splitUrl(url);
  if (/^\/heartbeats\/./.test(path)) return routes.heartbeats;
  if (path === '/metrics') return routes.metrics;
  return /^\/ack\/./.test(path) ? routes.acknowledge : routes.default;
}

type Request = Pick<IncomingMessage, 'rawHeaders' | 'httpVersion'> & {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly socket: { readonly remoteAddress?: string | undefined; readonly localPort?: number | undefined };
};

/**
 * A request as an HTTP API's event, payload 2.0 behind a route
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html). The path's
 * and the query's bytes stay as they came.
 */
export function toEvent(request: Request, body: Buffer, call: Call, routeKey: RouteKey = routes.default) {
  const { path, query } = splitUrl(request.url ?? '/');
  const { headers, cookies } = joinHeaders(request.rawHeaders);
  const method = request.method ?? 'GET';
  const host = headers['host'] ?? '';
  return {
    version: '2.0',
    routeKey,
    rawPath: path,
    rawQueryString: query,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: {
      ...headers,
      'x-amzn-trace-id': headers['x-amzn-trace-id'] ?? traceOf(call),
      'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
      'x-forwarded-port': String(request.socket.localPort ?? 80),
      'x-forwarded-proto': 'http',
    },
    ...(query === '' ? {} : { queryStringParameters: joinQuery(query) }),
    requestContext: {
      accountId: '000000000000',
      apiId: call.apiId,
      domainName: host,
      domainPrefix: host.split('.')[0] ?? '',
      http: {
        method,
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: call.requestId,
      routeKey,
      stage: '$default',
      time: commonLogTime(call.at),
      timeEpoch: call.at,
    },
    ...encodeBody(body, headers['content-type'] ?? ''),
  };
}

/** A trace of its own for each request: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader */
function traceOf({ requestId, at }: Call): string {
  const random = requestId
    .replaceAll(/[^0-9a-f]/g, '')
    .slice(0, 24)
    .padEnd(24, '0');
  return `Root=1-${Math.floor(at / 1_000).toString(16)}-${random}`;
}

/** Proxies may send the absolute form: its origin is not part of the path. */
function splitUrl(url: string): { path: string; query: string } {
  const target = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  return { path: path === '' ? '/' : path, query: mark < 0 ? '' : target.slice(mark + 1) };
}

/** Names in lower case; what comes several times is joined with commas; cookies have a list of their own. */
function joinHeaders(raw: readonly string[]): { headers: Record<string, string>; cookies: string[] } {
  const headers: Record<string, string> = Object.create(null);
  const cookies: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(/;\s*/).filter((cookie) => cookie !== ''));
    else headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return { headers: { ...headers }, cookies };
}

function joinQuery(query: string): Record<string, string> {
  const joined: Record<string, string> = Object.create(null);
  for (const [name, value] of new URLSearchParams(query))
    joined[name] = joined[name] === undefined ? value : `${joined[name]},${value}`;
  return { ...joined };
}

const textual = /^(text\/|application\/(json|javascript|xml|[\w.+-]+\+(json|xml))\b)/i;

/** Text stays text; everything else, and what is no UTF-8, is base64. */
function encodeBody(body: Buffer, contentType: string): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const text = textual.test(contentType) ? decodeUtf8(body) : undefined;
  if (text !== undefined) return { body: text, isBase64Encoded: false };
  return { body: body.toString('base64'), isBase64Encoded: true };
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
function decodeUtf8(body: Buffer): string | undefined {
  try {
    return decoder.decode(body);
  } catch {
    return undefined;
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As in an Apache log: `21/Nov/2026:01:13:51 +0000`. */
function commonLogTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${months[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** The connection's own business, which an integration has no say in. */
const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'upgrade', 'trailer']);

/**
 * A function's answer, payload 2.0. Without a `statusCode` the whole answer is the body, as JSON or as text. Undefined
 * where it is no answer that HTTP could carry: API Gateway says 500 then.
 */
export function fromAnswer(payload: string): GatewayAnswer | undefined {
  const answer: unknown = JSON.parse(payload);
  if (typeof answer !== 'object' || answer === null || !('statusCode' in answer)) return plainAnswer(answer);
  const { statusCode, headers, cookies, body, isBase64Encoded } = answer as Record<string, unknown>;
  const status = Number(statusCode);
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined;
  if (body !== undefined && body !== null && typeof body !== 'string') return undefined;
  return {
    statusCode: status,
    headers: readHeaders(headers),
    cookies: Array.isArray(cookies) ? cookies.map(String) : [],
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}

function plainAnswer(answer: unknown): GatewayAnswer {
  const body = typeof answer === 'string' ? answer : JSON.stringify(answer);
  return { statusCode: 200, headers: { 'content-type': 'application/json' }, cookies: [], body: Buffer.from(body) };
}

function readHeaders(headers: unknown): Record<string, string> {
  const read: Record<string, string> = Object.create(null);
  if (typeof headers !== 'object' || headers === null) return read;
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!hopByHop.has(lower)) read[lower] = asBytes(String(value));
  }
  return read;
}

/** Node writes a header's characters as bytes: text beyond ASCII goes out as its UTF-8. */
function asBytes(value: string): string {
  return /^[\x20-\x7e]*$/.test(value) ? value : Buffer.from(value, 'utf8').toString('latin1');
}
