import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../aws/read.ts';
import { readBody } from '../server.ts';

const mostBodyBytes = 64 * 1024;

/** What is refused: a status and a sentence, told as problem details (RFC 9457). */
export class Refusal extends Error {
  readonly status: number;
  readonly title: string;
  constructor(status: number, title: string, detail: string) {
    super(detail);
    this.status = status;
    this.title = title;
  }
}

/** The body, a JSON object; `whenEmpty` where there is none. Refuses everything else. */
export async function readObject(
  request: IncomingMessage,
  whenEmpty: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const body = await readBody(request, mostBodyBytes);
  if (!body) throw new Refusal(413, 'Content Too Large', 'The body may have at most 64 kB.');
  const text = body.toString('utf8').trim();
  const value: unknown = text === '' ? whenEmpty : parseJson(text);
  if (!isObject(value)) throw new Refusal(400, 'Bad Request', 'The body must be a JSON object.');
  return value;
}

/** Refuses an object with any other keys. */
export function requireOnly(keys: readonly string[], value: Readonly<Record<string, unknown>>): void {
  if (Object.keys(value).every((each) => keys.includes(each))) return;
  const known = keys.map((key) => `"${key}"`).join(', ');
  throw new Refusal(400, 'Bad Request', `The body takes ${known} and nothing else.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'Bad Request', 'The body is not JSON.');
  }
}

export function sendProblem(response: ServerResponse, status: number, title: string, detail: string): void {
  send(response, status, 'application/problem+json', JSON.stringify({ type: 'about:blank', title, status, detail }));
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json', JSON.stringify(value));
}

export function send(response: ServerResponse, status: number, contentType: string, body: string | Buffer): void {
  const close = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...close });
  response.end(body);
}
