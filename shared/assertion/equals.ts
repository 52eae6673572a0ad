/** Deep equality by type and value; the order of keys does not matter, the order of a list does. */
export function equals(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'bigint') return String(actual) === expected;
  if (typeof actual === 'number') return Number.isFinite(actual) && actual === expected;
  if (typeof actual !== 'object' || actual === null) return actual === expected;
  if (typeof expected !== 'object' || expected === null) return false;
  if (Array.isArray(actual) || Array.isArray(expected)) return equalLists(actual, expected);
  const keys = Object.keys(actual);
  if (keys.length !== Object.keys(expected).length) return false;
  return keys.every((key) => Object.hasOwn(expected, key) && equals(ownValue(actual, key), ownValue(expected, key)));
}

function equalLists(actual: unknown, expected: unknown): boolean {
  if (!Array.isArray(actual) || !Array.isArray(expected) || actual.length !== expected.length) return false;
  return actual.every((each, index) => equals(each, expected[index]));
}

/** What an object itself has by that name; undefined where there is nothing, or no object. */
export function ownValue(object: unknown, name: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, name)) return undefined;
  return (object as Readonly<Record<string, unknown>>)[name];
}
