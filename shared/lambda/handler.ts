import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createLog, type Log } from './log.ts';

/** What a handler knows of the invocation that it serves. */
export type Invocation = {
  /** Lambda's request id. */
  readonly id: string;
  readonly log: Log;
  /** Aborted shortly before Lambda would end the invocation. */
  readonly deadline: AbortSignal;
};

/** Kept back from the invocation's time, so that what was aborted can still be written down. */
const reserveMs = 500;

/**
 * The one stack that every function runs in: a log with the invocation's context, a deadline, and an error path that
 * logs what was thrown, once, and lets Lambda count it.
 */
export function lambdaHandler<Event, Answer>(
  name: string,
  run: (event: Event, invocation: Invocation) => Promise<Answer>,
): (event: Event, context: Context) => Promise<Answer> {
  const invocations = new WeakMap<object, { invocation: Invocation; end: () => void }>();
  const stack = middy()
    .use({
      before: ({ context }) => {
        invocations.set(context, begin(name, context));
      },
      after: ({ context }) => invocations.get(context)?.end(),
      onError: ({ context, error }) => {
        const entry = invocations.get(context);
        entry?.end();
        entry?.invocation.log('error', 'invocation failed', describeError(error));
      },
    })
    .handler(async (event: Event, context: Context) => {
      const entry = invocations.get(context) ?? begin(name, context);
      return run(event, entry.invocation);
    });
  return stack as unknown as (event: Event, context: Context) => Promise<Answer>;
}

function begin(name: string, context: Context) {
  const log = createLog(
    { 'faas.name': context.functionName ?? name, 'faas.invocation_id': context.awsRequestId },
    (line) => process.stdout.write(line),
    Date.now,
  );
  const controller = new AbortController();
  const left = Math.max(0, context.getRemainingTimeInMillis() - reserveMs);
  const timer = setTimeout(() => controller.abort(new Error('the invocation ran out of time')), left);
  timer.unref();
  return {
    invocation: { id: context.awsRequestId, log, deadline: controller.signal },
    end: () => clearTimeout(timer),
  };
}

/** `error.type` is the stable code where the error has one, else its name; causes are chained into the message. */
export function describeError(error: unknown): { 'error.type': string; 'exception.message': string } {
  const chain: string[] = [];
  for (let at: unknown = error; at instanceof Error && chain.length < 4; at = at.cause) chain.push(at.message);
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  return {
    'error.type': code ?? (error instanceof Error ? error.name : typeof error),
    'exception.message': chain.length > 0 ? chain.join(': ') : String(error),
  };
}
