import type { Expressions } from '../assertion/expression.ts';
import type { DialogueStep } from '../config/model.ts';
import type { Conversation } from '../net/conversation.ts';
import { AttemptError } from '../net/error.ts';
import type { Run } from './measure.ts';
import { quote, showReceived } from './received.ts';

/** A step whose references are resolved. */
export type ReadyStep = { readonly send: string } | Exclude<DialogueStep, { readonly send: unknown }>;

export type DialogueDeps = {
  readonly conversation: Conversation;
  /** Makes TLS of the connection. */
  readonly secure: () => Promise<void>;
  /** There when a step matches an expression. */
  readonly expressions?: Expressions | undefined;
  readonly run: Run;
};

/**
 * Speaks the steps one after the other. What is looked for must come after what the step before found; a `send` and a
 * `startTls` leave behind all that had come until then, so that the answer to it is what is looked at next. Texts are sent and
 * looked for as UTF-8. Rejects with an AttemptError that names the step and shows what came instead, or with the signal's
 * reason.
 */
export async function runDialogue(steps: readonly ReadyStep[], deps: DialogueDeps): Promise<void> {
  let from = 0;
  for (const [index, step] of steps.entries()) {
    const name = `step ${index + 1} (${showStep(step)})`;
    const instead = (): string => {
      const since = deps.conversation.received().subarray(from);
      return since.length > 0 || 'expect' in step || 'matches' in step
        ? `; received ${showReceived(since, deps.run.secrets)}`
        : '';
    };
    const isTls = 'startTls' in step;
    deps.run.explainTimeout = (timeoutMs) => `${name}: ${undone(step)} within ${timeoutMs} ms${isTls ? '' : instead()}`;
    try {
      from = await runStep(step, from, deps);
    } catch (error) {
      if (!(error instanceof AttemptError)) throw error;
      const came = isTls && error.errorType === 'tls' ? '' : instead();
      throw new AttemptError(error.errorType, `${name}: ${error.message}${came}`, { cause: error });
    }
  }
  deps.run.explainTimeout = undefined;
}

/** Answers where the next step begins to look. */
async function runStep(step: ReadyStep, from: number, deps: DialogueDeps): Promise<number> {
  const { conversation } = deps;
  if ('send' in step) {
    const start = conversation.received().length;
    await conversation.send(Buffer.from(step.send));
    return start;
  }
  if ('expect' in step) return findText(step.expect, from, conversation);
  if ('matches' in step) return findMatch(step.matches, from, deps);
  await expectNoMore(conversation, from);
  await deps.secure();
  return conversation.received().length;
}

/** Where the text ends. What was looked through is not looked through again. */
function findText(text: string, from: number, { find }: Conversation): Promise<number> {
  const wanted = Buffer.from(text);
  let start = from;
  return find((received) => {
    const at = received.indexOf(wanted, start);
    start = Math.max(from, received.length - wanted.length + 1);
    return at < 0 ? undefined : at + wanted.length;
  });
}

/** An answer that an expression is looked for in is a few lines: a longer one costs too much to look through again and again. */
const longestMatched = 65_536;

/** Where what the expression found ends. */
function findMatch(pattern: string, from: number, { conversation, expressions }: DialogueDeps): Promise<number> {
  if (!expressions) throw new AttemptError('monitor', 'the engine for expressions was not loaded');
  const longest = Math.min(longestMatched, Math.floor(expressions.longestText(pattern) / 2));
  return conversation.find((received) => {
    // Never longer in characters than in bytes.
    const text = received.subarray(from, from + longest).toString();
    const [found] = expressions.find(pattern, text) ?? [];
    if (typeof found === 'string') return endOf(Buffer.from(found), received, from);
    if (received.length - from < longest) return undefined;
    throw new AttemptError('body', `the expression found nothing in the first ${longest} bytes`);
  });
}

/** Where the bytes end; the end of all that came where they are not in it, as with text that is no UTF-8. */
function endOf(bytes: Buffer, received: Buffer, from: number): number {
  const at = received.indexOf(bytes, from);
  return at < 0 ? received.length : at + bytes.length;
}

/** Before TLS begins, the rest of the line of the answer that allowed it is waited for where some of it is there already. */
async function expectNoMore(conversation: Conversation, from: number): Promise<void> {
  const end = await conversation.find((received) => {
    if (received.length === from || received[from - 1] === lineFeed) return from;
    const lineEnd = received.indexOf(lineFeed, from);
    return lineEnd < 0 ? undefined : lineEnd + 1;
  });
  refuseMore(conversation, end);
}

/**
 * Throws an AttemptError where more came than the answer that lets TLS begin: somebody in between put it in, and must not be
 * believed. https://nostarttls.secvuln.info
 */
export function refuseMore(conversation: Conversation, end: number): void {
  if (conversation.received().length === end) return;
  throw new AttemptError('protocol', 'the target sent more in plain text after the answer that lets TLS begin');
}

const lineFeed = 10;

function showStep(step: ReadyStep): string {
  if ('send' in step) return 'send';
  if ('startTls' in step) return 'startTls';
  return 'expect' in step ? `expect ${quote(step.expect)}` : `matches ${quote(step.matches)}`;
}

function undone(step: ReadyStep): string {
  if ('send' in step) return 'it was not taken by the target';
  if ('startTls' in step) return 'the TLS handshake was not finished';
  return 'expect' in step ? 'it was not received' : 'nothing that it matches was received';
}
