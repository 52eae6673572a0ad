import type { Json } from '../config/model.ts';
import { didYouMean } from '../config/suggest.ts';
import { misfitOf, referTo, tooLarge } from './schema.ts';

const longestSchema = 16_384;
const deepestSchema = 64;

type Form = {
  readonly holds: (argument: unknown) => boolean;
  readonly rule: string;
  /** The subschemas in it, each with the last part of its path. */
  readonly subs?: (argument: unknown) => readonly (readonly [string, unknown])[];
};

const isNumber = (argument: unknown): boolean => typeof argument === 'number' && Number.isFinite(argument);
const isRecord = (argument: unknown): argument is Readonly<Record<string, unknown>> =>
  typeof argument === 'object' && argument !== null && !Array.isArray(argument);
const isNames = (argument: unknown): boolean =>
  Array.isArray(argument) && argument.every((each) => typeof each === 'string');
const types = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

const any: Form = { holds: () => true, rule: '' };
const schema: Form = { holds: () => true, rule: '', subs: (argument) => [['', argument]] };
const schemas: Form = {
  holds: (argument) => Array.isArray(argument) && argument.length > 0,
  rule: 'must be a list of schemas',
  subs: (argument) => (argument as unknown[]).map((each, index) => [`/${index}`, each]),
};
const schemaMap: Form = {
  holds: isRecord,
  rule: 'must be schemas by their names',
  subs: (argument) => Object.entries(argument as object).map(([name, each]) => [`/${name}`, each]),
};
const number: Form = { holds: isNumber, rule: 'must be a number' };
const count: Form = {
  holds: (argument) => Number.isSafeInteger(argument) && Number(argument) >= 0,
  rule: 'must be a whole number from 0 on',
};
const flag: Form = { holds: (argument) => typeof argument === 'boolean', rule: 'must be true or false' };
const names: Form = { holds: isNames, rule: 'must be a list of names' };

const forms: Readonly<Record<string, Form>> = {
  type: {
    holds: (argument) => [argument].flat().every((each) => types.includes(String(each))),
    rule: `must be one or a list of ${types.join(', ')}`,
  },
  enum: { holds: (argument) => Array.isArray(argument) && argument.length > 0, rule: 'must be a list of values' },
  const: any,
  minimum: number,
  maximum: number,
  exclusiveMinimum: number,
  exclusiveMaximum: number,
  multipleOf: { holds: (argument) => isNumber(argument) && Number(argument) > 0, rule: 'must be a number above 0' },
  minLength: count,
  maxLength: count,
  minItems: count,
  maxItems: count,
  minContains: count,
  maxContains: count,
  minProperties: count,
  maxProperties: count,
  uniqueItems: flag,
  required: names,
  dependentRequired: {
    holds: (argument) => isRecord(argument) && Object.values(argument).every(isNames),
    rule: 'must be lists of names by their names',
  },
  properties: schemaMap,
  additionalProperties: schema,
  propertyNames: schema,
  dependentSchemas: schemaMap,
  items: schema,
  prefixItems: schemas,
  contains: schema,
  allOf: schemas,
  anyOf: schemas,
  oneOf: schemas,
  not: schema,
  if: schema,
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  then: schema,
  else: schema,
  $ref: { holds: (argument) => typeof argument === 'string', rule: 'must be a pointer such as "#/$defs/item"' },
  $defs: schemaMap,
  definitions: schemaMap,
  ...Object.fromEntries(
    ['$schema', '$comment', 'title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'].map(
      (name) => [name, any],
    ),
  ),
};

const unbounded = 'holds expressions whose time cannot be bounded: use an assertion with matches';
const refused: Readonly<Record<string, string>> = {
  pattern: unbounded,
  patternProperties: unbounded,
  format: 'is not checked by everyone alike: leave it out, or use an assertion with matches',
  $id: 'is not needed: a schema refers to its own parts only',
};

/**
 * Why a value is no schema that we check (JSON Schema 2020-12 without expressions, and without references to anything but
 * its own parts), with the place; undefined when it is one.
 */
export function schemaProblem(value: unknown): string | undefined {
  if (typeof value !== 'boolean' && !isRecord(value)) return 'must be a JSON Schema, such as {"type": "object"}';
  if (depthOf(value) > deepestSchema) return `must be a schema of at most ${deepestSchema} levels`;
  const length = JSON.stringify(value).length;
  if (length > longestSchema) return `must be a schema of at most ${longestSchema} characters, has ${length}`;
  return problemIn(value, '#', value as Json);
}

function problemIn(value: unknown, place: string, root: Json): string | undefined {
  if (typeof value === 'boolean') return undefined;
  if (!isRecord(value)) return `must hold a schema at ${place}`;
  for (const [name, argument] of Object.entries(value)) {
    const problem = keywordProblem(name, argument, place, root);
    if (problem !== undefined) return problem;
  }
  const samples = [null, true, 0, '', [], {}];
  return samples.some((sample) => misfitOf(value as Json, sample, root) === tooLarge)
    ? `must not refer to itself without going into the document, as it does at ${place}`
    : undefined;
}

function keywordProblem(name: string, argument: unknown, place: string, root: Json): string | undefined {
  const here = `${place}/${name}`;
  if (Object.hasOwn(refused, name)) return `must not hold ${name} (at ${here}): it ${refused[name]}`;
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined;
  if (!form) return `holds the unknown keyword ${name} at ${place}${didYouMean(name, Object.keys(forms))}`;
  if (!form.holds(argument)) return `${form.rule} at ${here}`;
  if (name === '$ref') return referenceProblem(String(argument), here, root);
  if (holdsInexact(argument)) return `holds a number at ${here} that is not exact beyond 2^53`;
  for (const [path, sub] of form.subs?.(argument) ?? []) {
    const problem = problemIn(sub, `${here}${path}`, root);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A pointer to anywhere else may lead to what was not checked as a schema. */
const ownPart = /^#(\/(\$defs|definitions)\/[^/]+)?$/;

function referenceProblem(pointer: string, here: string, root: Json): string | undefined {
  if (!ownPart.test(pointer)) return `must refer to "#" or to a part under "#/$defs/" (at ${here})`;
  return referTo(root, pointer) === undefined ? `refers to nothing at ${here}` : undefined;
}

function depthOf(value: unknown, depth = 1): number {
  if (typeof value !== 'object' || value === null || depth > deepestSchema) return depth;
  return Math.max(depth, ...Object.values(value).map((each) => depthOf(each, depth + 1)));
}

function holdsInexact(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(holdsInexact);
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}
