import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
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
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  const open = new Set<Socket>();
  const server = createServer((each) => {
    open.add(each);
    each.on('error', () => {});
    each.on('close', () => open.delete(each));
    each.once('data', (bytes: Buffer) => tcp?.(bytes.subarray(2), each));
  });
  const send = (message: Buffer, { port, address }: Sender) => socket.send(message, port, address);
  socket.on('message', (query, sender) => udp?.(query, (message) => send(message, sender), sender));
  socket.bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  if (tcp) await once(server.listen(port, host), 'listening');
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
