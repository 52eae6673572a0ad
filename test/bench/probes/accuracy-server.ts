import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { localhostCertificate } from '../../support/certificates.ts';
import { firstByteMs, lastByteMs } from './accuracy-model.ts';

/**
 * An https server with known times, in a process of its own: the first byte after 20 ms, the last one 30 ms later. Says its
 * port, and for each request what its own clock made of it, so that its own lateness is not taken for the client's.
 */
const delays = new Map<string, number>();
const holdUps: [number, number][] = [];
const [beatMs, lateMs] = [2, 3];
let beatAt = performance.now();
setInterval(() => {
  const now = performance.now();
  if (now - beatAt - beatMs > lateMs) holdUps.push([performance.timeOrigin + beatAt, performance.timeOrigin + now]);
  beatAt = now;
}, beatMs);

function serve(socket: TLSSocket): void {
  socket.on('error', () => {}); // the client may be gone
  let head = '';
  socket.on('data', (chunk: Buffer) => {
    const at = performance.now();
    head += chunk.toString('latin1');
    if (head.includes('\r\n\r\n')) void answer(socket, /x-probe: (\S+)/.exec(head)?.[1] ?? '', at);
  });
}

async function answer(socket: TLSSocket, id: string, at: number): Promise<void> {
  await until(at + firstByteMs);
  socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no');
  await until(at + firstByteMs + lastByteMs);
  socket.end('k');
  delays.set(id, performance.now() - at);
}

/** Timers may fire a millisecond early. */
async function until(at: number): Promise<void> {
  for (let left = at - performance.now(); left > 0; left = at - performance.now())
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(left)));
}

// With delay the last byte would wait for the acknowledgement of the first, up to 40 ms.
const server = createServer({ ...localhostCertificate, noDelay: true }, serve);
server.on('tlsClientError', () => {});
server.listen(0, '127.0.0.1', () => process.send?.('ready'));
process.on('disconnect', () => process.exit()); // the benchmark itself has ended
process.on('message', (question) => {
  if (question === 'port') process.send?.((server.address() as AddressInfo).port);
  if (question !== 'truth') return;
  process.send?.({ delays: [...delays], holdUps });
  delays.clear();
  holdUps.length = 0;
});
