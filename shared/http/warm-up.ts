import { type AddressInfo, createServer } from 'node:net';
import type { HttpAttempt, HttpDeps, HttpOutcome } from './model.ts';

/**
 * Sends a request to a server of our own on loopback and throws the answer away. The first request of a process pays for
 * compiling all the code on its way: 15 ms on a full core, and 200 ms at 128 MB, that would be charged to the first target.
 * After one there is little left to gain; a handshake of TLS with ourselves costs more CPU than it takes off the first one.
 * Never rejects; bounded to half a second.
 */
export async function warmUp(
  run: (attempt: HttpAttempt, deps: HttpDeps) => Promise<HttpOutcome>,
  clock: HttpDeps['clock'],
): Promise<void> {
  const server = createServer((socket) => {
    // It talks to this process alone: how its connections end is of no interest.
    socket.on('error', () => {});
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(0, '127.0.0.1', () => resolve(true));
  });
  if (!isListening) return;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const policy = { allowPrivate: true, allowOrigins: [] };
  await run({ ...nothingSpecial, url }, { clock, policy, signal: new AbortController().signal });
  server.close();
}

const nothingSpecial = {
  method: 'GET',
  headers: {},
  httpVersion: '1.1',
  followRedirects: false,
  maxRedirects: 0,
  maxBodyBytes: 1_024,
  timeoutMs: 500,
} as const;
