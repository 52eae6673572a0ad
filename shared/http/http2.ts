import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { untilAborted } from '../clock/deadline.ts';
import { AttemptError, codeOf, ownFault } from '../net/error.ts';
import { explainSecured } from '../net/tls.ts';
import {
  type Collector,
  closedEarly,
  closedInBody,
  createCollector,
  type Exchange,
  type ResponseWithBody,
} from './collect.ts';

const loadNodeHttp2 = () => process.getBuiltinModule('node:http2');

const headerBytesLimit = 32 * 1_024;
const headerCountLimit = 500;
/** Node resets a stream above this, or above 64 kB of headers. */
const headerPairsLimit = 2_000;
const interimResponsesLimit = 20;
/** SETTINGS and PING frames that are answered for one response. */
const controlFramesLimit = 100;
/** What comes beside the body may have this size; it is looked at this often. */
const overheadBytesLimit = 1_048_576;
const lookEveryMs = 50;
/** So much may come before we say that we took it: the default of 64 kB would measure our own slowness over long ways. */
const windowBytes = 1_048_576;

/**
 * One request and its response over HTTP/2 (RFC 9113) on a secured socket, which is destroyed in every case. Rejects as
 * `exchange` does.
 */
export function exchangeHttp2(socket: Socket, options: Exchange): Promise<ResponseWithBody> {
  return untilAborted<ResponseWithBody>(options.signal, (resolve, reject) => {
    const collector = createCollector(options, resolve, reject);
    let session: ClientHttp2Session | undefined;
    const close = () => {
      clearInterval(lookout);
      session?.destroy();
      socket.destroy();
    };
    const take: Take = (step) => {
      if (collector.isSettled()) return;
      try {
        step();
      } catch (error) {
        collector.fail(toAttemptError(error, socket, collector.hasHead()));
      }
      if (collector.isSettled()) close();
    };
    const lookout = setInterval(() => take(() => checkSize(socket, options)), lookEveryMs);
    // Stays to the end: what a socket says after its request is settled is of no interest.
    socket.on('error', (error) => take(() => fail(error)));
    take(() => {
      checkAlpn(socket, options);
      session = openSession(socket, options.url, take);
      listen(session.request(headersOf(options), { endStream: !options.body }), options, collector, take);
    });
    return close;
  });
}

type Take = (step: () => void) => void;

const fail = (error: unknown) => {
  throw error;
};

function checkAlpn(socket: Socket, { url }: Exchange): void {
  if ((socket as TLSSocket).alpnProtocol === 'h2') return;
  throw new AttemptError('protocol', `the target does not speak HTTP/2: ${url.hostname}`);
}

/** Frames that nobody is told of could come without end. */
function checkSize({ bytesRead }: Socket, { maxBodyBytes }: Exchange): void {
  if (bytesRead <= maxBodyBytes + overheadBytesLimit) return;
  throw new AttemptError('protocol', 'the target sent frames without end');
}

function openSession(socket: Socket, url: URL, take: Take): ClientHttp2Session {
  const session = loadNodeHttp2().connect(url.origin, {
    createConnection: () => socket,
    maxHeaderListPairs: headerPairsLimit,
    maxSessionMemory: 4,
    settings: { enablePush: false, initialWindowSize: windowBytes, maxHeaderListSize: headerBytesLimit },
  });
  let controlFrames = 0;
  const count = () =>
    take(() => {
      controlFrames += 1;
      if (controlFrames > controlFramesLimit) {
        throw new AttemptError('protocol', 'the target sent control frames without end');
      }
    });
  session.once('connect', () => session.setLocalWindowSize(windowBytes));
  session.on('remoteSettings', count);
  session.on('ping', count);
  session.on('error', (error) => take(() => fail(error)));
  session.on('goaway', (code) =>
    take(() => {
      if (code !== 0) throw new AttemptError('protocol', `the target ended the connection (${nameOf(code)})`);
    }),
  );
  session.on('close', () => take(() => fail(new Error('closed'))));
  return session;
}

function headersOf({ method, url, headers, body }: Exchange): Record<string, string> {
  const { host = url.host, ...others } = headers;
  return {
    ':method': method,
    ':scheme': 'https',
    ':authority': host,
    ':path': `${url.pathname}${url.search}`,
    ...others,
    ...(body ? { 'content-length': String(body.length) } : {}),
  };
}

function listen(stream: ClientHttp2Stream, { body }: Exchange, collector: Collector, take: Take): void {
  let interim = 0;
  stream.on('headers', () =>
    take(() => {
      collector.onFirstByte();
      interim += 1;
      if (interim > interimResponsesLimit)
        throw new AttemptError('protocol', 'the target sent interim responses without end');
    }),
  );
  stream.on('response', (headers, _flags, raw) =>
    take(() => {
      collector.onFirstByte();
      collector.onHead({ statusCode: Number(headers[':status']), headers: readHeaders(raw) });
    }),
  );
  stream.on('data', (chunk: Buffer) => take(() => collector.onData(chunk)));
  stream.on('end', () =>
    take(() => {
      // Once the whole request is sent there is no reason to reset a stream but to cut its response.
      if (stream.rstCode !== 0 || (stream.closed && !body)) throw resetError(stream, collector);
      collector.onEnd();
    }),
  );
  stream.on('error', (error) =>
    take(() => fail(codeOf(error) === 'ERR_HTTP2_STREAM_ERROR' ? resetError(stream, collector) : error)),
  );
  stream.on('close', () => take(() => fail(resetError(stream, collector))));
  if (body) stream.end(body);
}

/** Several lines of one name are joined; names that begin with a colon are none of the target's. */
function readHeaders(raw: readonly string[]): Readonly<Record<string, string>> {
  if (raw.length / 2 > headerCountLimit) {
    throw new AttemptError('protocol', `the target sent more than ${headerCountLimit} headers`);
  }
  const headers: Record<string, string> = Object.create(null);
  let bytes = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    bytes += name.length + value.length;
    if (name.startsWith(':')) continue;
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  if (bytes > headerBytesLimit) throw new AttemptError('protocol', 'the headers of the answer are larger than 32 kB');
  return headers;
}

/** The stream is over before its response. Node says CANCEL of one whose connection was closed. */
function resetError({ rstCode = 0, session }: ClientHttp2Stream, { hasHead }: Collector): AttemptError {
  const isClosed = rstCode === 0 || (rstCode === cancelled && (session?.destroyed ?? true));
  if (hasHead()) return new AttemptError('body', isClosed ? closedInBody : `${closedInBody} (${nameOf(rstCode)})`);
  return new AttemptError('protocol', isClosed ? closedEarly : `the request was reset (${nameOf(rstCode)})`);
}

const cancelled = 8;

/** RFC 9113 §7, by their number. */
const errorCodes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
];

const nameOf = (code: number) => errorCodes[code] ?? `code ${code}`;

function toAttemptError(error: unknown, socket: Socket, hasHead: boolean): AttemptError {
  const known = error instanceof AttemptError ? error : (explainSecured(socket, error) ?? ownFault(error));
  if (known) return known;
  const code = codeOf(error);
  if (code === 'ERR_HTTP2_ERROR' || code === 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES') {
    return new AttemptError('protocol', 'the answer is not valid HTTP/2', { cause: error });
  }
  if (error instanceof TypeError) {
    return new AttemptError('monitor', `the request cannot be sent: ${error.message}`, { cause: error });
  }
  const suffix = code === '' ? '' : ` (${code})`;
  return hasHead
    ? new AttemptError('body', `${closedInBody}${suffix}`, { cause: error })
    : new AttemptError('protocol', `${closedEarly}${suffix}`, { cause: error });
}
