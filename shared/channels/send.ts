import { redactShort } from '../assertion/redact.ts';
import type { SentChannel } from '../config/model.ts';
import type { HttpAttempt, HttpOutcome } from '../http/model.ts';
import type { MachineMessage } from '../message/machine.ts';
import { alertmanager } from './alertmanager.ts';
import { answerText, waitAndSee } from './answer.ts';
import {
  type Delivery,
  type Failure,
  type Outcome,
  type SendDeps,
  type Service,
  UnsentError,
  type Verdict,
} from './model.ts';
import { pagerduty } from './pagerduty.ts';
import { secretsOfUrl } from './request.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { webhook } from './webhook.ts';

/** One service for each type of channel. */
const services: { readonly [Type in SentChannel['type']]: Service<Extract<SentChannel, { type: Type }>> } = {
  slack,
  pagerduty,
  teams,
  alertmanager,
  webhook,
};

/** An answer takes milliseconds; a service that is slower than this is as good as down. */
const attemptMs = 10_000;
const maxBodyBytes = 65_536;
/** Of one invocation. What then still fails is sent again by Lambda, a minute later. */
const mostAttempts = 3;
/** A service that asks for more is left alone until then. */
const longestWaitMs = 10_000;
const longestAnswer = 120;

/**
 * Sends one message to one channel: up to three times, a moment apart, as long as it may still be taken. Ends soon after the signal
 * is aborted. A service that fails is a result: never rejects for what is outside.
 */
export async function sendToChannel(
  channel: SentChannel,
  message: MachineMessage,
  deps: SendDeps,
  signal: AbortSignal,
): Promise<Delivery> {
  for (let attempts = 1; ; attempts += 1) {
    const { outcome, retryAfterMs = attempts * 1_000 } = await sendOnce(channel, message, deps, signal);
    const isOver = outcome.outcome !== 'failed' || outcome.isFinal || attempts >= mostAttempts;
    if (isOver || retryAfterMs > longestWaitMs || !(await pause(deps, retryAfterMs, signal)))
      return { ...outcome, attempts };
  }
}

/** What the service of a channel is called: `Slack`. */
export function serviceName({ type }: Pick<SentChannel, 'type'>): string {
  return services[type].name;
}

type Tried = { readonly outcome: Outcome; readonly retryAfterMs?: number };

async function sendOnce(
  channel: SentChannel,
  message: MachineMessage,
  { clock, runHttp, prepare, readSecret, runtimeApi }: SendDeps,
  signal: AbortSignal,
): Promise<Tried> {
  // The table has the service of each type: of which one this is, only the types no longer know.
  const service = services[channel.type] as Service<SentChannel>;
  try {
    const composed = await service.compose(channel, message, { now: clock.now(), readSecret });
    if ('skipped' in composed) return { outcome: { outcome: 'skipped', reason: composed.skipped } };
    const prepared = await prepare(composed.request, { timeoutMs: attemptMs, maxBodyBytes }, signal);
    if ('unsent' in prepared) throw new UnsentError(prepared.unsent, prepared.isFinal);
    const secrets = [...composed.secrets, ...prepared.secrets, ...hiddenOf(channel, prepared.value)];
    const policy = { allowPrivate: channel.allowPrivate, allowOrigins: [], ...(runtimeApi ? { runtimeApi } : {}) };
    return judge(service, await runHttp(prepared.value, { clock, policy, signal }), secrets);
  } catch (error) {
    if (!(error instanceof UnsentError)) throw error;
    return { outcome: failure(error.isFinal, sentence(error.message), unsentMend) };
  }
}

const unsentMend =
  'Look at its entry under channels:, and at the SSM parameters that it names, in this account and region.';

/** Of these services whoever knows the address may post: no part of it is shown. */
function hiddenOf({ type }: SentChannel, { url }: HttpAttempt): readonly string[] {
  return type === 'slack' || type === 'teams' || type === 'webhook' ? secretsOfUrl(url) : [];
}

function judge(service: Service<SentChannel>, sent: HttpOutcome, secrets: readonly string[]): Tried {
  const show = (text: string) => redactShort(text, secrets);
  if (!sent.ok) {
    const isFinal = sent.errorType === 'blocked';
    return {
      outcome: failure(isFinal, show(`${service.name}: ${sentence(sent.message)}`), isFinal ? unsentMend : waitAndSee),
    };
  }
  const { response } = sent;
  const { statusCode } = response;
  const verdict: Verdict = service.judge(response);
  const answer = cut(show(answerText(response)), longestAnswer);
  if (verdict.isTaken) return { outcome: { outcome: 'delivered', statusCode, answer } };
  const said = answer === '' ? '' : `: ${answer}`;
  return {
    outcome: { ...failure(verdict.isFinal, `${service.name} answered ${statusCode}${said}`, verdict.mend), statusCode },
    ...(verdict.retryAfterMs !== undefined && { retryAfterMs: verdict.retryAfterMs }),
  };
}

function failure(isFinal: boolean, problem: string, mend: string): Failure {
  return { outcome: 'failed', isFinal, problem, mend };
}

/** What puts requests together and sends them speaks of monitors and probes. */
function sentence(text: string): string {
  return text.replaceAll('the monitor', 'the channel').replaceAll('the probe', 'the message');
}

const cut = (text: string, longest: number): string =>
  text.length > longest ? `${text.slice(0, longest - 3)}...` : text;

async function pause({ clock }: SendDeps, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch {
    // There is no time left for another attempt.
    return false;
  }
}
