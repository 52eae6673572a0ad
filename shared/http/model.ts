import type { Clock } from '../clock/clock.ts';
import type { ErrorType, HttpMethod, IpVersion } from '../config/model.ts';
import type { AddressPolicy } from '../net/address-policy.ts';
import type { PhaseTimes } from '../net/phases.ts';
import type { ResolveHost } from '../net/resolve.ts';
import type { ResolvedTls, TlsFacts } from '../net/tls-model.ts';
import type { ResponseHead } from './response-parser.ts';

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
