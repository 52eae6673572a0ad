/** What is read of an HTTP API's event, payload 2.0; bodies are left alone. */
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
