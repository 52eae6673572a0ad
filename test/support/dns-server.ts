import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Answer, decode, encode } from 'dns-packet';

/** A name server on loopback that does what it likes with its questions, over UDP and TCP on one port. */
export type DnsServer = {
  readonly address: string;
  readonly port: number;
  send(message: Buffer, to: Sender): void;
  close(): Promise<void>;
};
export type Sender = { readonly port: number; readonly address: string };

export type DnsBehaviour = {
  readonly udp?: (query: Buffer, reply: (message: Buffer) => void, sender: Sender) => void;
  /** Gets the question without the length before it. Without it nothing listens on TCP. */
  readonly tcp?: (query: Buffer, socket: Socket) => void;
};

export async function startDnsServer({ udp, tcp }: DnsBehaviour, host = '127.0.0.1'): Promise<DnsServer> {
  const open = new Set<Socket>();
  const server = createServer((each) => {
    open.add(each);
    each.on('error', () => {});
    each.on('close', () => open.delete(each));
    each.once('data', (bytes: Buffer) => tcp?.(bytes.subarray(2), each));
  });
  const { socket, port } = await listenOnBoth(server, host);
  if (!tcp) await new Promise((done) => server.close(done));
  const send = (message: Buffer, { port: to, address }: Sender) => socket.send(message, to, address);
  socket.on('message', (query, sender) => udp?.(query, (message) => send(message, sender), sender));
  return {
    port,
    send,
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    close: async () => {
      for (const each of open) each.destroy();
      socket.close();
      if (tcp) await new Promise((done) => server.close(done));
    },
  };
}

/** A port that is free for TCP may be taken for UDP: then another one is tried. */
async function listenOnBoth(server: Server, host: string): Promise<{ socket: UdpSocket; port: number }> {
  for (let turn = 0; turn < 10; turn += 1) {
    await once(server.listen(0, host), 'listening');
    const { port } = server.address() as AddressInfo;
    const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    socket.bind(port, host);
    const isBound = await once(socket, 'listening').then(
      () => true,
      () => false,
    );
    if (isBound) return { socket, port };
    socket.close();
    await new Promise((done) => server.close(done));
  }
  throw new Error('no port is free for both UDP and TCP');
}

export type AnswerOptions = {
  readonly answers?: Answer[];
  readonly rcode?: number;
  readonly isAuthoritative?: boolean;
  readonly isCut?: boolean;
};

/** An answer to a question, by a codec that is not ours. */
export function answerTo(query: Buffer, options: AnswerOptions = {}): Buffer {
  const { answers = [], rcode = 0, isAuthoritative = false, isCut = false } = options;
  const { id = 0, questions = [] } = decode(query);
  const flags = (isAuthoritative ? 0x0400 : 0) | (isCut ? 0x0200 : 0) | 0x0180 | rcode;
  return encode({ type: 'response', id, flags, questions, answers });
}

/** A message as it goes over TCP. */
export function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.of(message.length >> 8, message.length & 0xff), message]);
}
