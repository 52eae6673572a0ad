/** What is read of an HTTP API's event, payload 2.0. */
export type HttpApiRequest = {
  readonly method: string;
  /** As API Gateway gives it, without the query. */
  readonly path: string;
};

/** A function's answer to an HTTP API, payload 2.0. Header names are lower-case. */
export type HttpApiAnswer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** The request in an event, or undefined when it is not an HTTP API's at all (an invocation by hand). */
export function readHttpApiRequest(event: unknown): HttpApiRequest | undefined {
  const { rawPath, requestContext } = record(event);
  const { method } = record(record(requestContext)['http']);
  return typeof rawPath === 'string' && typeof method === 'string' ? { method, path: rawPath } : undefined;
}

/** A header of the request in an event, by its name in lower case. */
export function readHeader(event: unknown, name: string): string | undefined {
  const value = record(record(event)['headers'])[name];
  return typeof value === 'string' ? value : undefined;
}

/** A form that was sent is at most so long; what is longer is none of ours. */
const longestForm = 8_192;

/** The fields of a form in an event; none where there is no body, or one that is too long. Of several of a name the first. */
export function readForm(event: unknown): ReadonlyMap<string, string> {
  const { body, isBase64Encoded } = record(event);
  if (typeof body !== 'string' || body.length > longestForm) return new Map();
  const text = isBase64Encoded === true ? Buffer.from(body, 'base64').toString('utf8') : body;
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(text)) if (!fields.has(name)) fields.set(name, value);
  return fields;
}

/** One line of plain text, which nobody keeps; without it when only the head was asked for. */
export function textAnswer(
  method: string,
  statusCode: number,
  line: string,
  headers: Readonly<Record<string, string>> = {},
): HttpApiAnswer {
  return {
    statusCode,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      ...headers,
    },
    body: method === 'HEAD' ? '' : `${line}\n`,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
