import { AwsError } from './error.ts';
import type { Input } from './service.ts';

/** The named member as text, or undefined where it is absent. */
export function readText(input: Input, name: string): string | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AwsError('ValidationError', `The parameter ${name} must be a string.`);
}

export function requireText(input: Input, name: string): string {
  const value = readText(input, name);
  if (value === undefined || value === '') throw new AwsError('MissingParameter', `The parameter ${name} is required.`);
  return value;
}

/** A finite number; the Query protocol sends it as text. */
export function readNumber(input: Input, name: string): number | undefined {
  const value = input[name];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return number;
  throw new AwsError('InvalidParameterValue', `The value ${shown(value)} for parameter ${name} is invalid.`);
}

/** An instant in epoch ms: epoch seconds in JSON, ISO 8601 in Query. */
export function readInstant(input: Input, name: string): number | undefined {
  const value = input[name];
  if (typeof value === 'string' && Number.isNaN(Number(value))) {
    const at = Date.parse(value);
    if (Number.isFinite(at)) return at;
  }
  const seconds = readNumber(input, name);
  return seconds === undefined ? undefined : seconds * 1_000;
}

export function requireInstant(input: Input, name: string): number {
  const at = readInstant(input, name);
  if (at === undefined) throw new AwsError('MissingParameter', `The parameter ${name} is required.`);
  return at;
}

/** A list of structures; an absent one is empty. */
export function readObjects(input: Input, name: string): readonly Input[] {
  return readList(input, name).map((entry, index) => {
    if (isObject(entry)) return entry;
    throw new AwsError('ValidationError', `The parameter ${name}.member.${index + 1} must be a structure.`);
  });
}

export function readTexts(input: Input, name: string): readonly string[] {
  return readList(input, name).map((entry, index) => {
    if (typeof entry === 'string') return entry;
    throw new AwsError('ValidationError', `The parameter ${name}.member.${index + 1} must be a string.`);
  });
}

export function readList(input: Input, name: string): readonly unknown[] {
  const value = input[name];
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new AwsError('ValidationError', `The parameter ${name} must be a list.`);
}

export function isObject(value: unknown): value is Input {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shown(value: unknown): string {
  return String(typeof value === 'object' ? JSON.stringify(value) : value).slice(0, 64);
}
