import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type Deadline, untilAborted } from '../clock/deadline.ts';
import { endpointOf } from '../net/address-policy.ts';
import { openEndpoint } from '../net/endpoint.ts';
import { AttemptError } from '../net/error.ts';
import type { Phase, Stopwatch } from '../net/phases.ts';
import { describeTls, secureConnection } from '../net/tls.ts';
import { defaultTls, type ResolvedTls, type TlsFacts } from '../net/tls-model.ts';
import type { Exchange, ResponseWithBody } from './collect.ts';
import { exchange } from './exchange.ts';
import { loadHttp2 } from './http2-door.ts';
import type { HttpAttempt, HttpDeps } from './model.ts';
import { type Hop, isRedirect, nextHop, showUrl } from './redirect.ts';
import { userAgent } from './user-agent.ts';

/** One attempt under way. */
export type Run = {
  readonly attempt: HttpAttempt;
  readonly deps: HttpDeps;
  readonly stopwatch: Stopwatch;
  readonly deadline: Deadline;
  /** What is going on: time and errors are charged to it. */
  phase: Phase;
  redirects: number;
  /** Of the last head that came. */
  statusCode?: number;
  /** Of this hop. */
  certificateExpiresAt: number | undefined;
};

/** `tls`: of the connection that the response came over. */
export type HopResponse = ResponseWithBody & { readonly tls?: TlsFacts };

/**
 * Sends the request, and follows redirects hop by hop, each from the resolution of its name on. Rejects with an
 * AttemptError, or with the reason of the deadline's signal; no connection stays open.
 */
export async function followRedirects(run: Run): Promise<HopResponse> {
  const { attempt } = run;
  let hop: Hop = { url: parseTarget(attempt.url), method: attempt.method };
  const own = hop.url;
  for (;;) {
    const response = await requestHop(run, hop, own);
    if (!attempt.followRedirects || !isRedirect(response)) return response;
    if (run.redirects >= attempt.maxRedirects) {
      const last = showUrl(hop.url);
      throw new AttemptError('redirect', `more than ${attempt.maxRedirects} redirects, the last one at ${last}`);
    }
    hop = nextHop(hop, response);
    run.redirects += 1;
  }
}

/** Throws an AttemptError of type `monitor` for what is no http or https URL. */
export function parseTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target && (target.protocol === 'http:' || target.protocol === 'https:')) return target;
  throw new AttemptError('monitor', 'the URL of the monitor is not an http or https URL');
}

async function requestHop(run: Run, hop: Hop, own: URL): Promise<HopResponse> {
  const { attempt, deadline, stopwatch } = run;
  const isHttp2 = attempt.httpVersion === '2';
  if (isHttp2 && hop.url.protocol === 'http:') {
    throw new AttemptError('protocol', `HTTP/2 is spoken over https only, and ${showUrl(hop.url)} is not`);
  }
  const sent = await contentOf(run, hop, own);
  const socket = await connectTo(run, hop.url, own);
  run.phase = 'processing';
  const options: Exchange = {
    ...hop,
    ...sent,
    maxBodyBytes: attempt.maxBodyBytes,
    signal: deadline.signal,
    stopwatch,
    skipBody: (head) => attempt.followRedirects && isRedirect(head),
    onHead: ({ statusCode }) => {
      run.statusCode = statusCode;
      run.phase = 'transfer';
    },
  };
  const response = await (isHttp2 ? (await loadHttp2())(socket, options) : exchange(socket, options));
  return hop.url.protocol === 'http:' ? response : { ...response, tls: describeTls(socket as TLSSocket) };
}

type Content = { readonly headers: Readonly<Record<string, string>>; readonly body?: Buffer };

/** What is configured goes to the origin of the configured URL alone; a body, only as long as the method stays. */
export async function contentOf(
  { attempt, deadline }: Pick<Run, 'attempt'> & { readonly deadline: Pick<Deadline, 'signal'> },
  { url, method }: Hop,
  own: URL,
): Promise<Content> {
  const plain = { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity' };
  if (url.origin !== own.origin) return { headers: plain };
  const hasBody = method === attempt.method;
  const headers = { ...plain, ...(hasBody ? attempt.headers : withoutContent(attempt.headers)) };
  const body = hasBody && attempt.body ? { body: attempt.body } : {};
  const { sign } = attempt;
  if (!sign) return { headers, ...body };
  const added = await untilAborted<Readonly<Record<string, string>>>(deadline.signal, (resolve, reject) => {
    sign({ method, url, headers, ...body }).then(resolve, reject);
    return () => {};
  });
  return { headers: { ...headers, ...added }, ...body };
}

/** Without what describes a body that is no longer sent (https://fetch.spec.whatwg.org/#request-body-header-name). */
function withoutContent(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !/^content-(?!security)/.test(name)));
}

/** Resolve, check, connect, check again, secure: each in its own phase. */
async function connectTo(run: Run, url: URL, own: URL): Promise<Socket> {
  const { deps, stopwatch, attempt, deadline } = run;
  const { policy, resolve } = deps;
  const { ipVersion } = attempt;
  const { signal } = deadline;
  const endpoint = endpointOf(url);
  run.certificateExpiresAt = undefined;
  const socket = await openEndpoint(endpoint, {
    policy,
    signal,
    stopwatch,
    onPhase: (phase) => {
      run.phase = phase;
    },
    ...(ipVersion ? { ipVersion } : {}),
    ...(resolve ? { resolve } : {}),
  });
  if (url.protocol === 'http:') return socket;
  run.phase = 'tls';
  return secureConnection(socket, {
    host: endpoint.host,
    settings: settingsFor(url, own, attempt.tls),
    alpn: [attempt.httpVersion === '2' ? 'h2' : 'http/1.1'],
    signal,
    onSecured: () => stopwatch.mark('tls'),
    onCertificate: ({ expiresAt }) => {
      run.certificateExpiresAt = expiresAt;
    },
  });
}

/** What is trusted is so everywhere; a name is that of the configured host, and a certificate is shown to its origin alone. */
export function settingsFor(url: URL, own: URL, settings: ResolvedTls = defaultTls): ResolvedTls {
  if (url.origin === own.origin) return settings;
  const { cert: _cert, key: _key, servername, ...trust } = settings;
  return url.hostname === own.hostname && servername !== undefined ? { ...trust, servername } : trust;
}
