import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError, lambdaHandler } from '../../shared/lambda/handler.ts';
import type { Answer } from './http.ts';
import { readSettings } from './settings.ts';
import { createShortener, internalError, type Shortener } from './shortener.ts';
import { createStore, readParameter } from './store.ts';

let shortener: Shortener | undefined;

/** The URL shortener behind an HTTP API's `$default` route, payload 2.0. */
export const handler = lambdaHandler<unknown, Answer>('shortener', async (event, invocation) => {
  try {
    shortener ??= wire();
  } catch (error) {
    invocation.log('error', 'the shortener is not configured', describeError(error));
    return internalError(invocation.id);
  }
  return shortener(event, invocation);
});

function wire(): Shortener {
  const settings = readSettings(process.env);
  return createShortener(settings, {
    store: createStore(settings.table),
    readParameter,
    now: Date.now,
    sleep: (ms, signal) => delay(ms, undefined, { signal }),
    random: Math.random,
    randomBytes,
  });
}
