import type { Socket } from 'node:net';
import { untilAborted } from '../clock/deadline.ts';
import { AttemptError, codeOf, ownFault } from '../net/error.ts';
import { explainSecured, isCertificateMissing } from '../net/tls.ts';
import { closedEarly, closedInBody, createCollector, type Exchange, type ResponseWithBody } from './collect.ts';
import { createResponseParser } from './response-parser.ts';

/**
 * One request and its response over HTTP/1.1 on a connected socket, which is destroyed in every case. Rejects with an
 * AttemptError (`protocol` until the head is complete and for what is no HTTP, `body` after it), or with the signal's
 * reason.
 */
export function exchange(socket: Socket, options: Exchange): Promise<ResponseWithBody> {
  return untilAborted<ResponseWithBody>(options.signal, (resolve, reject) => {
    const collector = createCollector(options, resolve, reject);
    const parser = createResponseParser(options.method, collector);
    const take = (step: () => void) => {
      if (collector.isSettled()) return;
      try {
        step();
      } catch (error) {
        collector.fail(toAttemptError(error, socket, collector.hasHead()));
      }
      if (collector.isSettled()) socket.destroy();
    };
    const fail = (error: unknown) => {
      take(() => {
        throw error;
      });
    };
    const onEnd = () =>
      take(() => {
        if (!parser.end()) throw new Error('closed');
      });
    socket.on('data', (chunk: Buffer) => take(() => parser.feed(chunk)));
    socket.on('end', onEnd);
    socket.on('close', onEnd);
    // Stays to the end: what a socket says after its request is settled is of no interest.
    socket.on('error', fail);
    take(() => send(socket, options));
    return () => socket.destroy();
  });
}

function send(socket: Socket, options: Exchange): void {
  const { body } = options;
  const head = encodeHead(options, true);
  if (body) socket.cork();
  socket.write(head, 'latin1');
  if (!body) return;
  socket.write(body);
  socket.uncork();
}

/**
 * The head of a request, to be sent as latin1; `isLast`: of the only or last one on its connection. Throws an AttemptError of
 * type `monitor` where a header cannot be sent.
 */
export function encodeHead({ method, url, headers, body }: RequestContent, isLast: boolean): string {
  let head = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n`;
  if (headers['host'] === undefined) head += `host: ${url.host}\r\n`;
  if (isLast) head += 'connection: close\r\n';
  for (const [name, value] of Object.entries(headers)) {
    if (!token.test(name) || !sendable.test(value)) {
      throw new AttemptError('monitor', `the request cannot be sent: the header ${JSON.stringify(name)} is not valid`);
    }
    head += `${name}: ${value}\r\n`;
  }
  if (body || methodsWithBody.includes(method)) head += `content-length: ${body?.length ?? 0}\r\n`;
  return `${head}\r\n`;
}

type RequestContent = Pick<Exchange, 'method' | 'url' | 'headers' | 'body'>;

const token = /^[!#$%&'*+\-.^_`|~\w]+$/;
/** RFC 9110 §5.5, and the bytes of Latin-1. */
const sendable = /^[\t\x20-\x7e\x80-\xff]*$/;
/** They say how long their body is, also when there is none (RFC 9110 §8.6). */
const methodsWithBody: readonly string[] = ['POST', 'PUT', 'PATCH'];

const certificateMissing =
  'the target asked for a client certificate (tls.cert and tls.key), and closed the connection without an answer';

function toAttemptError(error: unknown, socket: Socket, hasHead: boolean): AttemptError {
  const known = error instanceof AttemptError ? error : (explainSecured(socket, error) ?? ownFault(error));
  if (known) return known;
  if (!hasHead && isCertificateMissing(socket)) return new AttemptError('tls', certificateMissing, { cause: error });
  const code = codeOf(error);
  const suffix = code === '' ? '' : ` (${code})`;
  return hasHead
    ? new AttemptError('body', `${closedInBody}${suffix}`, { cause: error })
    : new AttemptError('protocol', `${closedEarly}${suffix}`, { cause: error });
}
