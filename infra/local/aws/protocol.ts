import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { AwsError } from './error.ts';
import { escapeXml, renderXml } from './query.ts';
import type { Output } from './service.ts';

const namespaces = {
  sns: 'http://sns.amazonaws.com/doc/2010-03-31/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  monitoring: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
} as const;

/** An answer in AWS JSON: instants as epoch seconds. */
export function answerJson(response: ServerResponse, output: Output, contentType = 'application/x-amz-json-1.0'): void {
  send(response, 200, contentType, JSON.stringify(withEpochSeconds(output)));
}

/**
 * An error in AWS JSON. `__type` is the shape's name, as the SDKs read it; `x-amzn-query-error` is the code that the
 * older protocol used, which newer clients still report.
 */
export function answerJsonError(response: ServerResponse, error: AwsError): void {
  const shape = error.code.endsWith('Exception') || !queryCodes.has(error.code) ? error.code : `${error.code}Exception`;
  response.setHeader('x-amzn-query-error', `${error.code};${error.status < 500 ? 'Sender' : 'Receiver'}`);
  response.setHeader('x-amzn-errortype', shape);
  send(response, error.status, 'application/x-amz-json-1.0', JSON.stringify({ __type: shape, message: error.message }));
}

/** Codes whose JSON shape has a name that ends in Exception. */
const queryCodes = new Set([
  'InvalidParameterValue',
  'InvalidParameterCombination',
  'MissingParameter',
  'MissingRequiredParameter',
]);

/** An answer in the AWS Query protocol. */
export function answerQuery(
  response: ServerResponse,
  service: keyof typeof namespaces,
  action: string,
  output: Output,
): void {
  const id = randomUUID();
  const result = `<${action}Result>${renderXml(output)}</${action}Result>`;
  const metadata = `<ResponseMetadata><RequestId>${id}</RequestId></ResponseMetadata>`;
  const xml = `<${action}Response xmlns="${namespaces[service]}">${result}${metadata}</${action}Response>`;
  send(response, 200, 'text/xml', xml, id);
}

export function answerQueryError(response: ServerResponse, error: AwsError): void {
  const id = randomUUID();
  const type = error.status < 500 ? 'Sender' : 'Receiver';
  const detail = `<Type>${type}</Type><Code>${escapeXml(error.code)}</Code><Message>${escapeXml(error.message)}</Message>`;
  const xml = `<ErrorResponse><Error>${detail}</Error><RequestId>${id}</RequestId></ErrorResponse>`;
  send(response, error.status, 'text/xml', xml, id);
}

function send(response: ServerResponse, status: number, type: string, body: string, id: string = randomUUID()): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': id,
    ...(status === 413 ? { connection: 'close' } : {}),
  });
  response.end(body);
}

function withEpochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map(withEpochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withEpochSeconds(member)]));
}
