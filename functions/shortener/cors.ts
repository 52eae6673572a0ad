import type { Answer, Request } from './http.ts';
import { emptyAnswer } from './http.ts';
import type { Settings } from './settings.ts';

type Origins = Settings['corsOrigins'];
type Headers = Readonly<Record<string, string>>;

const taken = 'authorization, content-type, idempotency-key, if-none-match';
const exposed = 'etag, idempotency-replayed, location, retry-after, www-authenticate, x-request-id';
/** Browsers keep the answer to a preflight for ten minutes; some cap it there anyway. */
const keptSeconds = 600;

/**
 * What an answer has to carry so that the page that asked may read it (Fetch standard, CORS protocol). Undefined where
 * nobody may. No credentials: the token goes in a header that a script sets.
 */
export function corsHeaders(origins: Origins, { headers }: Request): Headers | undefined {
  if (origins === '*') return { 'access-control-allow-origin': '*', 'access-control-expose-headers': exposed };
  if (origins.length === 0) return undefined;
  const origin = headers['origin'];
  if (origin === undefined || !origins.includes(origin)) return { vary: 'Origin' };
  return { 'access-control-allow-origin': origin, 'access-control-expose-headers': exposed, vary: 'Origin' };
}

/** The answer to a preflight of a page that may call; undefined when it is none, or of a page that may not. */
export function preflight(origins: Origins, { method, headers }: Request, allow: string): Answer | undefined {
  const origin = headers['origin'];
  if (method !== 'OPTIONS' || origin === undefined || headers['access-control-request-method'] === undefined) return;
  if (origins !== '*' && !origins.includes(origin)) return;
  return emptyAnswer(204, {
    'access-control-allow-methods': allow,
    'access-control-allow-headers': taken,
    'access-control-max-age': String(keptSeconds),
  });
}
