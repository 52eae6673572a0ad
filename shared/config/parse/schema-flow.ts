import { z } from 'zod';
import { jsonPathProblem } from '../../assertion/json-path-syntax.ts';
import type { Extract } from '../model.ts';
import { choice, type Fields, map, refuse, type Sources } from './fields.ts';
import { longestTimeoutMs, most } from './limits.ts';
import { quote } from './problem.ts';
import { isHeaderName, type Refusal } from './request.ts';
import type { RequestFields } from './request-fields.ts';
import { assertions, body } from './schema-parts.ts';
import { httpRequestSchema } from './schema-request.ts';

/** The keys of a flow of their own: its steps, and the time that they have together. */
export function flowShape(fields: Fields, sent: RequestFields, sources: Sources) {
  return {
    deadline: fields.duration(deadline, 100, longestTimeoutMs).optional(),
    steps: z
      .array(stepSchema(fields, sent, sources))
      .min(1)
      .max(most.steps)
      .meta({ description: 'Requests, one after the other. The first that fails ends the flow.' }),
  };
}

const deadline =
  'The wall clock of all steps together, at most 20s, which is the default. A failed flow is retried as a whole.';
const timeout = 'The wall clock of this step. That of the defaults, or the deadline where that is shorter.';

function stepSchema(fields: Fields, sent: RequestFields, sources: Sources) {
  return map({
    id: fields.id('Its name, for people.'),
    request: httpRequestSchema(fields, sent),
    timeout: fields.duration(timeout, 100, longestTimeoutMs).optional(),
    ...body(),
    assertions: assertions(fields, sources, 'Without one on the status, 200-299 is asked for.'),
    extract: z
      .record(z.string(), extractSchema(fields))
      .optional()
      .meta({ description: `What later steps use as \${vars.name}.`, maxProperties: most.extracts }),
    always: z.boolean().optional().meta({ description: 'A clean-up: runs after a failure too. false by default.' }),
  });
}

function extractSchema(fields: Fields) {
  const shape = {
    source: choice(['status', 'header', 'body', 'json']),
    path: fields.line('The name of a header, or a JSONPath.', 512, '$.id').optional(),
    pattern: fields.expression('A regular expression (RE2): its first group, or all that it matches.').optional(),
    secure: z
      .boolean()
      .optional()
      .meta({ description: 'Shown nowhere. Where its name speaks of a secret, true by default.' }),
  };
  return map(shape).transform((extract, sink) => {
    const refusal = checkPath(extract.source, extract.path);
    return refusal ? refuse(sink, refusal, 'path') : extract;
  });
}

function checkPath(source: Extract['source'], path: string | undefined): Refusal | undefined {
  if (source !== 'header' && source !== 'json') {
    return path === undefined ? undefined : { code: 'EXTRACT', message: `must be left out for ${source}` };
  }
  if (path === undefined) return { code: 'EXTRACT', message: `is missing: ${source} needs one` };
  const isName = source === 'json' || isHeaderName(path);
  const message = source === 'json' ? jsonPathProblem(path) : isName ? undefined : 'must be the name of a header';
  return message === undefined ? undefined : { code: 'EXTRACT', message: `${message}, got ${quote(path)}` };
}
