import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Functions } from '../function/functions.ts';
import { AwsError } from './error.ts';
import { answerJsonError } from './protocol.ts';

export type LambdaInvoke = (request: IncomingMessage, response: ServerResponse, body: Buffer) => Promise<void>;

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const mostBytes = 6 * 1024 * 1024;
const mostEventBytes = 1024 * 1024;

/** Lambda's Invoke: waits for the answer, or with `Event` answers 202 and lets it run. */
export function createLambda(functions: () => Functions): LambdaInvoke {
  return async (request, response, body) => {
    try {
      await invoke(functions(), request, response, body);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      answerJsonError(response, error);
    }
  };
}

async function invoke(functions: Functions, request: IncomingMessage, response: ServerResponse, body: Buffer) {
  const name = resolveName(functions, readPath(request));
  const type = String(request.headers['x-amz-invocation-type'] ?? 'RequestResponse');
  const event = readEvent(body, type);
  if (type === 'DryRun') return void response.writeHead(204).end();
  request.socket.setTimeout(0); // the function's own timeout bounds the wait
  if (type === 'Event') {
    void functions.invoke(name, event);
    response.writeHead(202, { 'content-length': 0, 'x-amzn-requestid': randomUUID() }).end();
    return;
  }
  const result = await functions.invoke(name, event);
  const wantsLog = request.headers['x-amz-log-type'] === 'Tail';
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(result.payload),
    'x-amzn-requestid': result.requestId,
    'x-amz-executed-version': '$LATEST',
    ...(result.isError ? { 'x-amz-function-error': 'Unhandled' } : {}),
    ...(wantsLog ? { 'x-amz-log-result': Buffer.from(result.logTail).toString('base64') } : {}),
  });
  response.end(result.payload);
}

function readPath(request: IncomingMessage): string {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(path)?.[1];
  if (name === undefined || request.method !== 'POST')
    throw new AwsError('UnknownOperationException', 'Of Lambda, only Invoke is here.', 404);
  try {
    return decodeURIComponent(name);
  } catch {
    throw new AwsError('ValidationException', 'The function name is not valid percent-encoding.');
  }
}

/** A name, `name:$LATEST`, `account:function:name` or an ARN; the short name of the function does, too. */
function resolveName(functions: Functions, given: string): string {
  const bare = given.replace(/:\$LATEST$/, '').replace(/^(arn:aws[\w-]*:lambda:[\w-]+:)?(\d{12}:)?function:/, '');
  const found = functions.find(bare);
  if (found) return found;
  throw new AwsError('ResourceNotFoundException', `Function not found: ${given.slice(0, 170)}`, 404);
}

function readEvent(body: Buffer, type: string): string {
  if (!['RequestResponse', 'Event', 'DryRun'].includes(type))
    throw new AwsError('InvalidParameterValueException', `The invocation type ${type.slice(0, 32)} is not valid.`);
  const limit = type === 'Event' ? mostEventBytes : mostBytes;
  if (body.length > limit)
    throw new AwsError('RequestTooLargeException', `The payload is larger than ${limit} bytes.`, 413);
  const text = body.toString('utf8') || '{}';
  try {
    JSON.parse(text);
  } catch {
    throw new AwsError('InvalidRequestContentException', 'Could not parse request body into json.');
  }
  return text;
}
