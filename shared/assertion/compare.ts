import type { Json, Operator } from '../config/model.ts';

/** True or false, or why the two cannot be compared (which counts as false). */
export type Comparison = boolean | string;

/**
 * Compares a value that is there with what is expected, without coercion. Whole numbers beyond 2^53 come as bigints and
 * are compared exactly; the expected ones are texts of their digits.
 */
export function compare(op: Operator, actual: unknown, expected: Json | undefined): Comparison {
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

/** Deep equality by type and value; the order of keys does not matter, the order of a list does. */
function equals(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'bigint') return String(actual) === expected;
  if (typeof actual === 'number') return Number.isFinite(actual) && actual === expected;
  if (typeof actual !== 'object' || actual === null) return actual === expected;
  if (typeof expected !== 'object' || expected === null) return false;
  if (Array.isArray(actual) || Array.isArray(expected)) return equalLists(actual, expected);
  const keys = Object.keys(actual);
  if (keys.length !== Object.keys(expected).length) return false;
  return keys.every((key) => Object.hasOwn(expected, key) && equals(valueAt(actual, key), valueAt(expected, key)));
}

function equalLists(actual: unknown, expected: unknown): boolean {
  if (!Array.isArray(actual) || !Array.isArray(expected) || actual.length !== expected.length) return false;
  return actual.every((each, index) => equals(each, expected[index]));
}

function valueAt(object: object, key: string): unknown {
  return (object as Readonly<Record<string, unknown>>)[key];
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

function isEmpty(actual: unknown): Comparison {
  if (typeof actual === 'string' || Array.isArray(actual)) return actual.length === 0;
  if (typeof actual === 'object' && actual !== null) return Object.keys(actual).length === 0;
  return 'neither text, a list nor an object';
}
