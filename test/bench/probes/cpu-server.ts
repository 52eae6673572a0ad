import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { chainOf, makeCertificate } from '../../support/certificate-maker.ts';
import { body } from './cpu-order.ts';

/** Targets in a process of their own, as cheap as Node has them: one fixed answer over http, and over https with P-256. */
const answer = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`;

function serve(socket: Socket): void {
  socket.on('error', () => {}); // the client may be gone
  socket.once('data', () => socket.end(answer));
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0, backlog: 1_000 }, resolve));
  return (server.address() as AddressInfo).port;
}

const root = makeCertificate({ name: 'Benchmark root', isCa: true });
const leaf = makeCertificate({ name: '127.0.0.1', names: ['127.0.0.1'], issuer: root });
const tls = createTlsServer(chainOf(leaf), serve);
tls.on('tlsClientError', () => {});
const http = `http://127.0.0.1:${await listen(createServer(serve))}/`;
const https = `https://127.0.0.1:${await listen(tls)}/`;
process.send?.({ http, https, ca: root.cert });
