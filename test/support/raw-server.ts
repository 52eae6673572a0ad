import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { TestCertificate } from './certificates.ts';

/** A server on 127.0.0.1 that does what it likes with its connections. */
export type RawServer = {
  readonly port: number;
  readonly origin: string;
  /** Everything that clients sent, connection after connection. */
  readonly received: string[];
  /** Connections that are open now. */
  openCount(): number;
  /** Resolves when no connection is open, or after a second. */
  drained(): Promise<void>;
  close(): Promise<void>;
};

/** Starts one; `onRequest` runs when the first bytes of a connection are there, `onConnect` at once. */
export async function startRawServer(behaviour: {
  onRequest?: (socket: Socket, head: string) => void;
  onConnect?: (socket: Socket) => void;
  tls?: TestCertificate;
}): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const received: string[] = [];
  const serve = (socket: Socket) => {
    let head = '';
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      const isFirst = head === '';
      head += chunk.toString('latin1');
      if (!isFirst) return;
      received.push(head);
      behaviour.onRequest?.(socket, head);
    });
    behaviour.onConnect?.(socket);
  };
  const server: Server = behaviour.tls ? createTlsServer(behaviour.tls, serve) : createServer(serve);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${behaviour.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    received,
    openCount: () => sockets.size,
    drained: async () => {
      for (let turn = 0; turn < 100 && sockets.size > 0; turn += 1) await new Promise((done) => setTimeout(done, 10));
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}
