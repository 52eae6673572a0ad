import type { Socket } from 'node:net';
import { untilAborted } from '../clock/deadline.ts';
import { AttemptError, codeOf } from '../net/error.ts';
import type { Stopwatch } from '../net/phases.ts';
import { type Client, type Controller, createClient, type Handler } from './undici.ts';

/** Header names and values of one response together; real ones stay under 16 kB. */
const headerBytesLimit = 32 * 1_024;
const headerCountLimit = 500;
const interimResponsesLimit = 20;

export type Exchange = {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
  readonly stopwatch: Stopwatch;
  /** True when the body of this response does not matter, e.g. because it is a redirect: it is not read. */
  readonly skipBody: (head: ResponseHead) => boolean;
  /** Told as soon as the status is known, so that it can be reported even when the body then fails. */
  readonly onHead: (head: ResponseHead) => void;
};

export type ResponseHead = {
  readonly statusCode: number;
  /** Names in lower case; several lines of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>;
};

/** `isCut`: there was more of the body than was read. */
export type ResponseWithBody = ResponseHead & { readonly body: Buffer; readonly isCut: boolean };

/**
 * One request and its response on a connected socket, which is destroyed in every case. Rejects with an AttemptError
 * (`protocol` until the head is complete and for what is no HTTP, `body` after it), or with the signal's reason.
 */
export function exchange(socket: Socket, options: Exchange): Promise<ResponseWithBody> {
  let isTaken = false;
  const client = createClient(options.url.origin, {
    maxHeaderSize: headerBytesLimit,
    connect: (_options, done) => {
      if (isTaken) return done(new AttemptError('protocol', closedEarly), null);
      isTaken = true;
      // Not at once: the client goes on only when its connection comes later.
      queueMicrotask(() => done(null, socket));
    },
  });
  const path = `${options.url.pathname}${options.url.search}`;
  const headers = Object.entries(options.headers).flat();
  return untilAborted<ResponseWithBody>(options.signal, (resolve, reject) => {
    const handler = collect(options, resolve, reject);
    client.dispatch({ method: options.method, path, headers, reset: true }, handler);
    return () => {};
  }).finally(() => discard(client, socket));
}

function discard(client: Client, socket: Socket): void {
  // The request is settled: whatever the socket still has to say is of no interest.
  socket.on('error', () => {});
  client.destroy(null, () => {});
  socket.destroy();
}

type Settle = { resolve: (response: ResponseWithBody) => void; reject: (error: unknown) => void };

function collect(options: Exchange, resolve: Settle['resolve'], reject: Settle['reject']): Handler {
  const { stopwatch, maxBodyBytes } = options;
  const chunks: Buffer[] = [];
  let head: ResponseHead | undefined;
  let length = 0;
  let interim = 0;
  let isSettled = false;
  const finish = (isCut: boolean) => {
    if (isSettled || !head) return;
    isSettled = true;
    stopwatch.mark('transfer');
    resolve({ ...head, body: Buffer.concat(chunks), isCut });
  };
  return {
    onRequestStart: () => {},
    onResponseStarted: () => {
      if (!isSettled) stopwatch.mark('processing');
    },
    onResponseStart: (controller, statusCode) => {
      if (statusCode < 200) {
        interim += 1;
        if (interim > interimResponsesLimit)
          throw new AttemptError('protocol', 'the target sent interim responses without end');
        return;
      }
      head = { statusCode, headers: readHeaders(controller) };
      options.onHead(head);
      if (options.skipBody(head)) finish(false);
    },
    onResponseData: (_controller, chunk) => {
      if (isSettled) return;
      const room = maxBodyBytes - length;
      // The chunk is a view of a buffer that is used again.
      if (room > 0) chunks.push(Buffer.from(chunk.subarray(0, room)));
      length += chunk.length;
      if (length > maxBodyBytes) finish(true);
    },
    onResponseEnd: () => finish(false),
    onResponseError: (_controller, error) => {
      if (isSettled) return;
      isSettled = true;
      stopwatch.mark(head ? 'transfer' : 'processing');
      reject(toAttemptError(error, head !== undefined));
    },
  };
}

function readHeaders({ rawHeaders }: Controller): Readonly<Record<string, string>> {
  const raw = rawHeaders ?? [];
  if (raw.length / 2 > headerCountLimit) {
    throw new AttemptError('protocol', `the target sent more than ${headerCountLimit} headers`);
  }
  const headers: Record<string, string> = Object.create(null);
  for (let index = 0; index < raw.length; index += 2) {
    const name = String(raw[index]).toLowerCase();
    // Bytes beyond ASCII are kept as they came (RFC 9110 §5.5): latin1 loses none.
    const value = raw[index + 1]?.toString('latin1').trim() ?? '';
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  return headers;
}

const closedEarly = 'the target closed the connection without an answer';
const closedInBody = 'the connection was closed in the middle of the body';

function toAttemptError(error: Error, hasHead: boolean): AttemptError {
  if (error instanceof AttemptError) return error;
  const code = codeOf(error);
  const wrap = (type: 'protocol' | 'body' | 'tls' | 'monitor', sentence: string) =>
    new AttemptError(type, sentence, { cause: error });
  // The parser's word for an end in the middle of the chunks of an answer that said `connection: close`.
  if (hasHead && error.message.includes('Invalid EOF state')) return wrap('body', closedInBody);
  if (error.name === 'HTTPParserError') return wrap('protocol', 'the answer is not valid HTTP/1.1');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return wrap('protocol', 'the headers of the answer are larger than 32 kB');
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return wrap('body', 'the body ended before its announced length');
  if (code === 'UND_ERR_INVALID_ARG') return wrap('monitor', `the request cannot be sent: ${error.message}`);
  if (code.startsWith('ERR_SSL_')) return wrap('tls', `the TLS connection failed (${code})`);
  if (error.message === 'bad response' || error.message === 'bad upgrade') {
    return wrap('protocol', 'the target answered with a 1xx response that was not asked for');
  }
  const suffix = code && !code.startsWith('UND_') ? ` (${code})` : '';
  return hasHead ? wrap('body', `${closedInBody}${suffix}`) : wrap('protocol', `${closedEarly}${suffix}`);
}
