import { createHash } from 'node:crypto';
import type { Answer, Request } from './http.ts';

/** Kept by nobody but who asked, and never used without asking again. */
export const privately = 'private, no-cache';
/** The same for everybody, and good for five minutes. */
export const publicly = 'public, max-age=300';

/**
 * A 200 with its `etag`, or a 304 where the caller has just this already (RFC 9110 §13.1.2: compared weakly). What is
 * hashed is the body.
 */
export function revalidate({ headers }: Request, answer: Answer, cacheControl: string): Answer {
  const etag = `"${createHash('sha256').update(answer.body).digest('base64url').slice(0, 22)}"`;
  const all: Answer['headers'] = { ...answer.headers, etag, 'cache-control': cacheControl };
  const { 'content-type': _, ...rest } = all;
  // Whoever keeps the answer takes the headers of a 304 over, its policy too, so they have to be the same.
  if (isAmong(headers['if-none-match'], etag)) return { statusCode: 304, headers: rest, body: '' };
  return { ...answer, headers: all };
}

function isAmong(given: string | undefined, etag: string): boolean {
  if (given === undefined) return false;
  return given.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === etag);
}
