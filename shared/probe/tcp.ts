import { type Expressions, loadExpressions } from '../assertion/expression.ts';
import type { DialogueStep, TcpMonitor } from '../config/model.ts';
import { defaultTls, type ResolvedTls, type TlsFacts } from '../net/tls-model.ts';
import { type ConnectionDeps, openConversation, readTarget, secureConversation, type Target } from './connection.ts';
import { type ReadyStep, runDialogue } from './dialogue.ts';
import { type Found, measureAttempt } from './measure.ts';
import { type ReadText, readTls } from './prepare.ts';
import type { Prober } from './prober.ts';
import { viewTls } from './tls-view.ts';
import { warmUpTcp } from './warm-up.ts';

/**
 * One attempt on a TCP port: connect, TLS where it is asked for, the dialogue. The phases are resolve, connect, tls, processing
 * (until the first byte that the target sends) and transfer (the rest). All that came is the body.
 */
export const probeTcp: Prober<TcpMonitor> = async (monitor, deps) => {
  await warmUpTcp(measureTcp, deps);
  return measureTcp(monitor, deps);
};

/** Without the warm-up. */
export const measureTcp: Prober<TcpMonitor> = (monitor, deps) =>
  measureAttempt(monitor, deps, {
    prepare: (read) => prepare(monitor, read),
    examine: (ready, run) => examine(ready, monitor.maxBodyBytes, { monitor, deps, run }),
  });

type Ready = {
  readonly target: Target;
  readonly steps: readonly ReadyStep[];
  readonly settings: ResolvedTls | undefined;
  readonly expressions: Expressions | undefined;
};

async function prepare({ request }: TcpMonitor, read: ReadText): Promise<Ready> {
  const { dialogue, tls } = request;
  return {
    target: await readTarget(request, read),
    steps: await Promise.all(dialogue.map((step) => readStep(step, read))),
    settings: tls || hasStartTls(dialogue) ? await readTls(tls ?? defaultTls, read) : undefined,
    expressions: await readExpressions(dialogue),
  };
}

/** Compiles them, too: the target must not be charged for that. */
async function readExpressions(dialogue: readonly DialogueStep[]): Promise<Expressions | undefined> {
  const patterns = dialogue.flatMap((step) => ('matches' in step ? [step.matches] : []));
  if (patterns.length === 0) return undefined;
  const expressions = await loadExpressions();
  for (const pattern of patterns) expressions.find(pattern, '220 ready');
  return expressions;
}

const hasStartTls = (steps: readonly (DialogueStep | ReadyStep)[]): boolean => steps.some((step) => 'startTls' in step);

async function readStep(step: DialogueStep, read: ReadText): Promise<ReadyStep> {
  return 'send' in step ? { send: await read(step.send) } : step;
}

async function examine(
  { target, steps, settings, expressions }: Ready,
  maxBodyBytes: number,
  connection: ConnectionDeps,
): Promise<Found> {
  const { deps, run } = connection;
  const conversation = await openConversation(target, connection, { limitBytes: maxBodyBytes, limitType: 'body' });
  let facts: TlsFacts | undefined;
  const secure = async () => {
    facts = await secureConversation(conversation, target.endpoint, settings ?? defaultTls, run);
  };
  try {
    if (settings && !hasStartTls(steps)) await secure();
    await runDialogue(steps, { conversation, secure, expressions, run });
    const tls = facts ? viewTls(facts, deps.clock.now()) : {};
    return { body: { text: conversation.received().toString() }, ...tls };
  } finally {
    conversation.close();
  }
}
