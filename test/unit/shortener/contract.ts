import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Answer } from '../../../functions/shortener/http.ts';
import { describeShortener } from '../../../functions/shortener/openapi/document.ts';

type Content = Readonly<Record<string, { readonly schema?: object }>>;
type Response = {
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
};
type Operation = { readonly responses: Readonly<Record<string, Response>> };
type PathItem = Readonly<Record<string, Operation>> & {
  readonly parameters?: readonly [{ schema: { pattern: string } }];
};

/** The document as whoever asks for it gets it. */
export const document = JSON.parse(JSON.stringify(describeShortener())) as {
  readonly paths: Readonly<Record<string, PathItem>>;
  readonly components: object;
};

const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
ajv.addFormat('date', /^\d{4}-\d\d-\d\d$/);
ajv.addVocabulary(['components']);
ajv.addSchema({ $id: 'https://shortener.test/api', components: document.components });

const validators = new Map<string, ValidateFunction>();

const paths = Object.entries(document.paths).map(([path, item]) => {
  const code = item.parameters?.[0].schema.pattern.slice(1, -1) ?? '';
  const literal = path.split('{code}').map((part) => part.replaceAll(/[.+]/g, '\\$&'));
  return { path, item, pattern: new RegExp(`^${literal.join(code)}$`) };
});
const methods = ['get', 'post', 'put', 'patch', 'delete', 'options'];

/** Every answer that the document promises, as `GET /links 422 application/problem+json invalid-input`. */
export function promised(): string[] {
  return paths.flatMap(({ path, item }) =>
    methods.flatMap((method) =>
      Object.entries(item[method]?.responses ?? {}).flatMap(([status, { content }]) =>
        Object.entries(content ?? { '': {} }).flatMap(([type, { schema }]) =>
          typesOf(schema).map((problem) => nameOf(method, path, status, type, problem)),
        ),
      ),
    ),
  );
}

/**
 * What an answer is called in the document. Throws where the document does not promise it: another status, media type,
 * problem or body, or a header that is missing.
 */
export function nameAnswer(method: string, path: string, answer: Answer): string {
  const found = paths.find(({ pattern }) => pattern.test(path));
  const type = answer.headers['content-type'] ?? '';
  const verb = method === 'HEAD' ? 'get' : methods.find((name) => name.toUpperCase() === method);
  const operation = verb === undefined ? undefined : found?.item[verb];
  if (!found || !verb || !operation) return nameStranger(method, path, found !== undefined, answer);
  const response = operation.responses[answer.statusCode];
  const schema = response?.content?.[type]?.schema;
  const isKnown = type === '' ? response && (!response.content || method === 'HEAD') : response?.content?.[type];
  if (!isKnown) throw new Error(`not in the document: ${method} ${path} ${answer.statusCode} ${type}`);
  for (const [name, { required }] of Object.entries(response?.headers ?? {}))
    if (required && answer.headers[name] === undefined) throw new Error(`${method} ${path}: no ${name}`);
  if (method === 'HEAD') {
    if (answer.body !== '') throw new Error(`HEAD ${path}: a body`);
    return nameOf(verb, found.path, String(answer.statusCode), type, '');
  }
  const problem = schema ? checkBody(schema, answer.body, `${method} ${path} ${answer.statusCode}`) : '';
  return nameOf(verb, found.path, String(answer.statusCode), type, problem);
}

/** What the document says of paths and methods that it does not have. */
function nameStranger(method: string, path: string, isPath: boolean, { statusCode, headers, body }: Answer): string {
  const type = headers['content-type'];
  const allowed = isPath ? ['method-not-allowed', 'unknown-path'] : ['unknown-path'];
  const name = method === 'HEAD' || body === '' ? undefined : problemOf(JSON.parse(body));
  const isFine =
    name === undefined ? statusCode === 404 : [...allowed, 'fault-injected', 'internal-error'].includes(name);
  if (!isFine && !(name === undefined && statusCode >= 500))
    throw new Error(`not in the document: ${method} ${path} ${statusCode} ${type} ${name}`);
  return `${method} elsewhere ${statusCode}`;
}

/** The problem in a body, where it is one. */
function checkBody(schema: object, body: string, where: string): string {
  const value: unknown = JSON.parse(body);
  const key = JSON.stringify(schema);
  const validate = validators.get(key) ?? ajv.compile(rebased(schema));
  validators.set(key, validate);
  if (!validate(value)) throw new Error(`${where}: ${ajv.errorsText(validate.errors)} in ${body}`);
  return problemOf(value) ?? '';
}

function rebased(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"https://shortener.test/api#/components'));
}

function problemOf(value: unknown): string | undefined {
  const type = (value as { type?: unknown } | null)?.type;
  return typeof type === 'string' ? type.replace('urn:burnwatch:problem:', '') : undefined;
}

function typesOf(schema: object | undefined): readonly string[] {
  const [, types] =
    (schema as { allOf?: [unknown, { properties: { type: { enum: string[] } } }] } | undefined)?.allOf ?? [];
  return types?.properties.type.enum.map((type) => type.replace('urn:burnwatch:problem:', '')) ?? [''];
}

function nameOf(method: string, path: string, status: string, type: string, problem: string): string {
  return [method.toUpperCase(), path, status, type, problem].filter((part) => part !== '').join(' ');
}
