import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { startDeadline } from '../clock/deadline.ts';
import { sandboxDatabase } from './database-meter.ts';
import { createLines, createLog, type Log } from './log.ts';
import { secondsSinceStart } from './process-meter.ts';
import { createTelemetry, type SandboxTelemetry, type Telemetry } from './telemetry.ts';

const answerMs = 500;

/** What a handler knows of the invocation that it serves. */
export type Invocation = {
  /** Lambda's request id. */
  readonly id: string;
  readonly log: Log;
  /** Aborted half a second before Lambda would end the invocation, so that what was aborted can still be answered. */
  readonly deadline: AbortSignal;
  /** Until Lambda ends the invocation. */
  remainingMs(): number;
  /** Of the whole sandbox: the same for all of its invocations. */
  readonly telemetry: Telemetry;
};

export type HandlerOptions = {
  /** `METHOD /route` of the requests whose latency is worth a metric at the default. */
  readonly hotRoutes?: readonly string[];
};

/**
 * The one stack that every function runs in: a log with the invocation's context, a deadline, telemetry, and an error path that
 * logs what was thrown, once, and lets Lambda count it.
 */
export function lambdaHandler<Event, Answer>(
  name: string,
  run: (event: Event, invocation: Invocation) => Promise<Answer>,
  { hotRoutes = [] }: HandlerOptions = {},
): (event: Event, context: Context) => Promise<Answer> {
  const initSeconds = secondsSinceStart();
  let telemetry: SandboxTelemetry | undefined;
  return middy<Event, Answer>()
    .onError(({ context, error }) => {
      createInvocationLog(name, context)('error', 'invocation failed', describeError(error));
    })
    .handler(async (event: Event, context: Context) => {
      const deadline = startDeadline(Math.max(0, context.getRemainingTimeInMillis() - answerMs));
      telemetry ??= createSandboxTelemetry(name, hotRoutes, initSeconds);
      const begun = telemetry.begin();
      try {
        const answer = await run(event, {
          id: context.awsRequestId,
          log: createInvocationLog(name, context),
          deadline: deadline.signal,
          remainingMs: () => context.getRemainingTimeInMillis(),
          telemetry,
        });
        telemetry.end(begun, event, context, { answer });
        return answer;
      } catch (error) {
        telemetry.end(begun, event, context, { errorType: describeError(error)['error.type'] });
        throw error;
      } finally {
        deadline.end();
      }
    });
}

function createInvocationLog(name: string, context: Context): Log {
  const base = { 'faas.name': context.functionName || name, 'faas.invocation_id': context.awsRequestId };
  return createLog(base, write, Date.now);
}

function createSandboxTelemetry(name: string, hotRoutes: readonly string[], initSeconds: number): SandboxTelemetry {
  const { env } = process;
  const base = { 'faas.name': env['AWS_LAMBDA_FUNCTION_NAME'] || name, 'cloud.region': env['AWS_REGION'] };
  return createTelemetry({
    log: createLines(base, write, Date.now),
    now: Date.now,
    env,
    database: sandboxDatabase,
    initSeconds,
    hotRoutes,
  });
}

const write = (line: string) => process.stdout.write(line);

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
