import { startDeadline, untilAborted } from '../clock/deadline.ts';
import type { HttpMonitor, Text } from '../config/model.ts';
import type { HttpAttempt, HttpResponse } from '../http/attempt.ts';
import { judgeAnswer, judgeFailure, roundMs, roundPhases, unmeasured, unsent } from './judge.ts';
import { type AttemptResult, type ProbeDeps, policyOf } from './prober.ts';
import type { ResolvedText } from './resolve-text.ts';

/** One attempt on an http target: resolve its references, send, judge every assertion, name the outcome. */
export async function probeHttp(monitor: HttpMonitor, deps: ProbeDeps): Promise<AttemptResult> {
  const request = await resolveRequest(monitor, deps);
  if ('unresolved' in request) return unsent(request.unresolved);
  const endSample = deps.watch.begin();
  const outcome = await deps.runHttp(request.attempt, {
    clock: deps.clock,
    signal: deps.signal,
    policy: policyOf(monitor, deps),
  });
  const strain = endSample();
  const measured = {
    latencyMs: roundMs(outcome.latencyMs),
    phases: roundPhases(outcome.phases),
    redirects: outcome.redirects,
    isContaminated: strain.isContaminated,
  };
  if (!outcome.ok) {
    const isSent = outcome.errorType !== 'blocked' || outcome.redirects > 0;
    const failed = judgeFailure({ ...outcome, isSent }, strain, monitor.timeoutMs, request.secrets);
    return { ...measured, ...failed, ...(isSent ? {} : unmeasured) };
  }
  const { statusCode, headers, bodyProblem } = outcome.response;
  const body = bodyProblem === undefined ? { text: decodeText(outcome.response) } : { problem: bodyProblem };
  return { ...measured, ...(await judgeAnswer(monitor, { ...measured, statusCode, headers, body }, request.secrets)) };
}

type ResolvedRequest = { attempt: HttpAttempt; secrets: readonly string[] } | { unresolved: string };

async function resolveRequest(monitor: HttpMonitor, deps: ProbeDeps): Promise<ResolvedRequest> {
  const { url, headers, method, followRedirects, maxRedirects, httpVersion } = monitor.request;
  const texts: [string, Text][] = [['', url], ...Object.entries(headers)];
  const resolved = await withinTimeout(Promise.all(texts.map(([, text]) => deps.resolveText(text))), monitor, deps);
  if ('unresolved' in resolved) return resolved;
  const values: string[] = [];
  for (const each of resolved.texts) {
    if ('unresolved' in each) return each;
    values.push(each.value);
  }
  const [target = '', ...fields] = values;
  const names = texts.slice(1).map(([name]) => name);
  return {
    attempt: {
      method,
      followRedirects,
      maxRedirects,
      httpVersion,
      url: target,
      headers: Object.fromEntries(names.map((name, index) => [name, fields[index] ?? ''])),
      maxBodyBytes: monitor.maxBodyBytes,
      timeoutMs: monitor.timeoutMs,
    },
    secrets: resolved.texts.flatMap((each) => ('secrets' in each ? each.secrets : [])),
  };
}

/** A parameter store that hangs must not hold the probe up. */
async function withinTimeout(
  texts: Promise<readonly ResolvedText[]>,
  monitor: HttpMonitor,
  deps: ProbeDeps,
): Promise<{ texts: readonly ResolvedText[] } | { unresolved: string }> {
  const deadline = startDeadline(monitor.timeoutMs, deps.signal);
  try {
    const waited = untilAborted<readonly ResolvedText[]>(deadline.signal, (resolve, reject) => {
      texts.then(resolve, reject);
      return () => {};
    });
    return { texts: await waited };
  } catch {
    // Whatever went wrong, the request is not complete and is not sent.
    return { unresolved: `its references were not resolved within ${monitor.timeoutMs} ms` };
  } finally {
    deadline.end();
  }
}

/** The body as text in its announced charset; UTF-8 where there is none that is known. */
function decodeText({ body, headers }: HttpResponse): string {
  const charset = /charset="?([\w:.-]{1,40})/i.exec(headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    // A charset that nobody knows: UTF-8 is the best guess.
    return new TextDecoder().decode(body);
  }
}
