import { isPublicAddress, isPublicName } from './host.ts';

export type UrlFault = { readonly code: string; readonly detail: string };

/** The longest URL that a link may have, in characters. */
const longestUrl = 2_048;

/**
 * What is wrong with a URL to be shortened, or undefined when nothing is. It is judged, never changed: the redirect
 * sends it byte for byte. `ownHosts` are the names under which this shortener was called. Nothing is looked up.
 */
export function findUrlFault(input: unknown, ownHosts: readonly string[]): UrlFault | undefined {
  if (typeof input !== 'string') return { code: 'url-type', detail: 'url must be a string' };
  if (input.length > longestUrl) {
    return { code: 'url-too-long', detail: `url must have at most ${longestUrl} characters, got ${input.length}` };
  }
  return findTextFault(input) ?? findHostFault(input, ownHosts) ?? findForeignCharacters(input);
}

/** What the characters alone tell, before any parser may mend, trim or guess. */
function findTextFault(text: string): UrlFault | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    return { code: 'url-scheme', detail: 'url must start with http:// or https://' };
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (/[\u0000-\u0020\u007f-\u00a0\u2028\u2029\\<>"]/.test(text)) {
    return { code: 'url-characters', detail: 'url must have no space, control character, backslash, quote, < or >' };
  }
  const authority = /^https?:\/\/([^/?#]+)/i.exec(text)?.[1];
  if (authority === undefined) return { code: 'url-syntax', detail: 'url must be absolute: https://host/path' };
  if (authority.includes('@')) return { code: 'url-userinfo', detail: 'url must have no user name or password' };
  return undefined;
}

/** What the host tells once WHATWG URL has brought every notation (decimal, hex, octal, short, full-width) to one. */
function findHostFault(text: string, ownHosts: readonly string[]): UrlFault | undefined {
  if (!URL.canParse(text)) return { code: 'url-syntax', detail: 'url is not a valid URL' };
  const host = bareHost(new URL(text).hostname);
  if (ownHosts.some((own) => hostOf(own) === host)) {
    return { code: 'url-loop', detail: 'url must not lead back to this shortener' };
  }
  const isAddress = host.startsWith('[') || /^\d+\.\d+\.\d+\.\d+$/.test(host);
  if (!isAddress && !isNameWellFormed(host)) return { code: 'url-host', detail: 'url must have a valid host name' };
  if (isAddress ? isPublicAddress(host) : isPublicName(host)) return undefined;
  return { code: 'url-private', detail: 'url must have a public host: no private, local or reserved address or name' };
}

/** A header can carry ASCII alone, and the URL is sent as it was given: so the ASCII form has to be given. */
function findForeignCharacters(text: string): UrlFault | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, all of it
  if (/^[\u0000-\u007f]*$/.test(text)) return undefined;
  const { href } = new URL(text);
  const hint = href.length <= longestUrl ? `: ${href}` : '';
  return { code: 'url-not-ascii', detail: `url must be ASCII, so percent-encode it and use a punycode host${hint}` };
}

/** The normalised name in a Host header, without its port; undefined when it is no host. */
function hostOf(own: string): string | undefined {
  const text = `http://${own}`;
  return URL.canParse(text) ? bareHost(new URL(text).hostname) : undefined;
}

/** One trailing dot is the root of the DNS, and changes nothing. */
function bareHost(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

/** Lengths of RFC 1035 §2.3.4; underscores are common in practice and allowed. */
function isNameWellFormed(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label));
}
