import { systemClock } from '../../shared/clock/clock.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import type { HttpAttempt, HttpDeps, HttpOutcome } from '../../shared/http/model.ts';
import { chainOf, makeCertificate } from './certificate-maker.ts';

/** An authority of tests alone, and a certificate of it for 127.0.0.1, localhost and app.test. */
export const authority = makeCertificate({ name: 'Test authority', isCa: true });
export const serverCertificate = chainOf(
  makeCertificate({ name: 'Test server', names: ['127.0.0.1', 'localhost', 'app.test'], issuer: authority }),
);

/** Sends one attempt with the real door: a GET that trusts the authority above and allows loopback, unless told otherwise. */
export function attemptHttp(
  changes: Partial<HttpAttempt> & { url: string },
  deps: Partial<HttpDeps> = {},
): Promise<HttpOutcome> {
  return runHttpAttempt(
    {
      method: 'GET',
      headers: {},
      httpVersion: '1.1',
      tls: { rejectUnauthorized: true, ca: authority.cert },
      followRedirects: true,
      maxRedirects: 5,
      maxBodyBytes: 1_048_576,
      timeoutMs: 2_000,
      ...changes,
    },
    {
      clock: systemClock,
      policy: { allowPrivate: true, allowOrigins: [] },
      signal: new AbortController().signal,
      ...deps,
    },
  );
}

/** What came of an attempt, in one line: `200 ok`, or the type and sentence of its error. */
export function showOutcome(outcome: HttpOutcome): string {
  if (!outcome.ok) return `${outcome.errorType}: ${outcome.message}`;
  const { statusCode, body, bodyProblem } = outcome.response;
  return `${statusCode} ${bodyProblem ?? body.toString('latin1')}`;
}
