import type { Telemetry } from '../../shared/lambda/telemetry.ts';
import type { Answered } from './ports.ts';

/** The routes whose latency is a metric at the default: following a link is what the shortener is for. */
export const hotRoutes: readonly string[] = ['GET /{code}'];

/** The names of its caches. */
export const caches = ['links'] as const;

/** Hears of every answer of the shortener, beside the id of the invocation that gave it, and tells the sandbox's telemetry. */
export function createAnswerTelemetry(telemetry: Telemetry): (answered: Answered, invocationId: string) => void {
  return ({ route, method, status, durationMs, cache, errorType }, invocationId) =>
    telemetry.served(invocationId, {
      ...{ route, method, status, durationMs },
      ...(cache && { cache: { name: caches[0], isHit: cache === 'hit' } }),
      ...(errorType && { errorType }),
    });
}
