import type { HttpMethod } from '../config/model.ts';
import { AttemptError } from '../net/error.ts';
import type { ResponseHead } from './response-parser.ts';

export type Hop = { readonly url: URL; readonly method: HttpMethod };

const redirectStatuses = [301, 302, 303, 307, 308];

/** A status that redirects, and a Location; without one it is an answer like any other (RFC 9110 §15.4). */
export function isRedirect({ statusCode, headers }: ResponseHead): boolean {
  return redirectStatuses.includes(statusCode) && headers['location'] !== undefined;
}

/**
 * Where a redirect leads: 303 to a GET, 301 and 302 of a POST to a GET as well (fetch's rule), otherwise the same method.
 * Throws an AttemptError of type `redirect` for a Location that is no http or https URL.
 */
export function nextHop({ url, method }: Hop, { statusCode, headers }: ResponseHead): Hop {
  const location = decodeLocation(headers['location'] ?? '');
  if (location === '' || !URL.canParse(location, url.href)) {
    throw new AttemptError('redirect', `the Location that ${showUrl(url)} redirects to is not a URL`);
  }
  const next = new URL(location, url.href);
  if (next.protocol !== 'http:' && next.protocol !== 'https:') {
    throw new AttemptError('redirect', `${showUrl(url)} redirects to a ${next.protocol} URL, which is not followed`);
  }
  next.username = '';
  next.password = '';
  const becomesGet = (statusCode === 303 && method !== 'HEAD') || (statusCode < 303 && method === 'POST');
  return { url: next, method: becomesGet ? 'GET' : method };
}

/** Headers are kept as latin1; a Location beyond ASCII is UTF-8 wherever it is meant to work. */
function decodeLocation(location: string): string {
  return Buffer.from(location, 'latin1').toString('utf8').trim();
}

/** A URL for people: without userinfo, query and fragment, at most 120 characters. */
export function showUrl(url: URL): string {
  const shown = `${url.origin}${url.pathname}`;
  return shown.length > 120 ? `${shown.slice(0, 117)}...` : shown;
}
