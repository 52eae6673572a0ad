import { type ProblemName, problems, problemType } from '../problem.ts';
import { type Route, routes } from '../route-table.ts';
import { schemas } from './schemas.ts';

type Json = Readonly<Record<string, unknown>>;

const info = {
  title: 'Burnwatch shortener',
  version: '1',
  description:
    'Short links with codes of your own, expiry, QR codes, previews and click counts. HEAD is answered wherever GET is. ' +
    'A path that is not here is the problem unknown-path (404), a method that is not here method-not-allowed (405).',
  license: { name: 'MIT', identifier: 'MIT' },
} as const;

const everywhere: readonly ProblemName[] = ['internal-error'];
const drills: readonly ProblemName[] = ['fault-injected'];

/** The description of the whole API, made of the very table that requests are routed by (OpenAPI 3.1). */
export function describeShortener(): Json {
  const paths = [...Map.groupBy(routes, ({ path }) => path)].map(([path, all]) => [path, pathItem(path, all)]);
  return {
    openapi: '3.1.1',
    info,
    servers: [{ url: '/' }],
    paths: Object.fromEntries(paths),
    components: {
      schemas,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Not asked for where writes are open.' },
      },
    },
  };
}

function pathItem(path: string, all: readonly Route[]): Json {
  const operations = all.map((route) => [route.method.toLowerCase(), operation(route)] as const);
  const shortest = path.startsWith('/links') ? 1 : 4;
  const schema = { type: 'string', pattern: `^[0-9A-Za-z]{${shortest},64}$` };
  const code = { name: 'code', in: 'path', required: true, schema };
  return {
    ...(path.includes('{code}') && { parameters: [code] }),
    ...Object.fromEntries(operations),
    options: {
      operationId: `preflight ${path}`,
      summary: 'Answer the preflight of a page whose origin CORS_ORIGINS has',
      responses: { 204: { description: 'It may ask.' }, ...problemResponses(preflightProblems(path)) },
    },
  };
}

function operation(route: Route): Json {
  const { id, path, summary, access, input, problems: own } = route;
  const parameters = [...(route.query ?? []).map((name) => queries[name]), ...(route.isOnce ? [idempotencyKey] : [])];
  return {
    operationId: path === '/health' ? `${id} (short)` : id,
    summary,
    ...(access === 'token' && { security: [{ token: [] }] }),
    ...(parameters.length > 0 && { parameters }),
    ...(input && { requestBody: { required: true, content: { 'application/json': { schema: named(input) } } } }),
    responses: {
      ...success(route),
      ...(route.isRevalidated && { 304: { description: 'What If-None-Match names is what would be answered.' } }),
      ...problemResponses([...own, ...everywhere, ...(path === '/faults' ? [] : drills)], id === 'checkReadiness'),
    },
  };
}

function success({ success: { status, output, type }, id }: Route): Json {
  const content = output ? { 'application/json': { schema: named(output) } } : type && { [type]: {} };
  const isVisit = status === 302;
  const headers =
    isVisit || id === 'createLink' ? { location: { required: true, schema: { type: 'string' } } } : undefined;
  return {
    [status]: {
      description: descriptions[status] ?? 'Done.',
      ...(headers && { headers }),
      ...(content && { content }),
    },
  };
}

const descriptions: Readonly<Record<number, string>> = {
  200: 'Here it is.',
  201: 'It was made.',
  204: 'Done.',
  302: 'It leads there.',
};

/** A response for each status among the problems, with just the types that it may have. */
function problemResponses(names: readonly ProblemName[], isCheck = false): Json {
  const byStatus = Map.groupBy(names, (name) => problems[name].status);
  const all = [...byStatus].map(([status, some]) => [status, problemResponse(some)] as const);
  const responses = Object.fromEntries(all);
  if (!isCheck) return responses;
  // A failing check keeps its own form.
  const { description, content } = responses[503] as { description: string; content: Json };
  return {
    ...responses,
    503: { description, content: { 'application/json': { schema: named('Health') }, ...content } },
  };
}

function problemResponse(names: readonly ProblemName[]): Json {
  const types = { properties: { type: { enum: names.map(problemType) } } };
  return {
    description: names.map((name) => problems[name].title).join('; or: '),
    content: { 'application/problem+json': { schema: { allOf: [named('Problem'), types] } } },
  };
}

function preflightProblems(path: string): readonly ProblemName[] {
  const isMissing = routes.some((route) => route.path === path && route.problems.includes('unknown-path'));
  const missing: readonly ProblemName[] = isMissing ? ['unknown-path'] : [];
  return ['method-not-allowed', ...missing, ...(path === '/faults' ? [] : [...everywhere, ...drills])];
}

const named = (name: string) => ({ $ref: `#/components/schemas/${name}` });

const query = (name: string, schema: Json, description: string) => ({ name, in: 'query', schema, description });
const queries = {
  limit: query('limit', { type: 'integer', minimum: 1, maximum: 100, default: 50 }, 'Links a page.'),
  cursor: query('cursor', { type: 'string' }, 'The nextCursor of the page before.'),
  days: query('days', { type: 'integer', minimum: 1, maximum: 60, default: 30 }, 'Days up to today.'),
} as const;
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  schema: { type: 'string', maxLength: 257 },
  description: 'Who repeats a request with its key within 24 hours gets the first answer again.',
};
