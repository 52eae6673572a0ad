import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';

/** A request as it came: its head, and its number on its connection, 0 and up. */
export type Asked = { readonly socket: Socket; readonly head: string; readonly path: string; readonly index: number };

/** A server that counts requests, however many come over a connection. */
export type RequestServer = {
  readonly port: number;
  readonly origin: string;
  /** The heads of all requests, in the order in which they came. */
  readonly heads: readonly string[];
  /** Connections there were. */
  connectionCount(): number;
  /** The local address of each. */
  addresses(): readonly string[];
  openCount(): number;
  /** The most that were open at once. */
  mostOpen(): number;
  /** Resolves when no connection is open, or after a second. */
  drained(): Promise<void>;
  close(): Promise<void>;
};

export type RequestServerOptions = { readonly tls?: TlsOptions; readonly host?: string };

/** Starts one; it does with each request what it likes. Bodies have a length. */
export async function startRequestServer(
  answer: (asked: Asked) => void,
  { tls, host = '127.0.0.1' }: RequestServerOptions = {},
): Promise<RequestServer> {
  const heads: string[] = [];
  const open = new Set<Socket>();
  const addresses: string[] = [];
  let most = 0;
  const serve = (socket: Socket) => {
    const read = readRequests();
    let index = 0;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      for (const head of read(chunk)) {
        heads.push(head);
        answer({ socket, head, path: head.split(' ')[1] ?? '', index });
        index += 1;
      }
    });
  };
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on('tlsClientError', () => {});
  server.on('connection', (socket: Socket) => {
    addresses.push(socket.localAddress ?? '');
    open.add(socket);
    most = Math.max(most, open.size);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    heads,
    connectionCount: () => addresses.length,
    addresses: () => addresses,
    openCount: () => open.size,
    mostOpen: () => most,
    drained: async () => {
      for (let turn = 0; turn < 100 && open.size > 0; turn += 1) await new Promise((done) => setTimeout(done, 10));
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

/** The heads of the requests that end with each piece. */
function readRequests(): (chunk: Buffer) => readonly string[] {
  let text = '';
  return (chunk) => {
    text += chunk.toString('latin1');
    const found: string[] = [];
    for (let end = text.indexOf('\r\n\r\n'); end >= 0; end = text.indexOf('\r\n\r\n')) {
      const head = text.slice(0, end + 4);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (text.length < head.length + length) break;
      found.push(head);
      text = text.slice(head.length + length);
    }
    return found;
  };
}
