import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { failed, type HostileRow, passed } from './row.ts';
import { both, good, refused, sealed, secured } from './tls.ts';
import { type Forger, plainRecord, recordTypes } from './tls-records.ts';
import { ok, pour } from './wire.ts';

const { alert, data, handshake } = recordTypes;
const ticket = (bytes: number) => {
  const body = Buffer.concat([
    Buffer.from('00001c20000000000100', 'hex'),
    Buffer.of(bytes >> 8, bytes & 255),
    Buffer.alloc(bytes, 7),
    Buffer.of(0, 0),
  ]);
  return Buffer.concat([Buffer.of(4, 0, body.length >> 8, body.length & 255), body]);
};
const endless = (make: (forger: Forger) => Buffer) =>
  sealed((forger) => {
    const more = () => {
      while (!forger.socket.destroyed && forger.socket.write(make(forger))) {}
    };
    forger.socket.on('drain', more);
    more();
  });

/** Servers that are up to no good once TLS is agreed on, where a TLS port has passed already. */
export const securedServers: readonly HostileRow[] = [
  both(
    'answers by records of its own',
    sealed(({ socket, seal }) => socket.end(seal(data, ok('ok')))),
    passed,
  ),
  both(
    'sends session tickets without end',
    endless(({ seal }) => seal(handshake, ticket(60))),
    failed('timeout'),
    passed,
  ),
  both(
    'sends session tickets of 15 kB without end',
    endless(({ seal }) => seal(handshake, ticket(15_000))),
    failed('timeout'),
    passed,
  ),
  both(
    'changes its key without end',
    endless((forger) => {
      const update = forger.seal(handshake, Buffer.of(24, 0, 0, 1, 0));
      forger.updateKey();
      return update;
    }),
    failed('timeout'),
    passed,
  ),
  both(
    'asks for new keys without end',
    endless((forger) => {
      const update = forger.seal(handshake, Buffer.of(24, 0, 0, 1, 1));
      forger.updateKey();
      return update;
    }),
    failed('timeout'),
    passed,
  ),
  both(
    'sends empty data without end',
    endless(({ seal }) => seal(data, Buffer.alloc(0))),
    refused,
    passed,
  ),
  both(
    'asks for a certificate after the handshake',
    sealed(({ socket, seal }) =>
      socket.write(seal(handshake, Buffer.from('0d00000b00000800' + '0d000400020403', 'hex'))),
    ),
    refused,
    passed,
  ),
  both(
    'sends a record of an unknown kind',
    sealed(({ socket, seal }) => socket.write(seal(24 as 23, Buffer.from('x')))),
    refused,
    passed,
  ),
  both(
    'sends a record that is not sealed',
    sealed(({ socket }) => socket.write(plainRecord(data, ok('ok')))),
    refused,
    passed,
  ),
  both(
    'cuts its answer without saying that it ends',
    sealed(({ socket, seal }) => socket.end(seal(data, ok('hello').subarray(0, 42)))),
    failed('body'),
    passed,
  ),
  both(
    'ends a body without a length by a bare close',
    sealed(({ socket, seal }) => socket.end(seal(data, Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello')))),
    passed,
    passed,
  ),
  both(
    'ends by a fatal alert in its body',
    sealed(({ socket, seal }) =>
      socket.end(Buffer.concat([seal(data, ok('hello').subarray(0, 42)), seal(alert, Buffer.of(2, 80))])),
    ),
    failed('tls', /^the target broke off the TLS connection because of an error of its own: /),
    passed,
  ),
  both(
    'drips the records of its answer',
    sealed(({ socket, seal }) => {
      let at = 0;
      const timer = setInterval(() => {
        socket.write(seal(data, ok('hello').subarray(at, at + 1)));
        at += 1;
      }, 10);
      socket.on('close', () => clearInterval(timer));
    }),
    failed('timeout'),
    passed,
  ),
  both(
    'never answers after the handshake',
    secured(good, () => {}),
    failed('timeout'),
    passed,
  ),
  both(
    'closes after the handshake',
    secured(good, (socket) => socket.end()),
    failed('protocol'),
    passed,
  ),
  both(
    'resets after the handshake',
    secured(good, (socket) => socket.destroy()),
    failed('protocol'),
    passed,
  ),
  both(
    'floods over TLS',
    secured(good, (socket) => pour(socket, 'x'.repeat(16_384))),
    failed('protocol'),
    passed,
  ),
  both(
    'asks to shake hands again without end',
    secured({ ...good, maxVersion: 'TLSv1.2' }, renegotiate),
    failed('timeout'),
    passed,
  ),
].flat();

function renegotiate(socket: Socket): void {
  if (!(socket instanceof TLSSocket)) return;
  const again = () => {
    if (!socket.destroyed) socket.renegotiate({ rejectUnauthorized: false }, () => setImmediate(again));
  };
  again();
}
