import { startDeadline, untilAborted } from '../clock/deadline.ts';
import { explainError } from '../net/explain.ts';
import { startStopwatch } from '../net/phases.ts';
import { prepareTls } from '../net/tls.ts';
import { type DecodedBody, decodeBody } from './decode.ts';
import { followRedirects, type Run } from './hops.ts';
import { loadHttp2 } from './http2-door.ts';
import type { HttpAttempt, HttpDeps, HttpResponse, RunHttpAttempt } from './model.ts';
import { warmUp } from './warm-up.ts';

/**
 * Runs one attempt on fresh connections, within its timeout. A target that fails is a result: this never rejects.
 * Messages are sentences for people without userinfo and query of any URL. What the first attempts of a process cost
 * this machine is spent before the clock starts.
 */
export const runHttpAttempt: RunHttpAttempt = async (attempt, deps) => {
  await prepareHttp({ clock: deps.clock });
  return measureAttempt(attempt, deps);
};

/** Once for the process: it is no state of any target. */
let warm: Promise<void> | undefined;

/**
 * Spends what the first attempts of a process cost this machine before any target is charged for it; with `tls`, what makes
 * TLS ready (15 ms of CPU), too. Never rejects, and takes half a second at most.
 */
export function prepareHttp({
  clock,
  tls = false,
}: Pick<HttpDeps, 'clock'> & { readonly tls?: boolean }): Promise<void> {
  if (tls) prepareTls();
  warm ??= warmUp(measureAttempt, clock);
  return warm;
}

const measureAttempt: RunHttpAttempt = async (attempt, deps) => {
  const fault = await prepareAttempt(attempt);
  const run: Run = {
    attempt,
    deps,
    stopwatch: startStopwatch(deps.clock),
    deadline: startDeadline(attempt.timeoutMs, deps.signal),
    phase: 'resolve',
    redirects: 0,
    certificateExpiresAt: undefined,
  };
  try {
    if (fault) throw fault.error;
    const response = await readResponse(run);
    return { ok: true, ...measured(run), response };
  } catch (error) {
    const { errorType, message } = explainError(error, { ...run, timeoutMs: attempt.timeoutMs });
    run.stopwatch.mark(run.phase);
    const { statusCode } = run;
    return { ok: false, ...measured(run), errorType, message, ...(statusCode ? { statusCode } : {}) };
  } finally {
    run.deadline.end();
  }
};

/** What only some attempts need is made ready before their clock starts. The answer is why it cannot be. */
async function prepareAttempt({
  url,
  tls,
  httpVersion,
}: HttpAttempt): Promise<{ readonly error: unknown } | undefined> {
  try {
    if (url.startsWith('https:')) prepareTls(tls);
    if (httpVersion === '2') await loadHttp2();
    return undefined;
  } catch (error) {
    return { error };
  }
}

function measured({ stopwatch, redirects, certificateExpiresAt }: Run) {
  const certificate = certificateExpiresAt === undefined ? {} : { certificateExpiresAt };
  return { latencyMs: stopwatch.latencyMs(), phases: stopwatch.phases(), redirects, ...certificate };
}

async function readResponse(run: Run): Promise<HttpResponse> {
  const { maxBodyBytes } = run.attempt;
  const { isCut, ...response } = await followRedirects(run);
  if (isCut) return { ...response, bodyProblem: `the body is longer than ${maxBodyBytes} bytes` };
  const encoding = response.headers['content-encoding'];
  if (encoding === undefined) return response;
  const decoded = await untilAborted<DecodedBody>(run.deadline.signal, (resolve, reject) => {
    decodeBody(response.body, encoding, maxBodyBytes).then(resolve, reject);
    return () => {};
  });
  return { ...response, ...decoded };
}
