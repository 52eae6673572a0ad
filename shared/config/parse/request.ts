import type { Text } from '../model.ts';
import type { ShortCode } from './codes.ts';
import type { Expanded } from './reference.ts';
import { isSecretName } from './secret.ts';

/** Why a value is refused; the message never holds the value. */
export type Refusal = { readonly code: ShortCode; readonly message: string };

const longestUrl = 2_048;
const longestHeader = 4_096;
const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;
/** What our client writes itself, or what would take a connection out of its hands. */
const reserved =
  /^(connection|content-length|transfer-encoding|keep-alive|upgrade|expect|te|trailer|proxy-connection|http2-settings)$/;

/** A header's name, as it was typed. */
export function checkHeaderName(name: string): Refusal | undefined {
  if (!headerName.test(name))
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
  return isSecretName(name) ? checkSecret(value) : undefined;
}

/** A field that looks like a secret: what is secret in it comes from SSM, nothing from the environment. */
function checkSecret({ kinds }: Expanded): Refusal | undefined {
  if (kinds.includes('env')) {
    return {
      code: 'SECRET',
      message: `looks like a secret: \${env:…} would put it into the bundle, use \${ssm:/path}`,
    };
  }
  if (kinds.includes('ssm')) return undefined;
  return { code: 'SECRET', message: `looks like a secret: keep it in an SSM parameter and write \${ssm:/path}` };
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
      message: `must not contain a user name or password: use a header with \${ssm:/path}`,
    };
  }
  return checkQuery(opaque);
}

/** What came out of the environment is a literal here, and refused like one. */
function checkQuery(opaque: string): Refusal | undefined {
  const query = /\?([^#]*)/.exec(opaque)?.[1] ?? '';
  for (const [name, value] of new URLSearchParams(query)) {
    if (!isSecretName(name) || /burnwatch-ssm/.test(value)) continue;
    return {
      code: 'SECRET',
      message: `has a query parameter that looks like a secret: write \${ssm:/path} in its place`,
    };
  }
  return undefined;
}

/** References made into plain letters. At the start they stand for the whole origin, elsewhere for a part of the URL. */
function opaqueUrl(text: Text): string {
  if (typeof text === 'string') return text;
  const parts = text.map((part, index) => {
    if (typeof part === 'string') return part;
    const word = 'ssm' in part ? 'burnwatch-ssm' : 'burnwatch-output';
    return index === 0 ? `https://${word}.invalid` : word;
  });
  return parts.join('');
}

/** What of a text is known before its references are. */
function literalOf(text: Text): string {
  return typeof text === 'string' ? text : text.filter((part) => typeof part === 'string').join('');
}
