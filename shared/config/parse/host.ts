import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Text } from '../model.ts';
import type { Expanded } from './reference.ts';
import { literalOf, type Refusal } from './request.ts';
import type { Value } from './values.ts';

const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = new RegExp(`^(${label}\\.)*${label}\\.?$`);
/** The longest name, with its last dot. https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const longestName = 254;

const noHost: Refusal = {
  code: 'HOST',
  message: 'must be a host name or an address alone, without scheme, port or path, such as db.example.com',
};

/** A host: a name (international ones in their ASCII form), an address without brackets, or what references will make. */
export function readHost({ text }: Expanded): Value<Text> {
  if (typeof text !== 'string') return isPartOfHost(text) ? { ok: true, value: text } : { ok: false, ...noHost };
  const host = toHost(text);
  return host === undefined ? { ok: false, ...noHost } : { ok: true, value: host };
}

/** A host that is a plain text, such as the name of a server. */
export function readServerName(text: string): Value<string> {
  const host = toHost(text);
  return host === undefined ? { ok: false, ...noHost } : { ok: true, value: host };
}

/** `host`, `host:port`, an address, or `[address]:port`. */
export function readNameServer({ text }: Expanded): Value<Text> {
  if (typeof text !== 'string') return isPartOfHost(text) ? { ok: true, value: text } : { ok: false, ...noServer };
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = toHost(bracketed ?? plain ?? text);
  const isWrong = host === undefined || (bracketed !== undefined && isIP(host) !== 6) || !isPort(port);
  if (isWrong) return { ok: false, ...noServer };
  if (port === undefined) return { ok: true, value: host };
  return { ok: true, value: isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}` };
}

const noServer: Refusal = {
  code: 'HOST',
  message: 'must be a name server such as 192.0.2.53, ns1.example.com:53 or [2001:db8::53]:53',
};

const isPort = (port: string | undefined): boolean =>
  port === undefined || (Number(port) >= 1 && Number(port) <= 65_535);

/** A name to ask DNS for; `.` is the root. Underscores are allowed: `_sip._tcp.example.com`. */
export function readDnsName(text: string): Value<string> {
  const name = text === '.' ? text : toName(text);
  if (name !== undefined) return { ok: true, value: name };
  return { ok: false, code: 'HOST', message: 'must be a name such as example.com' };
}

function toHost(text: string): string | undefined {
  if (isIP(text) !== 0) return text;
  const name = toName(text);
  // 127.1 and 0x7f000001 are addresses to some resolvers: they are written out, or refused.
  return name === undefined || /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(name) ? undefined : name;
}

function toName(text: string): string | undefined {
  const name = /^[\u0020-\u007e]*$/.test(text) ? text : domainToASCII(text);
  return name.length <= longestName && hostName.test(name) ? name : undefined;
}

function isPartOfHost(text: Text): boolean {
  const literal = literalOf(text);
  return literal.length <= longestName && /^[\w.:[\]-]*$/.test(literal);
}
