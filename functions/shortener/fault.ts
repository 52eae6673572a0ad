import type { JsonObject } from './body.ts';
import { unknownKeys } from './link.ts';
import { type InputError, invalidInput, type Problem } from './problem.ts';

/** A drill: what goes wrong with every request until `untilAt` (epoch ms). */
export type Fault = {
  /** 0..1: the share of requests that fail. */
  readonly errorRatio: number;
  /** Each request waits so long first. */
  readonly latencyMs: number;
  /** The database refuses everything but the drill itself. */
  readonly isDatabaseDown: boolean;
  /** Nothing is known of any link: each look-up asks the database. */
  readonly isCacheCold: boolean;
  /** CPU that each request burns first, as far as `createSpinner` lets it. */
  readonly cpuMs: number;
  readonly untilAt: number;
};

const defaultForMs = 10 * 60_000;
const shortestMs = 1_000;
const longestMs = 24 * 3_600_000;
const slowestMs = 30_000;
const mostCpuMs = 1_000;
const units: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const fields = ['errorRatio', 'latencyMs', 'databaseDown', 'cacheCold', 'cpuMs', 'for'] as const;

/**
 * The drill in a JSON object, or everything that is wrong with it. Every field may be left out: `for` is then 10m (long
 * enough for an alert at one probe a minute), and what goes wrong nothing; where nothing else is named, `errorRatio` is 1.
 */
export function parseFault(input: JsonObject, now: number): { readonly value: Fault } | Problem {
  const { for: span, latencyMs = 0, cpuMs = 0, databaseDown = false, cacheCold = false } = input;
  const isOther = fields.some((name) => name !== 'errorRatio' && name !== 'for' && input[name] !== undefined);
  const { errorRatio = isOther ? 0 : 1 } = input;
  const spanMs = span === undefined ? defaultForMs : parseSpan(span);
  const errors: InputError[] = [...unknownKeys(input, fields)];
  if (!isWithin(errorRatio, 1)) errors.push(wrong('errorRatio', 'errorRatio must be a number from 0 to 1'));
  for (const [name, value, most] of [
    ['latencyMs', latencyMs, slowestMs],
    ['cpuMs', cpuMs, mostCpuMs],
  ] as const) {
    if (!isWithin(value, most) || !Number.isInteger(value))
      errors.push(wrong(name, `${name} must be a whole number from 0 to ${most}`));
  }
  for (const [name, value] of Object.entries({ databaseDown, cacheCold })) {
    if (typeof value !== 'boolean') errors.push(wrong(name, `${name} must be true or false`));
  }
  if (spanMs === undefined || spanMs < shortestMs || spanMs > longestMs) {
    errors.push(wrong('for', 'for must be a duration from 1s to 24h, such as 90s, 2m or 1h'));
  }
  if (errors.length > 0) return invalidInput(errors);
  return {
    value: {
      errorRatio: Number(errorRatio),
      latencyMs: Number(latencyMs),
      isDatabaseDown: databaseDown === true,
      isCacheCold: cacheCold === true,
      cpuMs: Number(cpuMs),
      untilAt: now + (spanMs ?? 0),
    },
  };
}

/** A drill as the API shows it; without one, or after its end, that none is on. */
export function renderFault(fault: Fault | undefined, now: number): JsonObject {
  if (!isActive(fault, now)) return { active: false };
  const { errorRatio, latencyMs, isDatabaseDown, isCacheCold, cpuMs, untilAt } = fault;
  return {
    active: true,
    ...{ errorRatio, latencyMs, databaseDown: isDatabaseDown, cacheCold: isCacheCold, cpuMs },
    until: new Date(untilAt).toISOString(),
  };
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
