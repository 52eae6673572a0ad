import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError, type Invocation, lambdaHandler } from '../../shared/lambda/handler.ts';
import type { Telemetry } from '../../shared/lambda/telemetry.ts';
import type { Answer } from './http.ts';
import { laterStore } from './later-store.ts';
import { readSettings } from './settings.ts';
import { createShortener, internalError, type Shortener } from './shortener.ts';
import { createAnswerTelemetry, hotRoutes } from './telemetry.ts';

let shortener: Shortener | undefined;

/** The URL shortener behind an HTTP API's `$default` route, payload 2.0. */
export const handler = lambdaHandler<unknown, Answer>('shortener', serve, { hotRoutes });

async function serve(event: unknown, invocation: Invocation): Promise<Answer> {
  try {
    shortener ??= wire(invocation.telemetry);
  } catch (error) {
    invocation.log('error', 'the shortener is not configured', describeError(error));
    return internalError(invocation.id);
  }
  return shortener(event, invocation);
}

function wire(telemetry: Telemetry): Shortener {
  const settings = readSettings(process.env);
  return createShortener(settings, {
    store: laterStore(async () => (await import('./store.ts')).createStore(settings.table)),
    readParameter: async (name, signal) => (await import('./parameter.ts')).readParameter(name, signal),
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    randomBytes,
    readAsset: (name) => readFile(new URL(`page/${name}`, import.meta.url), 'utf8'),
    onAnswered: createAnswerTelemetry(telemetry),
  });
}
