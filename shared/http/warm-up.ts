import { type AddressInfo, createServer } from 'node:net';
import type { HttpAttempt, HttpDeps, HttpOutcome } from './attempt.ts';

/** The second request still pays for code that was not compiled yet; from the third one on little is left to gain. */
const rounds = 2;
const timeoutMs = 500;

/**
 * Sends requests to a server of our own on loopback and throws the answers away. The first request of a process pays for
 * compiling the HTTP parser and all the code on its way (60 ms and more on a full core): without this it would be charged
 * to the first target. Never rejects; bounded to half a second a round.
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
  const attempt = { ...nothingSpecial, url };
  const policy = { allowPrivate: true, allowOrigins: [] };
  for (let round = 0; round < rounds; round += 1) {
    await run(attempt, { clock, policy, signal: new AbortController().signal });
  }
  server.close();
}

const nothingSpecial = {
  method: 'GET',
  headers: {},
  httpVersion: '1.1',
  followRedirects: false,
  maxRedirects: 0,
  maxBodyBytes: 1_024,
  timeoutMs,
} as const;
