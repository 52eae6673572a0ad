/**
 * The trace that a request belongs to, as 32 hexadecimal digits: of the caller's W3C `traceparent` where there is one, else of
 * the `x-amzn-trace-id` that API Gateway adds (its time and its random part make one id: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-traceids),
 * else of the invocation itself. Whatever is no such id is nothing.
 */
export function traceIdOf(
  headers: Readonly<Record<string, unknown>>,
  ofInvocation: string | undefined,
): string | undefined {
  return fromTraceparent(headers['traceparent']) ?? fromXray(headers['x-amzn-trace-id']) ?? fromXray(ofInvocation);
}

/** https://www.w3.org/TR/trace-context/#traceparent-header; an id of zeros is none. */
function fromTraceparent(value: unknown): string | undefined {
  const id =
    typeof value === 'string' ? /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(value)?.[1] : undefined;
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

function fromXray(value: unknown): string | undefined {
  const found = typeof value === 'string' ? /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})(?:;|$)/.exec(value) : null;
  return found === null ? undefined : `${found[1]}${found[2]}`;
}
