import type { Socket } from 'node:net';

/** Writes one character after the other, over and over, until the connection is gone. */
export function drip(socket: Socket, text: string, everyMs = 20): void {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text[at % text.length] as string);
    at += 1;
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Writes the same thing every so often, until the connection is gone. */
export function repeat(socket: Socket, text: string | Buffer, everyMs: number): void {
  const timer = setInterval(() => socket.write(text), everyMs);
  socket.on('close', () => clearInterval(timer));
}

/** Writes the same thing as fast as it is taken, until the connection is gone. */
export function pour(socket: Socket, chunk: string | Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk)) {}
  };
  socket.on('drain', more);
  more();
}

/** A whole answer with a length; `headers` are lines that end in CRLF. */
export function ok(body: string | Buffer, headers = ''): Buffer {
  const bytes = Buffer.from(body as string, 'utf8');
  return Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\ncontent-length: ${bytes.length}\r\n${headers}\r\n`), bytes]);
}

/** The head of an answer in chunks. */
export const chunked = (headers = ''): string => `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n${headers}\r\n`;

export const redirect = (location: string, status = 302): Buffer =>
  Buffer.from(`HTTP/1.1 ${status} Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`, 'latin1');

/** A value that the probes of these tests send, and that nothing they say may hold. */
export const plantedSecret = 'pLanTed/s3cret value+"\u00e9';
