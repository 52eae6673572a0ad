import type { Clock } from '../clock/clock.ts';
import { startDeadline, untilAborted } from '../clock/deadline.ts';
import type { ErrorType, HttpMethod, IpVersion } from '../config/model.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import { explainError } from '../net/explain.ts';
import { type PhaseTimes, startStopwatch } from '../net/phases.ts';
import type { ResolveHost } from '../net/resolve.ts';
import { prepareTls, type ResolvedTls, type TlsFacts } from '../net/tls.ts';
import { type DecodedBody, decodeBody } from './decode.ts';
import { followRedirects, type Run } from './hops.ts';
import { loadHttp2 } from './http2-door.ts';
import type { ResponseHead } from './response-parser.ts';
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
  /** The earliest end of validity in the chain that the last hop's target served, also where it was refused; epoch ms. */
  readonly certificateExpiresAt?: number;
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
  await prepareHttp({ clock: deps.clock });
  return measureAttempt(attempt, deps);
};

/** Once for the process: it is no state of any target. */
let warm: Promise<void> | undefined;

/**
 * Spends what the first attempts of a process cost this machine before any target is charged for it; with `tls`, what makes
 * TLS ready (15 ms of CPU), too. Never rejects, and takes half a second at most.
 */
export function prepareHttp({
  clock,
  tls = false,
}: Pick<HttpDeps, 'clock'> & { readonly tls?: boolean }): Promise<void> {
  if (tls) prepareTls();
  warm ??= warmUp(measureAttempt, clock);
  return warm;
}

const measureAttempt: RunHttpAttempt = async (attempt, deps) => {
  const fault = await prepareAttempt(attempt);
  const run: Run = {
    attempt,
    deps,
    stopwatch: startStopwatch(deps.clock),
    deadline: startDeadline(attempt.timeoutMs, deps.signal),
    phase: 'resolve',
    redirects: 0,
    certificateExpiresAt: undefined,
  };
  try {
    if (fault) throw fault.error;
    const response = await readResponse(run);
    return { ok: true, ...measured(run), response };
  } catch (error) {
    const { errorType, message } = explainError(error, { ...run, timeoutMs: attempt.timeoutMs });
    run.stopwatch.mark(run.phase);
    const { statusCode } = run;
    return { ok: false, ...measured(run), errorType, message, ...(statusCode ? { statusCode } : {}) };
  } finally {
    run.deadline.end();
  }
};

/** What only some attempts need is made ready before their clock starts. The answer is why it cannot be. */
async function prepareAttempt({
  url,
  tls,
  httpVersion,
}: HttpAttempt): Promise<{ readonly error: unknown } | undefined> {
  try {
    if (url.startsWith('https:')) prepareTls(tls);
    if (httpVersion === '2') await loadHttp2();
    return undefined;
  } catch (error) {
    return { error };
  }
}

function measured({ stopwatch, redirects, certificateExpiresAt }: Run) {
  const certificate = certificateExpiresAt === undefined ? {} : { certificateExpiresAt };
  return { latencyMs: stopwatch.latencyMs(), phases: stopwatch.phases(), redirects, ...certificate };
}

async function readResponse(run: Run): Promise<HttpResponse> {
  const { maxBodyBytes } = run.attempt;
  const { isCut, ...response } = await followRedirects(run);
  if (isCut) return { ...response, bodyProblem: `the body is longer than ${maxBodyBytes} bytes` };
  const encoding = response.headers['content-encoding'];
  if (encoding === undefined) return response;
  const decoded = await untilAborted<DecodedBody>(run.deadline.signal, (resolve, reject) => {
    decodeBody(response.body, encoding, maxBodyBytes).then(resolve, reject);
    return () => {};
  });
  return { ...response, ...decoded };
}
