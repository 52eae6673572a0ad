import type { HttpResponse } from '../http/model.ts';
import type { Verdict } from './model.ts';

/** Statuses after which the same request may be taken: too many, too early, too slow, and faults of the service itself. */
const passing = [408, 425, 429];
/** What a service asks for beyond this is as good as never. */
const longestWaitMs = 3_600_000;

/** Taken with any 2xx; else whether it is worth sending again. `mend` is for what is not. */
export function judgeStatus(response: HttpResponse, mend: string): Verdict {
  const { statusCode } = response;
  if (statusCode >= 200 && statusCode < 300) return { isTaken: true };
  if (!passing.includes(statusCode) && statusCode < 500)
    return { isTaken: false, isFinal: true, mend: mendOf(statusCode, mend) };
  const retryAfterMs = retryAfterOf(response);
  return {
    isTaken: false,
    isFinal: false,
    mend:
      statusCode === 429 ? 'It takes so many messages at once and no more: it is told again by itself.' : waitAndSee,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

export const waitAndSee =
  'It may be over already: look at the status page of the service, and whether it can be reached.';

function mendOf(statusCode: number, mend: string): string {
  if (statusCode >= 300 && statusCode < 400) return 'Redirects are not followed: write the address that it answers at.';
  if (statusCode === 413) return 'The message is too large for it.';
  return mend;
}

/** Seconds or a date (RFC 9110 §10.2.3), as ms from the answer's own date, or from 1970 where it has none; undefined for neither. */
function retryAfterOf({ headers }: HttpResponse): number | undefined {
  const said = headers['retry-after']?.trim() ?? '';
  if (/^\d{1,9}$/.test(said)) return Math.min(longestWaitMs, Number(said) * 1_000);
  const [until, from] = [Date.parse(said), Date.parse(headers['date'] ?? '')];
  if (Number.isNaN(until) || Number.isNaN(from)) return undefined;
  return Math.min(longestWaitMs, Math.max(0, until - from));
}

/** As much of an answer as says why; what is no text says nothing. */
export function answerText({ body }: Pick<HttpResponse, 'body'>): string {
  const text = body.subarray(0, 2_048).toString('utf8').replaceAll(/\s+/g, ' ').trim();
  return /^[\P{C}]*$/u.test(text) ? text : '';
}
