/** What the shortener reads of an API Gateway HTTP API event, payload 2.0; whatever makes such events can call it. */
export type Request = {
  readonly method: string;
  /** As API Gateway gives it (it decodes percent-encodings); never decoded again. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** Lower-case names; a repeated header is joined by commas. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string | undefined;
  readonly isBase64: boolean;
  /** The names under which this request reached us, with their ports where given. */
  readonly hosts: readonly string[];
  /** The address that the request came from, as API Gateway saw it; empty where it is not known. */
  readonly caller: string;
};

/** Lambda's answer to an HTTP API, payload 2.0. Header names are lower-case. */
export type Answer = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/**
 * On every answer that does not say otherwise. Nothing may be framed, sniffed, indexed or kept: a link can be deleted or
 * expire at any time, and every visit counts, so nobody on the way may cache a redirect either.
 */
const everywhere = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'strict-transport-security': 'max-age=63072000',
  'x-content-type-options': 'nosniff',
  'x-robots-tag': 'noindex',
};

/** The request in an event, or undefined when it is not an HTTP event at all (a hand-made invocation). */
export function readRequest(event: unknown): Request | undefined {
  const { rawPath, rawQueryString, headers, body, isBase64Encoded, requestContext } = record(event);
  const context = record(requestContext);
  const { method, sourceIp } = record(context['http']);
  if (typeof rawPath !== 'string' || typeof method !== 'string') return undefined;
  const texts = textsOf(record(headers));
  return {
    method,
    path: rawPath,
    query: typeof rawQueryString === 'string' ? rawQueryString : '',
    headers: texts,
    body: typeof body === 'string' ? body : undefined,
    isBase64: isBase64Encoded === true,
    hosts: [texts['host'], context['domainName']].filter((host) => typeof host === 'string' && host !== '') as string[],
    caller: typeof sourceIp === 'string' ? sourceIp : '',
  };
}

/** An answer with a JSON body. */
export function jsonAnswer(statusCode: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { statusCode, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/** An answer with text of another kind. */
export function textAnswer(type: string, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { statusCode: 200, headers: { 'content-type': type, ...headers }, body };
}

/** An answer without a body. */
export function emptyAnswer(statusCode: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { statusCode, headers, body: '' };
}

/** 302 to `url`, byte for byte: the rules for URLs leave nothing in it that could break out of a header. */
export function redirectAnswer(url: string): Answer {
  return emptyAnswer(302, { location: url });
}

/**
 * The answer as it leaves: with what every answer carries and with `more`, and without its body when only the head was
 * asked for.
 */
export function finishAnswer(
  answer: Answer,
  method: string,
  requestId: string,
  more?: Readonly<Record<string, string>>,
): Answer {
  return {
    statusCode: answer.statusCode,
    headers: { ...everywhere, ...answer.headers, ...more, 'x-request-id': requestId },
    body: method === 'HEAD' ? '' : answer.body,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function textsOf(headers: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const texts: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') texts[name.toLowerCase()] = value;
  }
  return texts;
}
