import { findDuplicateKey } from './duplicate-key.ts';
import type { Request } from './http.ts';
import type { Problem } from './problem.ts';

/** The largest body that is read, in bytes after base64 is undone. */
const largestBody = 65_536;

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The JSON object in a request's body, or the one reason why there is none, in the order in which HTTP would look.
 * `alsoTaken` is a media type that is taken beside `application/json`.
 */
export function readJsonObject(request: Request, alsoTaken?: string): { readonly value: JsonObject } | Problem {
  return (
    findEncodingProblem(request) ?? findTypeProblem(request, alsoTaken) ?? findSizeProblem(request) ?? parse(request)
  );
}

function findEncodingProblem({ headers }: Request): Problem | undefined {
  if (headers['content-encoding'] === undefined) return undefined;
  return {
    problem: 'unsupported-content-encoding',
    detail: 'send the body as it is, without Content-Encoding',
    headers: { 'accept-encoding': 'identity' },
  };
}

function findTypeProblem({ headers }: Request, alsoTaken?: string): Problem | undefined {
  const type = headers['content-type'] ?? '';
  if (alsoTaken !== undefined && type.trim().toLowerCase() === alsoTaken) return undefined;
  if (/^\s*application\/json\s*(?:;\s*charset\s*=\s*(?:utf-8|"utf-8")\s*)?$/i.test(type)) return undefined;
  return {
    problem: 'unsupported-media-type',
    detail: 'send content-type: application/json',
    headers: { accept: alsoTaken === undefined ? 'application/json' : `application/json, ${alsoTaken}` },
  };
}

/** A declared length counts too: whoever reads the request may have cut the body short. */
function findSizeProblem({ headers, body = '', isBase64 }: Request): Problem | undefined {
  const declared = Number(headers['content-length'] ?? 0);
  const actual = Buffer.byteLength(body, isBase64 ? 'base64' : 'utf8');
  if (actual <= largestBody && !(declared > largestBody)) return undefined;
  return { problem: 'body-too-large', detail: `the body must have at most ${largestBody} bytes` };
}

function parse({ body = '', isBase64 }: Request): { readonly value: JsonObject } | Problem {
  const text = isBase64 ? decode(body) : body;
  if (text === undefined) return invalidJson('the body is not UTF-8');
  const value = parseJson(text);
  if (value === undefined) return invalidJson('the body is not JSON');
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return invalidJson('the body must be a JSON object');
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) return invalidJson(`the key ${JSON.stringify(duplicate.slice(0, 64))} is there twice`);
  return { value: value as JsonObject };
}

function invalidJson(detail: string): Problem {
  return { problem: 'invalid-json', detail };
}

/** The text in base64 of UTF-8, a byte order mark kept (JSON has none); undefined when it is not UTF-8. */
function decode(body: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(body, 'base64'));
  } catch {
    return undefined; // not UTF-8: the caller says so
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON text is the value undefined
  }
}
