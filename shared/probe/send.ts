import type { Answer } from '../assertion/response.ts';
import type { Monitor } from '../config/model.ts';
import type { HttpAttempt, HttpOutcome, HttpResponse } from '../http/model.ts';
import type { Failure } from './judge.ts';
import { roundMs, roundPhases, unmeasured } from './judge.ts';
import { type ProbeDeps, policyOf } from './prober.ts';
import type { ProbeResult } from './result.ts';
import { viewTls } from './tls-view.ts';
import type { Strain } from './watch.ts';

type Measured = Pick<ProbeResult, 'latencyMs' | 'phases' | 'redirects' | 'isContaminated' | 'certificateExpiresAt'>;

type Sent = { readonly measured: Measured; readonly strain: Strain };
export type Answered = Sent & { readonly answer: Answer };
export type Unanswered = Sent & { readonly failure: Failure };

/** Sends one request of a monitor and measures it. Where nothing left this machine, nothing is measured. Never rejects. */
export async function send(attempt: HttpAttempt, monitor: Monitor, deps: ProbeDeps): Promise<Answered | Unanswered> {
  const endSample = deps.watch.begin();
  const { clock, signal } = deps;
  const outcome = await deps.runHttp(attempt, { clock, signal, policy: policyOf(monitor, deps) });
  const strain = endSample();
  const measured = measuredOf(outcome, strain);
  if (!outcome.ok) {
    const isSent = outcome.errorType !== 'blocked' || outcome.redirects > 0;
    return { measured: isSent ? measured : unmeasured, strain, failure: { ...outcome, isSent } };
  }
  return { measured, strain, answer: answerOf(outcome.response, measured, clock.now()) };
}

function measuredOf(outcome: HttpOutcome, { isContaminated }: Strain): Measured {
  const { latencyMs, phases, redirects, certificateExpiresAt } = outcome;
  const certificate = certificateExpiresAt === undefined ? {} : { certificateExpiresAt };
  return { latencyMs: roundMs(latencyMs), phases: roundPhases(phases), redirects, isContaminated, ...certificate };
}

function answerOf(response: HttpResponse, measured: Measured, now: number): Answer {
  const { statusCode, headers, bodyProblem, tls } = response;
  const body = bodyProblem === undefined ? { text: decodeText(response) } : { problem: bodyProblem };
  return { ...measured, statusCode, headers, body, ...(tls ? viewTls(tls, now) : {}) };
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
