import { createHash, timingSafeEqual } from 'node:crypto';
import type { Problem } from './problem.ts';

const keptMs = 5 * 60_000;
const keptAfterFailureMs = 5_000;

export type ReadToken = (signal: AbortSignal) => Promise<string | undefined>;

/**
 * Reads the write token through a cache: a token is kept for five minutes (so long may a changed one take to be seen),
 * a failure for five seconds, so that a flood of writes cannot become a flood of reads. Undefined: there is no token.
 * `onFailure` hears every failed read.
 */
export function cacheToken(read: ReadToken, now: () => number, onFailure: (error: unknown) => void): ReadToken {
  let kept: { readonly token: Promise<string | undefined>; readonly readAt: number; lifeMs: number } | undefined;
  return (signal) => {
    const ageMs = kept ? now() - kept.readAt : Number.POSITIVE_INFINITY;
    if (kept && ageMs >= 0 && ageMs < kept.lifeMs) return kept.token;
    const entry = { readAt: now(), lifeMs: keptMs, token: Promise.resolve<string | undefined>(undefined) };
    entry.token = read(signal).then(
      (value) => {
        const token = value?.trim();
        if (!token) entry.lifeMs = keptAfterFailureMs;
        return token || undefined;
      },
      (error) => {
        entry.lifeMs = keptAfterFailureMs;
        onFailure(error);
        return undefined;
      },
    );
    kept = entry;
    return entry.token;
  };
}

/**
 * Why this `authorization` header does not open the door, or undefined when it does. Digests are compared, in constant
 * time, so that neither the length nor the beginning of the token can be measured. RFC 6750 §3 for the challenge.
 */
export function findTokenProblem(authorization: string | undefined, token: string | undefined): Problem | undefined {
  if (token === undefined) {
    return {
      problem: 'token-unavailable',
      detail: 'writing is closed until the token can be read; links still redirect',
    };
  }
  const given = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return undefined;
  const challenge =
    authorization === undefined ? 'Bearer realm="links"' : 'Bearer realm="links", error="invalid_token"';
  return {
    problem: 'unauthorized',
    detail: 'send the header authorization: Bearer <token>',
    headers: { 'www-authenticate': challenge },
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
