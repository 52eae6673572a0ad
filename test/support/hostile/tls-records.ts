import { createCipheriv, createHmac } from 'node:crypto';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { TestCertificate } from '../certificates.ts';
import type { Running } from './row.ts';

/** Kinds of records: https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
export const recordTypes = { changeCipherSpec: 20, alert: 21, handshake: 22, data: 23 } as const;
type RecordType = (typeof recordTypes)[keyof typeof recordTypes];

/** A record in plain text. */
export function plainRecord(type: number, body: Buffer, version = 0x0303): Buffer {
  return Buffer.concat([Buffer.of(type, version >> 8, version & 255, body.length >> 8, body.length & 255), body]);
}

/** A TLS 1.3 connection whose handshake Node made, and on which we go on with records of our own making. */
export type Forger = {
  readonly socket: Socket;
  /** Seals a record as the next one of the server. */
  readonly seal: (type: RecordType, body: Buffer) => Buffer;
  /** Goes on with the next key, as a KeyUpdate says. */
  readonly updateKey: () => void;
};

/**
 * A TLS 1.3 server (AES-128-GCM) that runs `forge` when the handshake is done and the first request is there. Node's own
 * records are held back from then on.
 */
export async function startForger(certificate: TestCertificate, forge: (forger: Forger) => void): Promise<Running> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    serve(socket, certificate, forge);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    received: [],
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

function serve(socket: Socket, { cert, key }: TestCertificate, forge: (forger: Forger) => void): void {
  let secret: Buffer | undefined;
  let sent = 0;
  let isOurs = false;
  const wire = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => {
      // After the handshake everything that Node writes is under the key of the application: its tickets.
      if (secret && isDone) sent += countRecords(chunk);
      if (!isOurs && !socket.destroyed) socket.write(chunk);
      done();
    },
  });
  let isDone = false;
  socket.on('data', (chunk) => wire.push(chunk));
  const secured = new TLSSocket(wire, {
    isServer: true,
    cert,
    key,
    minVersion: 'TLSv1.3',
    ciphers: 'TLS_AES_128_GCM_SHA256',
  });
  secured.on('error', () => {});
  secured.on('keylog', (line: Buffer) => {
    const [label, , hex = ''] = line.toString().trim().split(' ');
    if (label === 'SERVER_TRAFFIC_SECRET_0') secret = Buffer.from(hex, 'hex');
    if (label === 'CLIENT_TRAFFIC_SECRET_0') isDone = true;
  });
  secured.once('data', () => {
    if (!secret) return;
    isOurs = true;
    let [own, count] = [secret, sent];
    forge({
      socket,
      seal: (type, body) => {
        const record = seal(own, count, type, body);
        count += 1;
        return record;
      },
      updateKey: () => {
        own = expand(own, 'traffic upd', 32);
        count = 0;
      },
    });
  });
}

function countRecords(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) count += 1;
  return count;
}

/** https://www.rfc-editor.org/rfc/rfc8446#section-5.2 */
function seal(secret: Buffer, count: number, type: RecordType, body: Buffer): Buffer {
  const nonce = expand(secret, 'iv', 12);
  for (let index = 0; index < 6; index += 1)
    nonce[11 - index] = (nonce[11 - index] ?? 0) ^ (Math.floor(count / 256 ** index) & 255);
  const length = body.length + 1 + 16;
  const head = Buffer.of(recordTypes.data, 3, 3, length >> 8, length & 255);
  const cipher = createCipheriv('aes-128-gcm', expand(secret, 'key', 16), nonce);
  cipher.setAAD(head);
  return Buffer.concat([
    head,
    cipher.update(body),
    cipher.update(Buffer.of(type)),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
}

/** HKDF-Expand-Label of https://www.rfc-editor.org/rfc/rfc8446#section-7.1 , of one block. */
function expand(secret: Buffer, label: string, length: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`);
  const info = Buffer.concat([Buffer.of(0, length, name.length), name, Buffer.of(0, 1)]);
  return createHmac('sha256', secret).update(info).digest().subarray(0, length);
}
