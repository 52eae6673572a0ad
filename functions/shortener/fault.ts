import type { JsonObject } from './body.ts';
import { unknownKeys } from './link.ts';
import { type InputError, invalidInput, type Problem } from './problem.ts';

/** A drill: until `untilAt` (epoch ms) every answer is late by `latencyMs`, and `errorRatio` (0..1) of them fail. */
export type Fault = { readonly errorRatio: number; readonly latencyMs: number; readonly untilAt: number };

const defaultForMs = 10 * 60_000;
const shortestMs = 1_000;
const longestMs = 24 * 3_600_000;
const slowestMs = 30_000;
const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * The drill in a JSON object, or everything that is wrong with it. Every field may be left out: `for` is then 10m (long
 * enough for an alert at one probe a minute), `latencyMs` 0, and `errorRatio` 1, or 0 where only slowness was asked for.
 */
export function parseFault(input: JsonObject, now: number): { readonly value: Fault } | Problem {
  const { latencyMs = 0, errorRatio = input['latencyMs'] === undefined ? 1 : 0, for: span } = input;
  const spanMs = span === undefined ? defaultForMs : parseSpan(span);
  const errors: InputError[] = [...unknownKeys(input, ['errorRatio', 'latencyMs', 'for'])];
  if (!isWithin(errorRatio, 1)) errors.push(wrong('errorRatio', 'errorRatio must be a number from 0 to 1'));
  if (!isWithin(latencyMs, slowestMs) || !Number.isInteger(latencyMs)) {
    errors.push(wrong('latencyMs', `latencyMs must be a whole number from 0 to ${slowestMs}`));
  }
  if (spanMs === undefined || spanMs < shortestMs || spanMs > longestMs) {
    errors.push(wrong('for', 'for must be a duration from 1s to 24h, such as 90s, 2m or 1h'));
  }
  if (errors.length > 0) return invalidInput(errors);
  return { value: { errorRatio: Number(errorRatio), latencyMs: Number(latencyMs), untilAt: now + (spanMs ?? 0) } };
}

/** A drill as the API shows it; without one, or after its end, that none is on. */
export function renderFault(fault: Fault | undefined, now: number): JsonObject {
  if (!isActive(fault, now)) return { active: false };
  const { errorRatio, latencyMs, untilAt } = fault;
  return { active: true, errorRatio, latencyMs, until: new Date(untilAt).toISOString() };
}

/** Whether there is a drill and it has not ended. */
export function isActive(fault: Fault | undefined, now: number): fault is Fault {
  return fault !== undefined && now < fault.untilAt;
}

function parseSpan(text: unknown): number | undefined {
  const parts = typeof text === 'string' ? /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) : null;
  return parts ? Number(parts[1]) * (units[parts[2] ?? ''] ?? Number.NaN) : undefined;
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most;
}

function wrong(field: string, detail: string): InputError {
  return { pointer: `#/${field}`, code: 'fault-range', detail };
}
