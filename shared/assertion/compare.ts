import type { Json, Operator } from '../config/model.ts';
import { equals } from './equals.ts';
import type { Expressions } from './expression.ts';
import { misfitOf } from './schema.ts';

/** True or false, or why the two cannot be compared (which counts as false). */
export type Comparison = boolean | string;

/**
 * Compares a value that is there with what is expected, without coercion. Whole numbers beyond 2^53 come as bigints and
 * are compared exactly; the expected ones are texts of their digits. Expressions are there when `matches` needs them.
 */
export function compare(
  op: Operator,
  actual: unknown,
  expected: Json | undefined,
  expressions?: Expressions,
): Comparison {
  switch (op) {
    case 'equals':
      return equals(actual, expected);
    case 'notEquals':
      return !equals(actual, expected);
    case 'in':
      return Array.isArray(expected) && expected.some((each) => equals(actual, each));
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
      return inOrder(op, actual, expected);
    case 'between':
      return between(actual, expected);
    case 'contains':
      return contains(actual, expected);
    case 'notContains':
      return negate(contains(actual, expected));
    case 'matches':
      return matches(actual, expected, expressions);
    case 'notMatches':
      return negate(matches(actual, expected, expressions));
    case 'schema':
      return misfitOf(expected ?? true, actual) ?? true;
    case 'empty':
      return isEmpty(actual);
    case 'notEmpty':
      return negate(isEmpty(actual));
    case 'exists':
      return true;
    case 'notExists':
      return false;
    default:
      return op satisfies never;
  }
}

function negate(comparison: Comparison): Comparison {
  return typeof comparison === 'boolean' ? !comparison : comparison;
}

const notNumber = 'not a number';

function inOrder(op: 'lt' | 'lte' | 'gt' | 'gte', actual: unknown, expected: unknown): Comparison {
  if (!isNumber(actual)) return notNumber;
  const limit = toNumber(expected);
  if (limit === undefined) return 'the expected value is not a number';
  if (op === 'lt') return actual < limit;
  if (op === 'lte') return actual <= limit;
  return op === 'gt' ? actual > limit : actual >= limit;
}

function between(actual: unknown, expected: unknown): Comparison {
  const [low, high] = Array.isArray(expected) ? expected : [];
  const above = inOrder('gte', actual, low);
  return above === true ? inOrder('lte', actual, high) : above;
}

/** JSON has no infinity: a number too large for a double is no number that can be compared. */
function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'bigint' || (typeof value === 'number' && Number.isFinite(value));
}

function toNumber(expected: unknown): number | bigint | undefined {
  if (typeof expected === 'string' && /^-?\d{16,}$/.test(expected)) return BigInt(expected);
  return isNumber(expected) ? expected : undefined;
}

function contains(actual: unknown, expected: unknown): Comparison {
  if (Array.isArray(actual)) return actual.some((each) => equals(each, expected));
  if (typeof actual !== 'string') return 'neither text nor a list';
  return typeof expected === 'string' ? actual.includes(expected) : 'text can only contain text';
}

function matches(actual: unknown, expected: unknown, expressions: Expressions | undefined): Comparison {
  if (typeof actual !== 'string') return 'not text';
  if (typeof expected !== 'string' || !expressions) return 'no expression to look with';
  const longest = expressions.longestText(expected);
  if (actual.length > longest) return `longer than the ${longest} characters that this expression may look at`;
  return expressions.test(expected, actual);
}

function isEmpty(actual: unknown): Comparison {
  if (typeof actual === 'string' || Array.isArray(actual)) return actual.length === 0;
  if (typeof actual === 'object' && actual !== null) return Object.keys(actual).length === 0;
  return 'neither text, a list nor an object';
}
