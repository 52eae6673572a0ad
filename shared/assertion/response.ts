import type { Assertion } from '../config/model.ts';

/** What assertions look at. */
export type Response = {
  readonly statusCode: number;
  readonly latencyMs: number;
  /** Names in lower case; several lines of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** There when an assertion looks into JSON. Whole numbers that a double cannot hold are bigints. */
  readonly json?: ParsedJson;
  readonly select?: Select;
};

/** The whole body as text, or why there is none to look at. */
type Body = { readonly text: string } | { readonly problem: string };
type ParsedJson = { readonly value: unknown } | { readonly problem: string };
/** All values at a JSONPath (RFC 9535), in document order. May throw where the document is nested too deeply. */
type Select = (path: string, value: unknown) => readonly unknown[];

/** Reads the body as JSON, once, and loads the JSONPath engine, if one of the assertions asks for it. */
export async function prepareResponse(
  response: Omit<Response, 'json' | 'select'>,
  assertions: readonly Assertion[],
): Promise<Response> {
  if (!assertions.some(({ source }) => source === 'json')) return response;
  return { ...response, json: parseBody(response.body), select: await loadSelect() };
}

/** The engine weighs as much as all the rest of this room: it is loaded at first use. */
async function loadSelect(): Promise<Select> {
  const { query } = await import('json-p3');
  return (path, value) => query(path, value as Parameters<typeof query>[1]).values();
}

function parseBody(body: Body): ParsedJson {
  if ('problem' in body) return body;
  try {
    return { value: parseJson(body.text) };
  } catch {
    // The parser's own message quotes the body: what matters is that it is no JSON.
    return { problem: 'the body is not JSON' };
  }
}

type WithSource = (key: string, value: unknown, context: { source?: string }) => unknown;

/** JSON.parse, except that a whole number beyond 2^53 becomes a bigint. Throws a SyntaxError, or RangeError when nested too deeply. */
function parseJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const keepExact: WithSource = (_key, value, { source }) => {
    const isInexact = typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source ?? '');
    return isInexact ? BigInt(source as string) : value;
  };
  return JSON.parse(text, keepExact as (key: string, value: unknown) => unknown);
}
