import type { Request } from './http.ts';

/**
 * The origin under which a request reached us, for showing short URLs. `x-forwarded-proto` says the scheme, as API
 * Gateway sets it; without it, it is https everywhere but on loopback. What is no host is not shown: then it is empty,
 * and the short URL is a path.
 */
export function originOf({ headers, hosts }: Request): string {
  const host = hosts.find((candidate) => /^(?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(candidate));
  if (host === undefined) return '';
  const forwarded = headers['x-forwarded-proto'];
  const isPlain = forwarded === undefined ? /^(?:127\.|localhost\b|\[::1\])/i.test(host) : forwarded === 'http';
  return `${isPlain ? 'http' : 'https'}://${host}`;
}
