import type { Agreement, Assertion, Json, MonitorAlert, Text } from './model.ts';

/** What is probed, one type a protocol. Spans are milliseconds. */
export type Monitor = HttpMonitor | TcpMonitor | TlsMonitor | DnsMonitor | FlowMonitor | HeartbeatMonitor;
export type MonitorType = Monitor['type'];

export type MonitorBase = {
  /** The monitor's identity: `[a-z0-9-]{1,64}`. */
  readonly id: string;
  /** uint32 derived from the id it was born with (`formerly`, or its id): names it in the ledger; unique in a Config. */
  readonly key: number;
  /** How often it is probed: whole minutes, or 5, 6, 10, 12, 15, 20 or 30 s. A heartbeat is judged every minute. */
  readonly intervalMs: number;
  /** The wall clock of one attempt, redirects and body included; of a flow, all of its steps together. */
  readonly timeoutMs: number;
  /** A passed probe slower than this is degraded. */
  readonly degradedAfterMs?: number;
  readonly retry: Retry;
  /** Private, loopback and link-local targets are blocked unless this is set. */
  readonly allowPrivate: boolean;
  /** Ids of monitors without which this one cannot work: while one of them fails, no alert of this one fires anew. No cycles. */
  readonly dependsOn: readonly string[];
  readonly assertions: readonly Assertion[];
  readonly alerts: readonly MonitorAlert[];
  /** How the outcomes of several locations become one; absent where one location alone judges it. */
  readonly agreement?: Agreement;
};

/** Confirmation attempts after the first one: up to `limit` of them, each `delayMs` after the one before. */
export type Retry = { readonly limit: number; readonly delayMs: number };

export type HttpMonitor = MonitorBase & {
  readonly type: 'http';
  readonly request: HttpRequest;
  /** At most this many bytes of the body are read. */
  readonly maxBodyBytes: number;
};

export type HttpRequest = {
  readonly method: HttpMethod;
  readonly url: Text;
  /** Added to the query of `url`, in this order. */
  readonly query: readonly Field[];
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, Text>>;
  readonly body?: RequestBody;
  readonly auth?: Auth;
  readonly followRedirects: boolean;
  readonly maxRedirects: number;
  /** `2` asks for it by ALPN and fails (`protocol`) where the target does not speak it; https only. */
  readonly httpVersion: '1.1' | '2';
  /** Only addresses of this family are used. */
  readonly ipVersion?: IpVersion;
  readonly tls?: TlsSettings;
};

export type IpVersion = 4 | 6;
/** A name and its value. */
export type Field = readonly [name: string, value: Text];

/** `json` has an empty text wherever `fills` says what to put, by its path from the root. */
export type RequestBody =
  | { readonly kind: 'text'; readonly text: Text }
  | { readonly kind: 'form'; readonly fields: readonly Field[] }
  | { readonly kind: 'json'; readonly json: Json; readonly fills: readonly JsonFill[] };
export type JsonFill = { readonly path: readonly (string | number)[]; readonly text: Text };

/** `sigv4` signs with the credentials of the function itself; the region is its own where none is given. */
export type Auth =
  | { readonly type: 'basic'; readonly username: Text; readonly password: Text }
  | { readonly type: 'bearer'; readonly token: Text }
  | { readonly type: 'apiKey'; readonly in: 'header' | 'query'; readonly name: string; readonly value: Text }
  | { readonly type: 'sigv4'; readonly service: string; readonly region?: string };

export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** How TLS is spoken. Certificates and keys are PEM. */
export type TlsSettings = {
  /** False: any certificate is taken, whoever issued it and for whatever name. */
  readonly rejectUnauthorized: boolean;
  /** The name that is asked for (SNI) and that the certificate must be for; the host itself where absent. */
  readonly servername?: string;
  readonly minVersion?: TlsVersion;
  /** Trusted in place of the roots that Node brings. */
  readonly ca?: Text;
  /** What this client shows of itself (mTLS), with its key. */
  readonly cert?: Text;
  readonly key?: Text;
};

/** Connects, and speaks a dialogue. Passes when all of it came true. What was received is what `body` assertions see. */
export type TcpMonitor = MonitorBase & {
  readonly type: 'tcp';
  readonly request: TcpRequest;
  /** At most this many bytes are read. */
  readonly maxBodyBytes: number;
};
export type TcpRequest = {
  readonly host: Text;
  readonly port: number;
  readonly ipVersion?: IpVersion;
  readonly dialogue: readonly DialogueStep[];
  /** With a `startTls` step in the dialogue TLS begins there, otherwise right after the connection; absent: no TLS. */
  readonly tls?: TlsSettings;
};
/** `expect` waits for this very text, `matches` for a line or more that this expression (RE2) finds, in what came since the last step. */
export type DialogueStep =
  | { readonly send: Text }
  | { readonly expect: string }
  | { readonly matches: string }
  | { readonly startTls: true };

/** Connects, makes the handshake and looks at the certificate. */
export type TlsMonitor = MonitorBase & { readonly type: 'tls'; readonly request: TlsRequest };
export type TlsRequest = {
  readonly host: Text;
  readonly port: number;
  readonly ipVersion?: IpVersion;
  /** The protocol whose own dialogue comes before the handshake. */
  readonly startTls?: StartTlsProtocol;
  readonly tls: TlsSettings;
};
export const startTlsProtocols = ['smtp', 'imap', 'pop3', 'ftp', 'postgres'] as const;
export type StartTlsProtocol = (typeof startTlsProtocols)[number];

/** One question to one name server. */
export type DnsMonitor = MonitorBase & { readonly type: 'dns'; readonly request: DnsRequest };
export type DnsRequest = {
  readonly name: string;
  readonly recordType: DnsRecordType;
  /** `host` or `host:port`; the first of this machine's own where absent, to which the address policy does not apply. */
  readonly server?: Text;
  /** `udp` goes on over TCP when the answer is cut. */
  readonly transport: 'udp' | 'tcp';
};
export const dnsRecordTypes = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'TXT', 'SRV', 'SOA', 'CAA'] as const;
export type DnsRecordType = (typeof dnsRecordTypes)[number];

/** Steps one after the other, with a fresh connection each; the first that fails ends it, but for the steps that run `always`. */
export type FlowMonitor = MonitorBase & { readonly type: 'flow'; readonly steps: readonly FlowStep[] };
export type FlowStep = {
  /** Unique in its flow. */
  readonly id: string;
  readonly request: HttpRequest;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  readonly assertions: readonly Assertion[];
  readonly extract: readonly Extract[];
  /** A clean-up: runs after a failure too, as long as the flow's own time is not over. */
  readonly always: boolean;
};
/** Takes one value out of a response for later steps. One that finds nothing fails its step. */
export type Extract = {
  /** `${vars.<name>}`. */
  readonly name: string;
  readonly source: 'status' | 'header' | 'body' | 'json';
  /** A header's name in lower case, or a JSONPath. */
  readonly path?: string;
  /** RE2: its first group, or all that it matches where it has none. */
  readonly pattern?: string;
  /** The value is a secret from then on. */
  readonly isSecure: boolean;
};

/** Waits to be called; failed when nobody has called for `periodMs` + `graceMs`. One SLI event a period. */
export type HeartbeatMonitor = MonitorBase & {
  readonly type: 'heartbeat';
  readonly periodMs: number;
  readonly graceMs: number;
};

/** How often a monitor makes an event for an SLI, ms. */
export function eventIntervalMs(monitor: Monitor): number {
  return monitor.type === 'heartbeat' ? monitor.periodMs : monitor.intervalMs;
}

export const httpMethods = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type HttpMethod = (typeof httpMethods)[number];
