import { z } from 'zod';
import { createSchemas, fileSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of monitors.yml, from the very schemas that read it: what editors complete from. */
export function jsonSchema(): unknown {
  const nothing: ReadonlySet<string> = new Set();
  const schemas = createSchemas({ env: {}, channels: nothing, monitors: nothing, slos: nothing, bursts: nothing });
  return z.toJSONSchema(fileSchema(schemas), { io: 'input', unrepresentable: 'any', override: branchByType });
}

/**
 * A choice between branches as conditions on their `type`, so that an editor complains about the keys of that very type.
 * Of a plain `oneOf` it would say what is wrong with each of them.
 */
function branchByType({
  zodSchema,
  jsonSchema: json,
}: {
  zodSchema: unknown;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}) {
  const { oneOf } = json;
  if (!(zodSchema instanceof z.ZodDiscriminatedUnion) || !oneOf) return;
  const { discriminator } = zodSchema.def;
  const types = oneOf.map((branch) => propertyOf(branch, discriminator));
  delete json.oneOf;
  Object.assign(json, {
    type: 'object',
    properties: { [discriminator]: { type: 'string', enum: types } },
    required: [discriminator],
    allOf: oneOf.map((branch, index) => ({
      if: { properties: { [discriminator]: { const: types[index] } }, required: [discriminator] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: branch,
    })),
  });
}

/** The one word that a branch has for its type. */
function propertyOf(branch: z.core.JSONSchema._JSONSchema, name: string): unknown {
  const property = typeof branch === 'object' ? branch.properties?.[name] : undefined;
  return typeof property === 'object' ? property.enum?.[0] : undefined;
}
