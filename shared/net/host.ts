import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import type { Endpoint } from './address-policy.ts';

const label = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostName = new RegExp(`^(${label}\\.)*${label}$`);
/** A last label of digits makes an address of it to some resolvers (`127.1`, `0x7f000001`). */
const almostAddress = /(^|\.)(\d+|0x[0-9a-f]*)$/i;
/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 , without the dots at the end. */
const longestName = 253;

/**
 * The host that a text names: an address without brackets, or a name in its ASCII form without the dot at its end.
 * Undefined where it is neither.
 */
export function parseHost(text: string): string | undefined {
  const bare = text.replace(/^\[(.*:.*)\]$/, '$1');
  if (isIP(bare)) return bare;
  const isPlain = /^[\w.-]+$/.test(text) || /[^\u0020-\u007e]/.test(text);
  const name = isPlain ? domainToASCII(text).replace(/\.$/, '') : '';
  if (almostAddress.test(name)) return undefined;
  return name.length <= longestName && hostName.test(name) ? name : undefined;
}

/** `host`, `host:port`, `[address]:port` or an address. Undefined where it is none of them. */
export function parseEndpoint(text: string, defaultPort: number): Endpoint | undefined {
  const [, bracketed, plain, port] = /^(?:(\[[^\]]+\])|([^:]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = parseHost(bracketed ?? plain ?? text);
  const number = Number(port ?? defaultPort);
  if (host === undefined || number < 1 || number > 65_535) return undefined;
  return { host, port: number };
}
