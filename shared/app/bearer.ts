import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether an `authorization` header carries this bearer token. Digests are compared, in constant time, so that neither its
 * length nor its beginning can be measured. An empty token opens nothing.
 */
export function carriesToken(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  return token !== '' && given !== undefined && timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
