import { evaluateAssertion, needsBody } from '../assertion/evaluate.ts';
import { redactShort } from '../assertion/redact.ts';
import { prepareResponse } from '../assertion/response.ts';
import { startDeadline, untilAborted } from '../clock/deadline.ts';
import type { Assertion, ErrorType, HttpMonitor, Text } from '../config/model.ts';
import type { HttpAttempt, HttpOutcome, HttpResponse } from '../http/attempt.ts';
import type { AttemptResult, ProbeDeps } from './prober.ts';
import type { ResolvedText } from './resolve-text.ts';
import type { AssertionResult } from './result.ts';

/** One attempt on an http target: resolve its references, send, judge every assertion, name the outcome. */
export async function probeHttp(monitor: HttpMonitor, deps: ProbeDeps): Promise<AttemptResult> {
  const request = await resolveRequest(monitor, deps);
  if ('unresolved' in request) return unjudged(request.unresolved);
  const outcome = await deps.runHttp(request.attempt, {
    clock: deps.clock,
    signal: deps.signal,
    policy: {
      allowPrivate: monitor.allowPrivate,
      allowOrigins: deps.allowOrigins,
      ...(deps.runtimeApi === undefined ? {} : { runtimeApi: deps.runtimeApi }),
    },
  });
  const measured = {
    latencyMs: round(outcome.latencyMs),
    phases: roundPhases(outcome.phases),
    redirects: outcome.redirects,
  };
  if (!outcome.ok) {
    const failed = failure(outcome, request.secrets);
    return { ...measured, ...failed, ...(failed.isSent ? {} : unmeasured) };
  }
  return { ...measured, ...(await judge(monitor, outcome.response, measured.latencyMs, request.secrets)) };
}

type ResolvedRequest = { attempt: HttpAttempt; secrets: readonly string[] } | { unresolved: string };

async function resolveRequest(monitor: HttpMonitor, deps: ProbeDeps): Promise<ResolvedRequest> {
  const { url, headers, ...request } = monitor.request;
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
      ...request,
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

/** Nothing was sent, so there is nothing to measure. */
const unmeasured = { latencyMs: 0, phases: { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 } };

type Judged = Omit<AttemptResult, 'latencyMs' | 'phases' | 'redirects'>;

/** The fault is our own: nothing was sent. */
function unjudged(message: string): AttemptResult {
  return {
    outcome: 'unknown',
    errorType: 'monitor',
    message: redactShort(message, []),
    ...unmeasured,
    assertions: [],
    redirects: 0,
    isWorthConfirming: false,
    isSent: false,
  };
}

const networkErrors: readonly ErrorType[] = ['resolve', 'connect', 'tls', 'timeout', 'protocol', 'body'];

function failure(outcome: HttpOutcome & { ok: false }, secrets: readonly string[]): Judged {
  const { errorType, message, statusCode, redirects } = outcome;
  return {
    outcome: outcomeOf(errorType),
    errorType,
    message: redactShort(message, secrets),
    ...(statusCode === undefined ? {} : { statusCode }),
    assertions: [],
    isWorthConfirming: networkErrors.includes(errorType),
    isSent: errorType !== 'blocked' || redirects > 0,
  };
}

function outcomeOf(errorType: ErrorType): 'failed' | 'unknown' | 'blocked' {
  if (errorType === 'monitor') return 'unknown';
  return errorType === 'blocked' ? 'blocked' : 'failed';
}

async function judge(
  monitor: HttpMonitor,
  response: HttpResponse,
  latencyMs: number,
  secrets: readonly string[],
): Promise<Judged> {
  const { statusCode, headers, bodyProblem } = response;
  const body = bodyProblem === undefined ? { text: decodeText(response) } : { problem: bodyProblem };
  const prepared = await prepareResponse({ statusCode, latencyMs, headers, body }, monitor.assertions);
  const assertions = monitor.assertions.map((assertion) => evaluateAssertion(assertion, prepared, secrets));
  const failedAt = assertions.findIndex(({ passed, severity }) => !passed && severity === 'fail');
  const common = { statusCode, assertions, isSent: true, isWorthConfirming: failedAt >= 0 && statusCode >= 500 };
  if (failedAt >= 0) {
    const isBody = bodyProblem !== undefined && isBodyMiss(monitor.assertions[failedAt]);
    const message = redactShort(sentence(assertions[failedAt]), secrets);
    return { ...common, outcome: 'failed', errorType: isBody ? 'body' : 'assertion', message };
  }
  const slow = slowness(monitor, latencyMs) ?? sentence(assertions.find(({ passed }) => !passed));
  return slow === ''
    ? { ...common, outcome: 'passed' }
    : { ...common, outcome: 'degraded', message: redactShort(slow, secrets) };
}

function isBodyMiss(assertion: Assertion | undefined): boolean {
  return assertion !== undefined && needsBody(assertion);
}

function slowness({ degradedAfterMs }: HttpMonitor, latencyMs: number): string | undefined {
  if (degradedAfterMs === undefined || latencyMs <= degradedAfterMs) return undefined;
  return `it took ${Math.round(latencyMs)} ms, longer than ${degradedAfterMs} ms`;
}

function sentence(missed: AssertionResult | undefined): string {
  if (!missed) return '';
  return `${missed.assertion}, but found ${missed.actual === null ? 'nothing' : missed.actual}`;
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

/** Microseconds are as fine as the clock is. */
function round(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

function roundPhases(phases: HttpOutcome['phases']): HttpOutcome['phases'] {
  return {
    resolveMs: round(phases.resolveMs),
    connectMs: round(phases.connectMs),
    tlsMs: round(phases.tlsMs),
    processingMs: round(phases.processingMs),
    transferMs: round(phases.transferMs),
  };
}
