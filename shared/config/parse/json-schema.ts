import { z } from 'zod';
import { createSchemas, fileSchema } from './schema.ts';

/** The JSON Schema (draft 2020-12) of monitors.yml, from the very schemas that read it: what editors complete from. */
export function jsonSchema(): unknown {
  const nothing: ReadonlySet<string> = new Set();
  const schemas = createSchemas({ env: {}, channels: nothing, monitors: nothing });
  return z.toJSONSchema(fileSchema(schemas), { io: 'input', unrepresentable: 'any' });
}
