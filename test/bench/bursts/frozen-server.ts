import { createServer } from 'node:http';

/**
 * Answers at once, but for one second that it stands still, three seconds after its first request; told by its parent to start
 * afresh. Sends its port when it is ready.
 */
const freezeAfterMs = 3_000;
const freezeForMs = 1_000;

let timer: NodeJS.Timeout | undefined;

const server = createServer((_, response) => {
  timer ??= setTimeout(freeze, freezeAfterMs);
  response.end('ok');
});
server.keepAliveTimeout = 60_000;

/** Nothing of this process runs meanwhile. */
function freeze(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, freezeForMs);
}

process.on('message', () => {
  clearTimeout(timer);
  timer = undefined;
});
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' && address ? address.port : 0);
});
