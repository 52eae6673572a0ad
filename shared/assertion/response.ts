import type { Assertion } from '../config/model.ts';
import { type Expressions, loadExpressions } from './expression.ts';
import { loadSelect, type Select } from './select.ts';

/** What assertions look at. What the protocol does not have is absent, and then missing for every assertion. */
export type Answer = {
  readonly latencyMs: number;
  readonly phases: Phases;
  /** The times of this sample cannot be trusted: assertions on them are not judged, and pass with a word that says so. */
  readonly isContaminated: boolean;
  readonly statusCode?: number;
  /** Names in lower case; several lines of one name are joined by `, `. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  /** How many were followed. */
  readonly redirects?: number;
  readonly tls?: TlsView;
  readonly certificate?: CertificateView;
  readonly dns?: DnsView;
};

/** An answer with what some assertions need done once. */
export type PreparedAnswer = Answer & {
  /** There when an assertion looks into JSON. Whole numbers that a double cannot hold are bigints. */
  readonly json?: ParsedJson;
  readonly select?: Select;
  /** There when an assertion is an expression. */
  readonly expressions?: Expressions;
};

/** The parts of a request; the shape of shared/probe's Phases. */
type Phases = {
  readonly resolveMs: number;
  readonly connectMs: number;
  readonly tlsMs: number;
  readonly processingMs: number;
  readonly transferMs: number;
};

/** `tls.version`, `tls.cipher`, `tls.alpn`, `tls.authorized`. */
export type TlsView = {
  readonly version: string;
  readonly cipher: string;
  readonly alpn: string;
  readonly authorized: boolean;
};

/** `certificate.daysRemaining` (of the whole served chain, with fractions) and the rest, of the leaf. */
export type CertificateView = {
  readonly daysRemaining: number;
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly serialNumber: string;
  readonly fingerprint256: string;
  readonly chainLength: number;
};

/** `dns.rcode` (`NOERROR`), `dns.answers` (texts, as dig writes them), `dns.count`, `dns.ttl` (seconds, the smallest), `dns.authoritative`. */
export type DnsView = {
  readonly rcode: string;
  readonly answers: readonly string[];
  readonly count: number;
  /** Absent without answers. */
  readonly ttl?: number;
  readonly authoritative: boolean;
};

/** The whole body as text, or why there is none to look at. */
export type Body = { readonly text: string } | { readonly problem: string };
type ParsedJson = { readonly value: unknown } | { readonly problem: string };

/** Reads the body as JSON, once, and loads the engines for JSONPath and for expressions, where an assertion needs them. */
export async function prepareAnswer(answer: Answer, assertions: readonly Assertion[]): Promise<PreparedAnswer> {
  const hasExpression = assertions.some(({ op }) => op === 'matches' || op === 'notMatches');
  const hasJson = assertions.some(({ source }) => source === 'json');
  return {
    ...answer,
    ...(answer.body && hasJson ? { json: parseBody(answer.body), select: await loadSelect(textOf(answer.body)) } : {}),
    ...(hasExpression ? { expressions: await loadExpressions() } : {}),
  };
}

const textOf = (body: Body): string => ('text' in body ? body.text : '');

function parseBody(body: Body): ParsedJson {
  if ('problem' in body) return body;
  try {
    return { value: parseJson(body.text) };
  } catch {
    // The parser's own message quotes the body: what matters is that it is no JSON.
    return { problem: 'the body is not JSON' };
  }
}

type WithSource = (key: string, value: unknown, context: { source?: string }) => unknown;

/** More digits than any double has: a longer number is no number that anybody compares, and costs a second to read and show. */
const mostDigits = 400;

/** JSON.parse, except that a whole number beyond 2^53 becomes a bigint. Throws a SyntaxError, or RangeError when nested too deeply. */
function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const keepExact: WithSource = (_key, value, { source }) => {
    if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
    const isInexact = source !== undefined && source.length <= mostDigits && /^-?\d+$/.test(source);
    return isInexact ? BigInt(source) : value;
  };
  return JSON.parse(text, keepExact as (key: string, value: unknown) => unknown);
}
