import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { misfitOf, tooLarge } from '../../../shared/assertion/schema.ts';
import { schemaProblem } from '../../../shared/assertion/schema-syntax.ts';
import type { Json } from '../../../shared/config/model.ts';

describe('a value and a schema', () => {
  it.each([
    [{ type: 'string' }, 'a', undefined],
    [{ type: 'string' }, 1, 'type "string" at the root'],
    [{ type: ['null', 'integer'] }, 1.5, 'type ["null","integer"] at the root'],
    [{ type: 'integer' }, 9007199254740993n, undefined],
    [{ minimum: 9007199254740990 }, 9007199254740993n, undefined],
    [{ type: 'number' }, Number.POSITIVE_INFINITY, 'type "number" at the root'],
    [{ multipleOf: 0.1 }, 0.3, undefined],
    [{ multipleOf: 0.01 }, 1.005, 'multipleOf 0.01 at the root'],
    [{ multipleOf: 10 }, 1e300, undefined],
    [{ multipleOf: 3 }, 1e10, 'multipleOf 3 at the root'],
    [{ maxLength: 1 }, '𝒳', undefined],
    [{ required: ['toString'] }, {}, 'required ["toString"] at the root'],
    [{ properties: { constructor: false } }, {}, undefined],
    [JSON.parse('{"properties": {"__proto__": false}}'), {}, undefined],
    [
      JSON.parse('{"additionalProperties": false}'),
      JSON.parse('{"__proto__": 1}'),
      'additionalProperties false at /__proto__',
    ],
    [{ additionalProperties: false }, { 'a/b~c': 1 }, 'additionalProperties false at /a~1b~0c'],
    [{ prefixItems: [true], items: false }, [1, 2], 'items false at /1'],
    [{ items: { required: ['id'] } }, [{ id: 1 }, {}], 'required ["id"] at /1'],
    [
      { anyOf: [{ type: 'string' }, { required: ['a'] }] },
      {},
      'anyOf [{"type":"string"},{"required":["a"]}] at the root',
    ],
    // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
    [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, 'required ["b"] at the root'],
    [{ $ref: '#/$defs/a~1b', $defs: { 'a/b': { type: 'null' } } }, 1, 'type "null" at the root'],
    [
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      'uniqueItems true at the root',
    ],
    [{ uniqueItems: true }, ['1', 1, true, 'true', null, 'null'], undefined],
    [
      { properties: { next: { $ref: '#' } }, required: ['v'] },
      { v: 1, next: { v: 1, next: {} } },
      'required ["v"] at /next/next',
    ],
    [{ enum: ['x'.repeat(80)] }, 1, 'enum at the root'],
  ])('%j and %p', (schema, value, misfit) => {
    expect(schemaProblem(schema)).toBeUndefined();
    expect(misfitOf(schema as Json, value)).toBe(misfit);
  });

  it('give up on what would take too long or too deep', () => {
    let deep: unknown = [];
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    let chain: unknown = {};
    for (let level = 0; level < 100; level += 1) chain = { l: chain };
    const doubling = { anyOf: ['y', 'z'].map((name) => ({ properties: { l: { $ref: '#' } }, required: [name] })) };
    expect(schemaProblem(doubling)).toBeUndefined();
    expect(misfitOf({ items: { $ref: '#' } }, deep)).toBe(tooLarge);
    expect(misfitOf({ uniqueItems: true }, [deep])).toBe(tooLarge);
    expect(misfitOf(doubling, chain)).toBe(tooLarge);
    expect(misfitOf({ items: {} }, Array.from({ length: 400_000 }))).toBe(tooLarge);
  });

  // Without multipleOf: Ajv divides doubles, and says that 5e20 is no multiple of 0.5.
  it('are judged as Ajv judges them', () => {
    const ajv = new Ajv2020({ strict: false, ownProperties: true });
    fc.assert(
      fc.property(schemas, fc.jsonValue({ maxDepth: 3 }), small, (wildSchema, wild, tame) => {
        const schema = plain(wildSchema) as Json;
        if (schemaProblem(schema) !== undefined) return;
        for (const value of [plain(wild), plain(tame)]) {
          const verdict = verdictOf(() => ajv.compile(schema as object)(value) as boolean);
          if (verdict === undefined) continue;
          expect([schema, value, misfitOf(schema, value) === undefined]).toEqual([schema, value, verdict]);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('a schema', () => {
  it.each([
    [5, 'must be a JSON Schema, such as {"type": "object"}'],
    [[], 'must be a JSON Schema, such as {"type": "object"}'],
    [{ propertys: {} }, 'holds the unknown keyword propertys at #; did you mean "properties"?'],
    [{ type: 'text' }, 'must be one or a list of null, boolean, object, array, number, string, integer at #/type'],
    [{ items: [true] }, 'must hold a schema at #/items'],
    [{ properties: { a: { minLength: -1 } } }, 'must be a whole number from 0 on at #/properties/a/minLength'],
    [{ anyOf: [] }, 'must be a list of schemas at #/anyOf'],
    [
      { properties: { a: { items: { pattern: '(a+)+$' } } } },
      'must not hold pattern (at #/properties/a/items/pattern): it holds expressions whose time cannot be bounded: use an assertion with matches',
    ],
    [
      { allOf: [{ patternProperties: {} }] },
      'must not hold patternProperties (at #/allOf/0/patternProperties): it holds expressions whose time cannot be bounded: use an assertion with matches',
    ],
    [
      { not: { format: 'uri' } },
      'must not hold format (at #/not/format): it is not checked by everyone alike: leave it out, or use an assertion with matches',
    ],
    [{ $ref: 'https://example.com/a' }, 'must refer to "#" or to a part under "#/$defs/" (at #/$ref)'],
    [{ $ref: '#/properties/a' }, 'must refer to "#" or to a part under "#/$defs/" (at #/$ref)'],
    [{ $ref: '#/$defs/a' }, 'refers to nothing at #/$ref'],
    [{ allOf: [{ $ref: '#' }] }, 'must not refer to itself without going into the document, as it does at #/allOf/0'],
    [{ const: 2 ** 53 }, 'holds a number at #/const that is not exact beyond 2^53'],
  ])('%j is refused', (schema, problem) => {
    expect(schemaProblem(schema)).toBe(problem);
  });

  it('that is too long is refused', () => {
    const problem = 'must be a schema of at most 16384 characters, has 17013';
    expect(schemaProblem({ enum: ['x'.repeat(17_000)] })).toBe(problem);
  });

  it('that is nested without end is refused', () => {
    let deep: Json = true;
    for (let level = 0; level < 10_000; level += 1) deep = { not: deep };
    expect(schemaProblem(deep)).toBe('must be a schema of at most 64 levels');
  });

  it('may have properties with the names of keywords that are refused', () => {
    expect(schemaProblem({ properties: { pattern: { type: 'string' }, $id: true, format: true } })).toBeUndefined();
  });
});

/** Undefined where the code that Ajv makes is itself broken, as for some nested `if`s (`props0 is not defined`). */
function verdictOf(judge: () => boolean): boolean | undefined {
  try {
    return judge();
  } catch (error) {
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** As a parser would have made it: -0 is written as 0. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const name = fc.constantFrom('a', 'b', 'c');
const scalar = fc.constantFrom<Json>(null, true, 0, 1, 1.5, -2, 'a', 'ab', '𝒳');
const { value: small } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
}));
const count = fc.integer({ min: 0, max: 3 });
const number = fc.constantFrom(0, 1, 1.5, 2);
const names = fc.uniqueArray(name, { maxLength: 2 });

const { schema: schemas } = fc.letrec<{ schema: Json }>((tie) => {
  const sub = tie('schema');
  const list = fc.array(sub, { minLength: 1, maxLength: 2 });
  const map = fc.dictionary(name, sub, { maxKeys: 2 });
  const type = fc.constantFrom('null', 'boolean', 'object', 'array', 'number', 'string', 'integer');
  const keywords = {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
    enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 3 }),
    const: small,
    minimum: number,
    maximum: number,
    exclusiveMinimum: number,
    exclusiveMaximum: number,
    minLength: count,
    maxLength: count,
    minItems: count,
    maxItems: count,
    minProperties: count,
    maxProperties: count,
    uniqueItems: fc.boolean(),
    required: names,
    dependentRequired: fc.dictionary(name, names, { maxKeys: 2 }),
    properties: map,
    additionalProperties: sub,
    propertyNames: sub,
    dependentSchemas: map,
    prefixItems: list,
    items: sub,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: sub,
  };
  const one = fc.record(keywords, { requiredKeys: [] });
  const few = fc
    .tuple(
      one,
      fc.uniqueArray(fc.constantFrom(...(Object.keys(keywords) as (keyof typeof keywords)[])), { maxLength: 3 }),
    )
    .map(([all, kept]) => Object.fromEntries(Object.entries(all).filter(([key]) => kept.includes(key as 'type'))));
  // biome-ignore lint/suspicious/noThenProperty: the keyword of JSON Schema
  const conditional = fc.record({ if: sub, then: sub, else: sub });
  const counted = fc.record({ contains: sub, minContains: count, maxContains: count });
  return { schema: fc.oneof({ maxDepth: 4 }, fc.boolean(), few, few, few, conditional, counted) as fc.Arbitrary<Json> };
});
