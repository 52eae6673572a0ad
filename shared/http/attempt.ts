import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { type Deadline, startDeadline } from '../clock/deadline.ts';
import type { ErrorType, HttpMethod } from '../config/model.ts';
import { type AddressPolicy, checkAddress, portOf } from '../net/address-policy.ts';
import { openConnection } from '../net/connect.ts';
import { AttemptError, ownFault } from '../net/error.ts';
import { type ResolveHost, resolveHost } from '../net/resolve.ts';
import { prepareTls, secureConnection } from '../net/tls.ts';
import { decodeBody } from './decode.ts';
import { exchange, type ResponseHead, type ResponseWithBody } from './exchange.ts';
import { type Phase, type PhaseTimes, type Stopwatch, startStopwatch } from './phases.ts';
import { isRedirect, nextHop, showUrl } from './redirect.ts';
import { userAgent } from './user-agent.ts';
import { warmUp } from './warm-up.ts';

export type HttpAttempt = {
  readonly method: HttpMethod;
  /** Resolved: no references are left in it. */
  readonly url: string;
  /** Names in lower case. They are sent to the origin of `url` alone, also after redirects. */
  readonly headers: Readonly<Record<string, string>>;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  readonly maxBodyBytes: number;
  /** Bounds the whole attempt: names, redirects and the body included. */
  readonly timeoutMs: number;
};

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

/** `bodyProblem`: why the body cannot be looked at as a whole. */
export type HttpResponse = ResponseHead & { readonly body: Buffer; readonly bodyProblem?: string };

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
    const { errorType, message } = explain(error, run);
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
  const { deps, stopwatch } = run;
  const { signal } = run.deadline;
  const hostname = url.hostname.replace(/^\[(.*)\]$/, '$1');
  run.phase = 'resolve';
  const addresses = await (deps.resolve ?? resolveHost)(hostname, signal);
  if (addresses[0] !== hostname) stopwatch.mark('resolve');
  for (const address of addresses) checkAddress(address, url, deps.policy);
  run.phase = 'connect';
  const onConnected = () => stopwatch.mark('connect');
  const socket = await openConnection({ addresses, port: portOf(url), signal, onConnected });
  try {
    checkAddress(socket.remoteAddress ?? '', url, deps.policy);
    if (url.protocol === 'http:') return socket;
    run.phase = 'tls';
    return await secureConnection(socket, { hostname, signal, onSecured: () => stopwatch.mark('tls') });
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function readDecoded(response: ResponseWithBody, { maxBodyBytes }: HttpAttempt): Promise<HttpResponse> {
  const { statusCode, headers, body, isCut } = response;
  if (isCut) return { statusCode, headers, body, bodyProblem: `the body is longer than ${maxBodyBytes} bytes` };
  return { statusCode, headers, ...(await decodeBody(body, headers['content-encoding'], maxBodyBytes)) };
}

const waitedFor: Readonly<Record<Phase, string>> = {
  resolve: 'the name was not resolved',
  connect: 'no connection was made',
  tls: 'the TLS handshake was not finished',
  processing: 'no answer came',
  transfer: 'the answer did not end',
};

function explain(error: unknown, { deadline, phase, attempt }: Run): { errorType: ErrorType; message: string } {
  if (deadline.isExpired()) {
    return { errorType: 'timeout', message: `${waitedFor[phase]} within ${attempt.timeoutMs} ms` };
  }
  if (deadline.signal.aborted) {
    return { errorType: 'monitor', message: 'the probe was stopped before it ended' };
  }
  const known = error instanceof AttemptError ? error : ownFault(error);
  if (known) return { errorType: known.errorType, message: known.message };
  const name = error instanceof Error ? error.name : typeof error;
  return { errorType: 'monitor', message: `the probe failed by a fault of its own (${name})` };
}
