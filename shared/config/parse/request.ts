import { hostTextOf } from '../host-text.ts';
import type { Reference, Text } from '../model.ts';
import type { ShortCode } from './codes.ts';
import type { Expanded, ReferenceKind } from './reference.ts';
import { isSecretName } from './secret.ts';

/** Why a value is refused; the message never holds the value. */
export type Refusal = { readonly code: ShortCode; readonly message: string };

const longestUrl = 2_048;
const longestHeader = 4_096;
const longestPem = 65_536;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** What our client writes itself, or what would take a connection out of its hands. */
const reserved =
  /^(connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-connection|http2-settings)$/;

/** The references that a field can take: what is sent by flows, by http monitors, by bursts, and by all the others; and what names a metric. */
export const places = {
  flow: ['env', 'ssm', 'output', 'random', 'vars'],
  http: ['env', 'ssm', 'output', 'random'],
  channel: ['env', 'ssm'],
  burst: ['env', 'ssm', 'output', 'random', 'data'],
  plain: ['env', 'ssm', 'output'],
  metric: ['env', 'output'],
} as const satisfies Readonly<Record<string, readonly ReferenceKind[]>>;
export type TextPlace = keyof typeof places;

/** Whether the references of a text belong where it stands. */
export function checkPlace({ kinds }: Expanded, place: TextPlace): Refusal | undefined {
  const odd = kinds.find((kind) => !(places[place] as readonly ReferenceKind[]).includes(kind));
  if (odd === undefined) return undefined;
  return { code: 'REFERENCE_PLACE', message: `uses \${${odd}${odd === 'output' ? ':' : '.'}…}, which ${whereOf(odd)}` };
}

function whereOf(kind: ReferenceKind): string {
  if (kind === 'output') return 'no channel takes: none is a part of this stack';
  if (kind === 'vars') return 'only the steps of a flow have';
  if (kind === 'data') return 'works only in the requests of bursts';
  if (kind === 'ssm') return 'works only in what is sent';
  return 'works only in the requests of http monitors, flows and bursts';
}

/** The host that a burst loads is known before it sends anything: it is not made anew for each request. */
export function checkFixedHost({ text }: Expanded): Refusal | undefined {
  const odd = [hostTextOf(text)]
    .flat()
    .find((part) => typeof part === 'object' && ('random' in part || 'data' in part));
  if (odd === undefined) return undefined;
  const message = `uses \${${kindOf(odd as Reference)}.…} in its host, which must be the same for every request of a burst`;
  return { code: 'REFERENCE_PLACE', message };
}

/** The value of a dimension, as CloudWatch takes it. */
export function checkDimension({ text }: Expanded): Refusal | undefined {
  const literal = literalOf(text);
  const isValue = typeof text !== 'string' || literal.trim() !== '';
  if (isValue && literal.length <= 1_024 && /^[\x20-\x7e]*$/.test(literal)) return undefined;
  return { code: 'METRIC', message: 'must be a value of CloudWatch: at most 1,024 ASCII characters, not blank' };
}

/** Whether a header can be called so; `checkHeaderName` says which of them we can send. */
export function isHeaderName(name: string): boolean {
  return headerName.test(name);
}

/** A header's name, as it was typed. */
export function checkHeaderName(name: string): Refusal | undefined {
  if (!isHeaderName(name))
    return { code: 'HEADER', message: 'the name of a header must be letters, digits and dashes' };
  if (!reserved.test(name.toLowerCase())) return undefined;
  return { code: 'HEADER', message: 'is written by Burnwatch itself and cannot be set' };
}

/** A header's value: one line of Latin-1, and from SSM where the name says that it is a secret. */
export function checkHeader(name: string, value: Expanded): Refusal | undefined {
  const literal = literalOf(value.text);
  if (literal.length > longestHeader)
    return { code: 'LENGTH', message: `must be at most ${longestHeader} characters long` };
  if (/(?!\t)\p{Cc}|[^\p{Cc}\u0020-\u00ff]/u.test(literal)) {
    return { code: 'HEADER', message: 'must be one line of Latin-1 text, without control characters' };
  }
  return checkNamed(name, value);
}

/** What goes by the name of a secret: the value of a header, of a parameter, of a field of a form or of JSON. */
export function checkNamed(name: string, value: Expanded): Refusal | undefined {
  return isSecretName(name) ? checkSecret(value, 'looks like a secret') : undefined;
}

/**
 * A secret: what is secret in it comes from SSM, from a step of the flow or from chance, and nothing of it from the
 * environment. Data lie in the bundle, and are no better than plain text. `what` begins the sentence.
 */
export function checkSecret({ kinds }: Expanded, what = 'is a secret'): Refusal | undefined {
  if (kinds.includes('env')) {
    return { code: 'SECRET', message: `${what}: \${env:…} would put it into the bundle, use \${ssm:/path}` };
  }
  if (kinds.some((kind) => kind !== 'output' && kind !== 'data')) return undefined;
  return { code: 'SECRET', message: `${what}: keep it in an SSM parameter and write \${ssm:/path}` };
}

/** What is sent as it is, such as a body: of a bounded length. */
export function checkLength({ text }: Expanded, most: number): Refusal | undefined {
  if (literalOf(text).length <= most) return undefined;
  return { code: 'LENGTH', message: `must be at most ${most.toLocaleString('en-US')} characters long` };
}

/** A user name for basic authentication. https://www.rfc-editor.org/rfc/rfc7617#section-2 */
export function checkUserName(value: Expanded): Refusal | undefined {
  if (!literalOf(value.text).includes(':')) return checkHeader('', value);
  return { code: 'HEADER', message: 'must not contain a colon, which ends a user name' };
}

/** A certificate, or a chain of them: PEM as it stands, or a parameter. */
export function checkPem({ text, kinds }: Expanded): Refusal | undefined {
  const isPem = (block: string) => /^-----BEGIN [A-Z0-9 ]+-----\s[\w+/=\s]+-----END [A-Z0-9 ]+-----$/.test(block);
  const blocks = literalOf(text)
    .trim()
    .split(/(?<=-----END [A-Z0-9 ]{1,40}-----)\s+/);
  if (typeof text === 'string' ? blocks.every(isPem) : kinds.every((kind) => kind === 'ssm' || kind === 'vars')) {
    return checkLength({ text, env: [], kinds }, longestPem);
  }
  return { code: 'PEM', message: `must be a certificate in PEM (-----BEGIN CERTIFICATE-----), or \${ssm:/path}` };
}

/** A URL as it can be known before its references are: http or https, nobody's name and password, no secrets. */
export function checkUrl(value: Expanded): Refusal | undefined {
  const opaque = opaqueUrl(value.text);
  if (literalOf(value.text).length > longestUrl)
    return { code: 'LENGTH', message: `must be at most ${longestUrl} characters long` };
  if (/[\s\\\p{Cc}]/u.test(opaque)) {
    return {
      code: 'URL',
      message: 'must not contain white space, control characters or backslashes: write them percent-encoded',
    };
  }
  if (!URL.canParse(opaque))
    return { code: 'URL', message: 'must be an http or https URL such as https://example.com/' };
  const url = new URL(opaque);
  if (!/^https?:\/\//i.test(opaque)) {
    return { code: 'URL', message: 'must be an http or https URL such as https://example.com/' };
  }
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/\/[^/?#]*@/i.test(opaque)) {
    return {
      code: 'URL_USERINFO',
      message: `must not contain a user name or password: use auth: { type: basic, … } with \${ssm:/path}`,
    };
  }
  return checkQuery(opaque);
}

/** What came out of the environment is a literal here, and refused like one. */
function checkQuery(opaque: string): Refusal | undefined {
  const query = /\?([^#]*)/.exec(opaque)?.[1] ?? '';
  for (const [name, value] of new URLSearchParams(query)) {
    if (!isSecretName(name) || /burnwatch-(ssm|vars|random)/.test(value)) continue;
    return {
      code: 'SECRET',
      message: `has a query parameter that looks like a secret: write \${ssm:/path} in its place`,
    };
  }
  return undefined;
}

/** References made into plain letters. At the start they may stand for the whole origin, elsewhere for a part of the URL. */
function opaqueUrl(text: Text): string {
  if (typeof text === 'string') return text;
  const parts = text.map((part, index) => {
    if (typeof part === 'string') return part;
    const word = `burnwatch-${kindOf(part)}`;
    return index === 0 && !('random' in part || 'data' in part) ? `https://${word}.invalid` : word;
  });
  return parts.join('');
}

function kindOf(reference: Reference): string {
  return Object.keys(reference)[0] ?? '';
}

/** What of a text is known before its references are. */
export function literalOf(text: Text): string {
  return typeof text === 'string' ? text : text.filter((part) => typeof part === 'string').join('');
}
