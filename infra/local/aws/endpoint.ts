import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isLoopbackHost, readBody } from '../server.ts';
import type { DynamoDb } from './dynamodb.ts';
import { AwsError, internalError } from './error.ts';
import type { LambdaInvoke } from './lambda.ts';
import { answerJson, answerJsonError, answerQuery, answerQueryError } from './protocol.ts';
import { parseQuery } from './query.ts';
import type { Input, Service } from './service.ts';

export type AwsServices = {
  readonly cloudwatch: Service;
  readonly sns: Service;
  readonly ssm: Service;
  readonly logs: Service;
  readonly sts: Service;
  readonly dynamodb: DynamoDb;
  readonly lambda: LambdaInvoke;
};

const mostBytes = 16 * 1024 * 1024;
const mostMetricBytes = 1024 * 1024;
const unzip = promisify(gunzip);

type Call = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: Buffer;
};

/** AWS on one port: tells the services apart as their clients do, by header, path or form. Any keys are taken. */
export function createAwsEndpoint(services: AwsServices, onError: (error: unknown) => void) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, mostBytes);
    const call = { request, response, body: body ?? Buffer.alloc(0) };
    const hearsXml = protocolOf(request) === 'query' || xmlServices.includes(signedService(request) ?? '');
    try {
      if (body === undefined) throw new AwsError('RequestEntityTooLarge', 'The request is larger than 16 MB.', 413);
      refuseBrowsers(request);
      await route(services, call);
    } catch (error) {
      if (!(error instanceof AwsError)) onError(error);
      const refusal = error instanceof AwsError ? error : internalError();
      if (response.headersSent) response.destroy();
      else if (hearsXml) answerQueryError(response, refusal);
      else answerJsonError(response, refusal);
    }
  };
}

/** No page in a browser has any business here; its requests carry an Origin, or a Host that is not this machine. */
function refuseBrowsers({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined || !isLoopbackHost(headers.host))
    throw new AwsError('AccessDenied', 'Only clients on this machine are served, and no web pages.', 403);
}

function protocolOf({ headers }: IncomingMessage): 'json' | 'query' {
  return (headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded') ? 'query' : 'json';
}

async function route(services: AwsServices, call: Call): Promise<void> {
  const { request, response } = call;
  const target = String(request.headers['x-amz-target'] ?? '');
  const [prefix = '', action = ''] = target.split('.', 2);
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const service = signedService(request);
  if (request.method === 'GET' && path === '/' && service === undefined) return describeEndpoint(response);
  if (service !== undefined && !signedNames.includes(service)) throw unknownService(service);
  if (/^\/2015-03-31\/functions(\/|$)/.test(path)) return services.lambda(request, response, await unpack(call));
  if (request.method !== 'POST')
    throw new AwsError('InvalidAction', 'The request names no service and no action.', 404);
  if (prefix.startsWith('DynamoDB_')) return relayToDynamoDb(services.dynamodb, action, call);
  if (prefix === 'GraniteServiceVersion20100801') return runJson(services.cloudwatch, action, call, mostMetricBytes);
  if (prefix === 'Logs_20140328') return runJson(services.logs, action, call, mostBytes);
  if (prefix === 'AmazonSSM') return runJson(services.ssm, action, call, mostBytes);
  if (target === '' && protocolOf(request) === 'query') return runQuery(services, call);
  throw new AwsError(
    'UnknownOperationException',
    `No service here knows ${target.slice(0, 128) || 'this request'}.`,
    404,
  );
}

/** The services by their names in signatures, which are not always those of their clients. */
const signedNames = ['monitoring', 'dynamodb', 'lambda', 'logs', 'sns', 'ssm', 'sts'];
const names = signedNames.map((name) => (name === 'monitoring' ? 'cloudwatch' : name));
/** Their clients look for XML in errors. */
const xmlServices = ['s3', 's3express', 'route53', 'cloudfront'];

/** The service that a request is signed for (AWS Signature Version 4); undefined for one that is not signed. */
function signedService({ headers }: IncomingMessage): string | undefined {
  return /Credential=[^\s,]*\/([\w-]{1,64})\/aws4_request/.exec(headers.authorization ?? '')?.[1];
}

function unknownService(service: string): AwsError {
  const message = `Local mode does not play ${service}; there are ${names.join(', ')}.`;
  return new AwsError('UnknownOperationException', message, 404);
}

function describeEndpoint(response: ServerResponse): void {
  answerJson(response, { name: "Burnwatch's local AWS endpoint", services: names }, 'application/json');
}

async function relayToDynamoDb(dynamodb: DynamoDb, action: string, call: Call): Promise<void> {
  const answer = await dynamodb.request(action, await unpack(call));
  call.response.writeHead(answer.status, answer.headers);
  call.response.end(answer.body);
}

async function runJson(service: Service, action: string, call: Call, maxBytes: number): Promise<void> {
  if (call.body.length > maxBytes)
    throw new AwsError('RequestEntityTooLarge', `The request is larger than ${maxBytes} bytes.`, 413);
  const input = parseJson(await unpack(call));
  answerJson(call.response, await find(service, action)(input), call.request.headers['content-type']);
}

async function runQuery(services: AwsServices, call: Call): Promise<void> {
  const { Action: action, Version: version, ...input } = parseQuery((await unpack(call)).toString('utf8'));
  const name = typeof action === 'string' ? action : '';
  if (version === '2010-03-31') return answerQuery(call.response, 'sns', name, await find(services.sns, name)(input));
  if (version === '2011-06-15') return answerQuery(call.response, 'sts', name, await find(services.sts, name)(input));
  if (version === '2010-08-01')
    return answerQuery(call.response, 'monitoring', name, await find(services.cloudwatch, name)(input));
  throw new AwsError('InvalidAction', `No service here has the API version ${String(version).slice(0, 32)}.`);
}

function find(service: Service, action: string) {
  if (Object.hasOwn(service, action) && service[action]) return service[action];
  throw new AwsError('InvalidAction', `The action ${action.slice(0, 128)} is not valid for this endpoint.`);
}

async function unpack({ request, body }: Call): Promise<Buffer> {
  if (request.headers['content-encoding'] !== 'gzip') return body;
  try {
    return await unzip(body, { maxOutputLength: mostBytes });
  } catch {
    throw new AwsError('SerializationException', 'The gzip body cannot be unpacked, or is larger than 16 MB.');
  }
}

function parseJson(body: Buffer): Input {
  try {
    const input: unknown = JSON.parse(body.toString('utf8') || '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as Input;
  } catch {
    // Said below, as for JSON that is no object.
  }
  throw new AwsError('SerializationException', 'The body must be a JSON object.');
}
