import type { Json, Operator } from '../config/model.ts';
import { isExpression } from './expression-syntax.ts';
import { schemaProblem } from './schema-syntax.ts';
import { spell } from './short-form.ts';
import type { Kind } from './sources.ts';

export type ParsedValue = { ok: true; op: Operator; value?: Json } | { ok: false; message: string };

const withoutValue: readonly Operator[] = ['exists', 'notExists', 'empty', 'notEmpty'];
const ordering: readonly Operator[] = ['lt', 'lte', 'gt', 'gte', 'between'];
const expressions: readonly Operator[] = ['matches', 'notMatches'];
/** Kinds whose values are always text. */
const textual: readonly Kind[] = ['text', 'body', 'list'];
const spanUnits: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000 };

/**
 * The typed value of an assertion. In the short form the value is text: JSON where it is JSON, otherwise the text as it
 * stands; the values of texts are always text, and expressions stand as they are, in quotes or not. A span has its unit (`300ms`, `1.5s`), a status may be a
 * range (`200-299`, which is `between`).
 */
export function parseValue(kind: Kind, op: Operator, value: unknown, form: 'short' | 'object'): ParsedValue {
  if (withoutValue.includes(op)) {
    return value === undefined ? { ok: true, op } : { ok: false, message: `must be left out for ${op}` };
  }
  if (value === undefined) return { ok: false, message: `is missing: ${spell(op, form)} needs one` };
  const range = kind === 'status' && op === 'in' ? statusRange(value) : undefined;
  if (range) return judge(kind, 'between', range, form);
  return judge(kind, op, form === 'short' ? readShortValue(kind, op, value as string) : value, form);
}

function judge(kind: Kind, op: Operator, typed: unknown, form: 'short' | 'object'): ParsedValue {
  const problem = shapeProblem(op, typed) ?? valueProblem(kind, op, typed, form);
  if (problem) return { ok: false, message: problem };
  return { ok: true, op, value: kind === 'span' ? toSpans(typed) : (typed as Json) };
}

const statusRule = 'must be whole numbers from 0 to 999; a range is written status in 200-299';

function statusRange(value: unknown): [number, number] | undefined {
  const match = typeof value === 'string' ? /^\[?\s*(\d{1,3})\s*-\s*(\d{1,3})\s*\]?$/.exec(value.trim()) : null;
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

function readShortValue(kind: Kind, op: Operator, text: string): unknown {
  if (op === 'in' || op === 'between') {
    const inner = /^\[(.*)\]$/s.exec(text)?.[1];
    if (inner === undefined) return text;
    return splitList(inner).map((item) => readScalar(kind, op, item));
  }
  return readScalar(kind, op, text);
}

function readScalar(kind: Kind, op: Operator, text: string): unknown {
  // Between quotes an expression stands as it is: "\b" is a word's end, not JSON's backspace.
  if (expressions.includes(op)) return /^"(.*)"$/s.exec(text)?.[1] ?? text;
  const typed = readJson(text);
  if (textual.includes(kind)) return typeof typed === 'string' ? typed : text;
  return typed === undefined ? text : typed;
}

/** JSON, or undefined. A whole number too large to be exact is kept as its digits. */
function readJson(text: string): unknown {
  if (/^-?\d+$/.test(text) && !Number.isSafeInteger(Number(text))) return text;
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the caller takes the text as it stands.
    return undefined;
  }
}

/** Splits at commas outside quotes. */
function splitList(inner: string): string[] {
  if (inner.trim() === '') return [];
  const items = inner.match(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/gs) ?? [];
  return items.map((item) => item.trim());
}

function shapeProblem(op: Operator, value: unknown): string | undefined {
  if (op === 'in')
    return isFilledArray(value) ? undefined : 'must be a list with at least one value, such as [200, 204]';
  if (op === 'between') {
    return Array.isArray(value) && value.length === 2 ? undefined : 'must be a list of two values, such as [1, 5]';
  }
  return undefined;
}

function isFilledArray(value: unknown): value is unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function valueProblem(kind: Kind, op: Operator, value: unknown, form: 'short' | 'object'): string | undefined {
  if (expressions.includes(op)) return expressionProblem(value);
  if (op === 'schema') return schemaProblem(value);
  const values = op === 'in' || op === 'between' ? (value as unknown[]) : [value];
  if (values.some(isInexact)) return 'holds a whole number beyond 2^53, which is not exact: write it in quotes';
  const rule = kindRule(kind, op, form);
  if (rule !== undefined && !values.every(rule.holds)) return rule.message;
  return orderProblem(op, kind === 'span' ? values.map(toSpan) : values);
}

type Rule = { readonly holds: (value: unknown) => boolean; readonly message: string };

function kindRule(kind: Kind, op: Operator, form: 'short' | 'object'): Rule | undefined {
  switch (kind) {
    case 'status':
      return { holds: isStatus, message: statusRule };
    case 'span':
      return {
        holds: (value) => toSpan(value) !== undefined,
        message: 'must be a span with its unit, such as 300ms or 1.5s',
      };
    case 'count':
      return { holds: isCount, message: 'must be a whole number from 0 on' };
    case 'number':
      return { holds: (value) => typeof value === 'number', message: `must be a number for ${spell(op, form)}` };
    case 'flag':
      return { holds: (value) => typeof value === 'boolean', message: 'must be true or false' };
    case 'text':
    case 'body':
    case 'list':
      return { holds: (value) => typeof value === 'string', message: 'must be text in quotes' };
    case 'json':
      if (!ordering.includes(op)) return undefined;
      return { holds: isOrdered, message: `must be a number for ${spell(op, form)}` };
    default:
      return kind satisfies never;
  }
}

function expressionProblem(value: unknown): string | undefined {
  const verdict = typeof value === 'string' ? isExpression(value) : 'must be a regular expression (RE2) in quotes';
  return verdict === true ? undefined : verdict;
}

function orderProblem(op: Operator, values: readonly unknown[]): string | undefined {
  if (op !== 'between') return undefined;
  return Number(values[0]) <= Number(values[1]) ? undefined : 'must give the smaller value first';
}

/** Whether it is, or holds at any depth, a number that a double cannot hold exactly. */
function isInexact(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(isInexact);
  if (typeof value !== 'number') return false;
  return !Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value));
}

function isStatus(value: unknown): boolean {
  return isCount(value) && Number(value) <= 999;
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0;
}

/** A number, or the digits of a whole number beyond 2^53. */
function isOrdered(value: unknown): boolean {
  if (typeof value === 'string') return /^-?\d{16,40}$/.test(value) && !Number.isSafeInteger(Number(value));
  return typeof value === 'number';
}

function toSpan(value: unknown): number | undefined {
  const match = typeof value === 'string' ? /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m)$/.exec(value) : null;
  return match ? Number(match[1]) * (spanUnits[match[2] as string] as number) : undefined;
}

function toSpans(value: unknown): Json {
  return (Array.isArray(value) ? value.map(toSpan) : toSpan(value)) as Json;
}
