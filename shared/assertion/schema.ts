import type { Json } from '../config/model.ts';
import { equals, ownValue } from './equals.ts';

/** Subschemas entered and values looked at: at most about 150 ms. */
const mostSteps = 300_000;
const charactersPerStep = 16;
const stepsOfDivision = 4;
const longestArgument = 60;

/**
 * Where a JSON value does not fit a schema (JSON Schema 2020-12, as far as `schemaProblem` lets it pass): the keyword and
 * the place (RFC 6901), `required ["id"] at /items/3`; undefined when it fits. Nothing of the value but its keys is in it.
 * The libraries have no bound on their work (a recursive `$ref` under `anyOf` doubles it with each level of a document), so
 * this one counts its steps. Never throws.
 */
export function misfitOf(schema: Json, value: unknown, root: Json = schema): string | undefined {
  try {
    const misfit = visit(schema, value, { run: { root, steps: 0 } });
    return misfit && describe(misfit);
  } catch (error) {
    if (error instanceof RangeError) return tooLarge;
    throw error;
  }
}

/** What is said of a document that takes more steps, or a deeper stack, than there are. */
export const tooLarge = 'the document is too large or too deeply nested for this schema';

type Run = { readonly root: Json; steps: number };
type At = { readonly run: Run; readonly within?: { readonly key: string | number; readonly parent: At } };
type Misfit = { readonly keyword: string; readonly argument: Json; readonly at: At };
/** True: it fits. False: it does not, by this keyword. A misfit: what does not fit further down. */
type Verdict = boolean | Misfit;
type Keyword = (argument: Json, value: unknown, at: At, schema: Json) => Verdict;

function visit(schema: Json, value: unknown, at: At): Misfit | undefined {
  spend(at.run, 1);
  if (schema === false) return { keyword: 'false', argument: schema, at };
  if (typeof schema !== 'object' || schema === null) return undefined;
  for (const [keyword, argument] of Object.entries(schema)) {
    const verdict = Object.hasOwn(keywords, keyword) ? keywords[keyword]?.(argument, value, at, schema) : true;
    if (typeof verdict === 'object') return verdict;
    if (verdict === false) return { keyword, argument, at };
  }
  return undefined;
}

function spend(run: Run, steps: number): void {
  run.steps += steps;
  if (run.steps > mostSteps) throw new RangeError(tooLarge);
}

function describe({ keyword, argument, at }: Misfit): string {
  const json = JSON.stringify(argument);
  const shown = keyword === 'false' || json.length > longestArgument ? keyword : `${keyword} ${json}`;
  return `${shown} at ${placeOf(at) || 'the root'}`;
}

const fits = (schema: Json, value: unknown, at: At): boolean => visit(schema, value, at) === undefined;
const below = (schema: Json, value: unknown, at: At): Verdict => visit(schema, value, at) ?? true;

/** Like `below`; where nothing may be there, it is the keyword that says so. */
function within(keyword: string, schema: Json, value: unknown, at: At): Verdict {
  return schema === false ? { keyword, argument: schema, at } : below(schema, value, at);
}

/** Into a part of the value. */
function step(parent: At, key: string | number): At {
  return { run: parent.run, within: { key, parent } };
}

function placeOf({ within }: At): string {
  if (!within) return '';
  return `${placeOf(within.parent)}/${String(within.key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

const listOf = (argument: unknown): readonly Json[] => (Array.isArray(argument) ? (argument as readonly Json[]) : []);
const entriesOf = (argument: Json): readonly [string, Json][] => Object.entries(argument ?? {}) as [string, Json][];
const sibling = (schema: Json, name: string): Json | undefined => ownValue(schema, name) as Json | undefined;

type Numeric = (value: number | bigint, limit: number) => boolean;
const onNumber =
  (test: Numeric): Keyword =>
  (limit, value) =>
    (typeof value !== 'number' && typeof value !== 'bigint') || test(value, Number(limit));

const onLength =
  (test: Numeric): Keyword =>
  (limit, value, { run }) => {
    if (typeof value !== 'string') return true;
    spend(run, value.length / charactersPerStep);
    return test(lengthOf(value), Number(limit));
  };

const onObject =
  (check: (argument: Json, value: object, at: At, schema: Json) => Verdict): Keyword =>
  (argument, value, at, schema) => {
    if (!isObject(value)) return true;
    spend(at.run, Object.keys(value).length);
    return check(argument, value, at, schema);
  };

const onList =
  (check: (argument: Json, value: readonly unknown[], at: At, schema: Json) => Verdict): Keyword =>
  (argument, value, at, schema) => {
    if (!Array.isArray(value)) return true;
    spend(at.run, value.length);
    return check(argument, value, at, schema);
  };

const keywords: Readonly<Record<string, Keyword>> = {
  $ref: (pointer, value, at) => below(referTo(at.run.root, String(pointer)) ?? true, value, at),
  type: (types, value) => [types].flat().some((type) => isOfType(type, value)),
  enum: (values, value, { run }) => listOf(values).some((each) => isSame(run, value, each)),
  const: (expected, value, { run }) => isSame(run, value, expected),
  minimum: onNumber((value, limit) => value >= limit),
  maximum: onNumber((value, limit) => value <= limit),
  exclusiveMinimum: onNumber((value, limit) => value > limit),
  exclusiveMaximum: onNumber((value, limit) => value < limit),
  multipleOf: (of, value, at, schema) => {
    spend(at.run, stepsOfDivision);
    return onNumber(isMultiple)(of, value, at, schema);
  },
  minLength: onLength((length, limit) => length >= limit),
  maxLength: onLength((length, limit) => length <= limit),
  minItems: onList((limit, list) => list.length >= Number(limit)),
  maxItems: onList((limit, list) => list.length <= Number(limit)),
  minProperties: onObject((limit, object) => Object.keys(object).length >= Number(limit)),
  maxProperties: onObject((limit, object) => Object.keys(object).length <= Number(limit)),
  uniqueItems: onList((isAsked, list, { run }) => {
    return isAsked === false || new Set(list.map((each) => canonical(run, each))).size === list.length;
  }),
  required: onObject((names, object) => listOf(names).every((name) => Object.hasOwn(object, String(name)))),
  dependentRequired: onObject((map, object) =>
    entriesOf(map).every(
      ([name, others]) =>
        !Object.hasOwn(object, name) || listOf(others).every((other) => Object.hasOwn(object, String(other))),
    ),
  ),
  properties: onObject((map, object, at) =>
    eachFits(entriesOf(map), ([name, sub]) =>
      Object.hasOwn(object, name) ? below(sub, ownValue(object, name), step(at, name)) : true,
    ),
  ),
  additionalProperties: onObject((sub, object, at, schema) => {
    const known = sibling(schema, 'properties') ?? {};
    const others = Object.entries(object).filter(([name]) => !Object.hasOwn(known as object, name));
    return eachFits(others, ([name, value]) => within('additionalProperties', sub, value, step(at, name)));
  }),
  propertyNames: onObject((sub, object, at) =>
    eachFits(Object.keys(object), (name) => below(sub, name, step(at, name))),
  ),
  dependentSchemas: onObject((map, object, at) =>
    eachFits(entriesOf(map), ([name, sub]) => (Object.hasOwn(object, name) ? below(sub, object, at) : true)),
  ),
  prefixItems: onList((subs, list, at) =>
    eachFits(listOf(subs), (sub, index) => (index < list.length ? below(sub, list[index], step(at, index)) : true)),
  ),
  items: onList((sub, list, at, schema) => {
    const first = listOf(sibling(schema, 'prefixItems')).length;
    return eachFits(list.slice(first), (value, index) => within('items', sub, value, step(at, first + index)));
  }),
  contains: onList((sub, list, at, schema) => {
    const count = list.filter((value) => fits(sub, value, at)).length;
    const most = Number(sibling(schema, 'maxContains') ?? Number.POSITIVE_INFINITY);
    return count >= Number(sibling(schema, 'minContains') ?? 1) && count <= most;
  }),
  allOf: (subs, value, at) => eachFits(listOf(subs), (sub) => below(sub, value, at)),
  anyOf: (subs, value, at) => listOf(subs).some((sub) => fits(sub, value, at)),
  oneOf: (subs, value, at) => listOf(subs).filter((sub) => fits(sub, value, at)).length === 1,
  not: (sub, value, at) => !fits(sub, value, at),
  if: (sub, value, at, schema) => below(sibling(schema, fits(sub, value, at) ? 'then' : 'else') ?? true, value, at),
};

function eachFits<T>(all: readonly T[], check: (each: T, index: number) => Verdict): Verdict {
  for (const [index, each] of all.entries()) {
    const verdict = check(each, index);
    if (verdict !== true) return verdict;
  }
  return true;
}

/** What a pointer (`#/$defs/item`) leads to inside a schema. */
export function referTo(root: Json, pointer: string): Json | undefined {
  if (pointer === '#') return root;
  if (!pointer.startsWith('#/') || !isDecodable(pointer)) return undefined;
  const names = decodeURIComponent(pointer).slice(2).split('/');
  return names.reduce<Json | undefined>(
    (found, name) => sibling(found ?? null, name.replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  );
}

const isDecodable = (text: string): boolean => !/%(?![0-7][0-9a-f])/i.test(text);

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOfType(type: unknown, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value);
    case 'number':
      return typeof value === 'bigint' || Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

function isSame(run: Run, value: unknown, expected: Json): boolean {
  spend(run, 1);
  return equals(value, expected);
}

/** In code points, as the standard counts. */
function lengthOf(text: string): number {
  const pairs = text.match(/[\uD800-\uDBFF][\uDC00-\uDFFF]/g)?.length ?? 0;
  return text.length - pairs;
}

/** Exactly, in the digits that were written: 0.3 is a multiple of 0.1. */
function isMultiple(value: number | bigint, of: number): boolean {
  if (typeof value === 'number' && !Number.isFinite(value)) return false;
  const [digits, exponent] = decimal(value);
  const [ofDigits, ofExponent] = decimal(of);
  const shift = BigInt(Math.abs(exponent - ofExponent));
  return exponent >= ofExponent ? (digits * 10n ** shift) % ofDigits === 0n : digits % (ofDigits * 10n ** shift) === 0n;
}

function decimal(value: number | bigint): [digits: bigint, exponent: number] {
  const [, whole = '0', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  return [BigInt(whole + fraction), Number(exponent) - fraction.length];
}

/** A text that is the same for equal values. */
function canonical(run: Run, value: unknown): string {
  spend(run, typeof value === 'string' ? 1 + value.length / charactersPerStep : 1);
  if (Array.isArray(value)) return `[${value.map((each) => canonical(run, each)).join(',')}]`;
  if (!isObject(value)) return typeof value === 'string' ? JSON.stringify(value) : String(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, each]) => `${JSON.stringify(name)}:${canonical(run, each)}`).join(',')}}`;
}
