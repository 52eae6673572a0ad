import { answerTo, type DnsBehaviour, framed } from '../dns-server.ts';
import { changed, type Expectation, server, tail, unreadable, withRecords } from './dns.ts';
import { failed, type HostileRow, passed } from './row.ts';
import { drip, pour } from './wire.ts';

type Stream = readonly [title: string, tcp: NonNullable<DnsBehaviour['tcp']>, expected: Expectation];

const streams: readonly Stream[] = [
  ['accepts and never answers', () => {}, failed('timeout')],
  ['closes', (_query, socket) => socket.end(), failed('protocol')],
  ['resets', (_query, socket) => socket.resetAndDestroy(), failed('protocol')],
  [
    'drips its answer',
    (query, socket) => drip(socket, framed(answerTo(query)).toString('latin1'), 50),
    failed('timeout'),
  ],
  ['says that its answer has no bytes', (_query, socket) => socket.write(Buffer.of(0, 0)), failed('protocol')],
  [
    'says that its answer has 65,535 bytes, and sends some',
    (_query, socket) => socket.write(Buffer.of(255, 255, 1)),
    failed('timeout'),
  ],
  [
    'says that its answer has 65,535 bytes, and closes',
    (_query, socket) => socket.end(Buffer.of(255, 255, 1)),
    failed('protocol'),
  ],
  ['floods', (_query, socket) => pour(socket, Buffer.alloc(16_384, 0xa5)), failed('protocol')],
  [
    'answers with another id',
    (query, socket) =>
      socket.end(framed(changed(query, (message) => void message.writeUInt16BE(query.readUInt16BE(0) ^ 1, 0)))),
    failed('protocol', 'the name server answered another question'),
  ],
  [
    'sends 10,000 answers',
    (query, socket) =>
      socket.end(
        framed(withRecords(query, Buffer.concat(Array(4_000).fill(Buffer.concat([Buffer.of(0xc0, 12), tail]))), 4_000)),
      ),
    unreadable,
  ],
  [
    'answers, and floods afterwards',
    (query, socket) => {
      socket.write(framed(answerTo(query)));
      pour(socket, Buffer.alloc(16_384));
    },
    [passed, failed('protocol')],
  ],
];

/** Name servers that are up to no good over TCP. */
export const streamServers: readonly HostileRow[] = streams.map(([title, tcp, expected]) =>
  server(`${title} (over TCP)`, { tcp }, expected, { request: { transport: 'tcp' } }),
);
