import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { BurnwatchError } from '../../shared/config/model.ts';

export const loopback = '127.0.0.1';

export type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
export type LoopbackServer = {
  readonly port: number;
  /** Without a trailing slash. */
  readonly origin: string;
  close(): Promise<void>;
};

// A client that dawdles is cut off; one that is slow to read is, too.
const headersMs = 10_000;
const requestMs = 60_000;
const idleMs = 120_000;
/** Of a refused body, this much is read before the answer; the rest is cut. */
const drainBytes = 16 * 1024 * 1024;
/** For how long a client that is still sending is listened to after the last answer: a reset would take that from it. */
const lingerMs = 2_000;

/**
 * Serves on 127.0.0.1 only; port 0 takes a free one. Whatever a client does, the server goes on: a handler that throws
 * is answered with 500 and told to `onError`. Throws LOCAL_PORT_TAKEN with the flag that moves the port.
 */
export async function serve(
  port: number,
  flag: string,
  handle: Handle,
  onError: (error: unknown) => void,
): Promise<LoopbackServer> {
  const server = createServer({ connectionsCheckingInterval: 2_000, maxHeaderSize: 32_768 }, (request, response) => {
    request.on('error', ignoreGoneClient);
    response.on('error', ignoreGoneClient);
    handle(request, response).catch((error: unknown) => {
      if (!(error instanceof ClientGone)) onError(error);
      fail(response);
    });
  });
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  server.timeout = idleMs;
  server.keepAliveTimeout = 65_000;
  server.on('connection', (socket) => {
    socket.destroySoon = () => endGently(socket); // how node ends a connection after its last answer
  });
  server.on('clientError', refuseGarbage);
  await listen(server, port, flag);
  const { port: bound } = server.address() as AddressInfo;
  return { port: bound, origin: `http://${loopback}:${bound}`, close: () => close(server) };
}

function listen(server: Server, port: number, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, flag)));
    server.listen(port, loopback, resolve);
  });
}

function explain(error: NodeJS.ErrnoException, port: number, flag: string): Error {
  if (error.code === 'EADDRINUSE')
    return new BurnwatchError('LOCAL_PORT_TAKEN', `port ${port} is taken: choose another with ${flag} <port>`);
  if (error.code === 'EACCES')
    return new BurnwatchError('LOCAL_PORT_REFUSED', `port ${port} may not be used: choose another with ${flag} <port>`);
  return error;
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** A client that went away is no error of ours; its request ends as `ClientGone`. */
function ignoreGoneClient(): void {}

/** What is no HTTP is answered where that is possible, then cut. */
function refuseGarbage(error: NodeJS.ErrnoException, socket: import('node:stream').Duplex): void {
  const connection = socket as Socket;
  if (ending.has(connection)) return;
  if (!connection.writable || connection.bytesWritten > 0) {
    connection.destroy();
    return;
  }
  const [status, reason] = garbageStatus(error.code);
  const body = JSON.stringify({ message: reason });
  const head = `HTTP/1.1 ${status} ${reason}\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  connection.write(head + body);
  endGently(connection);
}

const ending = new WeakSet<Socket>();
const discard = (): void => {};

/** Closes our side, and the whole connection when the client has closed its own or the time for that is over. */
function endGently(socket: Socket): void {
  if (ending.has(socket)) return;
  ending.add(socket);
  socket.end();
  socket.removeAllListeners('data'); // nothing more is parsed
  socket.on('data', discard);
  socket.resume();
  const timer = setTimeout(() => socket.destroy(), lingerMs);
  socket.once('close', () => clearTimeout(timer));
}

function garbageStatus(code: string | undefined): [number, string] {
  if (code === 'HPE_HEADER_OVERFLOW') return [431, 'Request Header Fields Too Large'];
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return [408, 'Request Timeout'];
  return [400, 'Bad Request'];
}

function fail(response: ServerResponse): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(500, { 'content-type': 'application/json', connection: 'close' });
  response.end('{"message":"Internal Server Error"}');
}

/** The client hung up before its request was whole. */
export class ClientGone extends Error {
  constructor() {
    super('the client hung up');
    this.name = 'ClientGone';
  }
}

/**
 * The whole body, or undefined when it is larger than `maxBytes`: then it was read to its end, or to 16 MB, so that
 * the client hears the refusal. Throws ClientGone.
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > Math.max(drainBytes, maxBytes)) resolve(undefined);
    });
    request.on('end', () => resolve(size > maxBytes ? undefined : Buffer.concat(chunks)));
    request.on('close', () => reject(new ClientGone()));
  });
}

/** Whether a Host header names this machine: a page that rebinds its own name to 127.0.0.1 is kept out. */
export function isLoopbackHost(host: string | undefined): boolean {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  return /^(localhost|[\w.-]+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(name);
}
