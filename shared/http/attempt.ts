import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { type Deadline, startDeadline } from '../clock/deadline.ts';
import type { ErrorType, HttpMethod, IpVersion } from '../config/model.ts';
import { type AddressPolicy, endpointOf } from '../net/address-policy.ts';
import { openEndpoint } from '../net/endpoint.ts';
import { AttemptError } from '../net/error.ts';
import { explainError } from '../net/explain.ts';
import { type Phase, type PhaseTimes, type Stopwatch, startStopwatch } from '../net/phases.ts';
import type { ResolveHost } from '../net/resolve.ts';
import { defaultTls, prepareTls, type ResolvedTls, secureConnection, type TlsFacts } from '../net/tls.ts';
import type { ResponseWithBody } from './collect.ts';
import { decodeBody } from './decode.ts';
import { exchange } from './exchange.ts';
import { isRedirect, nextHop, showUrl } from './redirect.ts';
import type { ResponseHead } from './response-parser.ts';
import { userAgent } from './user-agent.ts';
import { warmUp } from './warm-up.ts';

export type HttpAttempt = {
  readonly method: HttpMethod;
  /** Resolved: no references are left in it. */
  readonly url: string;
  /** Names in lower case. They are sent to the origin of `url` alone, also after redirects. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with every request whose method is the attempt's own, to the origin of `url` alone. */
  readonly body?: Buffer;
  readonly httpVersion: '1.1' | '2';
  readonly ipVersion?: IpVersion;
  /** Absent: the certificate is verified, and nothing is shown of ourselves. */
  readonly tls?: ResolvedTls;
  /** Adds headers that depend on the whole request, such as a signature; asked for each hop to the origin of `url`. */
  readonly sign?: Sign;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly maxBodyBytes: number;
  /** Bounds the whole attempt: names, redirects and the body included. */
  readonly timeoutMs: number;
};

/** What is about to be sent; the answer is headers to add, names in lower case. */
export type Sign = (request: {
  readonly method: HttpMethod;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}) => Promise<Readonly<Record<string, string>>>;

export type HttpDeps = {
  readonly clock: Clock;
  readonly policy: AddressPolicy;
  /** Ends the attempt from outside, as `monitor`: it was not the target's fault. */
  readonly signal: AbortSignal;
  readonly resolve?: ResolveHost;
};

/** Latency from the start of resolution to the last byte, redirects included; the phases add up to it. */
export type HttpOutcome = {
  readonly latencyMs: number;
  readonly phases: PhaseTimes;
  /** Redirects that were followed. */
  readonly redirects: number;
} & (
  | { readonly ok: true; readonly response: HttpResponse }
  | { readonly ok: false; readonly errorType: ErrorType; readonly message: string; readonly statusCode?: number }
);

/** `bodyProblem`: why the body cannot be looked at as a whole. `tls`: of the connection of the last hop. */
export type HttpResponse = ResponseHead & {
  readonly body: Buffer;
  readonly bodyProblem?: string;
  readonly tls?: TlsFacts;
};

/** The door's one function, as the rooms that get it passed in see it. */
export type RunHttpAttempt = (attempt: HttpAttempt, deps: HttpDeps) => Promise<HttpOutcome>;

/**
 * Runs one attempt on fresh connections, within its timeout. A target that fails is a result: this never rejects.
 * Messages are sentences for people without userinfo and query of any URL. What the first attempts of a process cost
 * this machine is spent before the clock starts.
 */
export const runHttpAttempt: RunHttpAttempt = async (attempt, deps) => {
  warm ??= warmUp(measureAttempt, deps.clock);
  await warm;
  if (attempt.url.startsWith('https:')) prepareTls();
  return measureAttempt(attempt, deps);
};

/** Once for the process: it is no state of any target. */
let warm: Promise<void> | undefined;

const measureAttempt: RunHttpAttempt = async (attempt, deps) => {
  const run: Run = {
    attempt,
    deps,
    stopwatch: startStopwatch(deps.clock),
    deadline: startDeadline(attempt.timeoutMs, deps.signal),
    phase: 'resolve',
    redirects: 0,
  };
  try {
    const response = await readDecoded(await followRedirects(run), attempt);
    return { ok: true, ...measured(run), response };
  } catch (error) {
    const { errorType, message } = explainError(error, { ...run, timeoutMs: attempt.timeoutMs });
    run.stopwatch.mark(run.phase);
    return {
      ok: false,
      ...measured(run),
      errorType,
      message,
      ...(run.statusCode ? { statusCode: run.statusCode } : {}),
    };
  } finally {
    run.deadline.end();
  }
};

/** One attempt under way. */
type Run = {
  readonly attempt: HttpAttempt;
  readonly deps: HttpDeps;
  readonly stopwatch: Stopwatch;
  readonly deadline: Deadline;
  /** What is going on: time and errors are charged to it. */
  phase: Phase;
  redirects: number;
  statusCode?: number;
};

function measured({ stopwatch, redirects }: Run) {
  return { latencyMs: stopwatch.latencyMs(), phases: stopwatch.phases(), redirects };
}

async function followRedirects(run: Run): Promise<ResponseWithBody> {
  const { attempt } = run;
  let hop = { url: parseTarget(attempt.url), method: attempt.method };
  const origin = hop.url.origin;
  for (;;) {
    const response = await requestHop(run, hop.url, hop.method, hop.url.origin === origin ? attempt.headers : {});
    if (!attempt.followRedirects || !isRedirect(response)) return response;
    if (run.redirects >= attempt.maxRedirects) {
      throw new AttemptError(
        'redirect',
        `more than ${attempt.maxRedirects} redirects, the last one at ${showUrl(hop.url)}`,
      );
    }
    hop = nextHop(hop, response);
    run.redirects += 1;
  }
}

function parseTarget(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target && (target.protocol === 'http:' || target.protocol === 'https:')) return target;
  throw new AttemptError('monitor', 'the URL of the monitor is not an http or https URL');
}

async function requestHop(
  run: Run,
  url: URL,
  method: HttpMethod,
  headers: Readonly<Record<string, string>>,
): Promise<ResponseWithBody> {
  const socket = await connectTo(run, url);
  run.phase = 'processing';
  return exchange(socket, {
    method,
    url,
    headers: { 'user-agent': userAgent, accept: '*/*', 'accept-encoding': 'identity', ...headers },
    maxBodyBytes: run.attempt.maxBodyBytes,
    signal: run.deadline.signal,
    stopwatch: run.stopwatch,
    skipBody: (head) => run.attempt.followRedirects && isRedirect(head),
    onHead: ({ statusCode }) => {
      run.statusCode = statusCode;
      run.phase = 'transfer';
    },
  });
}

/** Resolve, check, connect, check again, secure: each in its own phase. */
async function connectTo(run: Run, url: URL): Promise<Socket> {
  const { deps, stopwatch, attempt } = run;
  const { signal } = run.deadline;
  const endpoint = endpointOf(url);
  const onPhase = (phase: Phase) => {
    run.phase = phase;
  };
  const { policy, resolve } = deps;
  const { ipVersion } = attempt;
  const socket = await openEndpoint(endpoint, {
    policy,
    signal,
    stopwatch,
    onPhase,
    ...(ipVersion ? { ipVersion } : {}),
    ...(resolve ? { resolve } : {}),
  });
  if (url.protocol === 'http:') return socket;
  run.phase = 'tls';
  const onSecured = () => stopwatch.mark('tls');
  const settings = attempt.tls ?? defaultTls;
  return secureConnection(socket, { host: endpoint.host, settings, alpn: ['http/1.1'], signal, onSecured });
}

async function readDecoded(response: ResponseWithBody, { maxBodyBytes }: HttpAttempt): Promise<HttpResponse> {
  const { statusCode, headers, body, isCut } = response;
  if (isCut) return { statusCode, headers, body, bodyProblem: `the body is longer than ${maxBodyBytes} bytes` };
  return { statusCode, headers, ...(await decodeBody(body, headers['content-encoding'], maxBodyBytes)) };
}
