import { createSocket } from 'node:dgram';
import { type Answer, decode, encode } from 'dns-packet';
import { answerTo, type DnsBehaviour, framed } from '../dns-server.ts';
import { address, answers, changed, name, says, server, tail, unreadable, withRecords } from './dns.ts';
import { failed, type HostileRow, passed } from './row.ts';

const ignored = failed(
  'timeout',
  /^no answer came within 300 ms, but (one datagram that is|\d+ datagrams that are) not the answer to this question$/,
);
const silence = failed('timeout', 'no answer came within 300 ms');
const cutRight = (query: Buffer) => answerTo(query, { isCut: true });
const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];

/** Name servers that are up to no good over UDP. */
export const datagramServers: readonly HostileRow[] = [
  server('never answers', {}, failed('timeout')),
  server('never answers, and listens', { udp: () => {} }, silence),
  server('answers late', { udp: (query, reply) => setTimeout(() => reply(answerTo(query)), 350) }, silence),
  server(
    'answers with another id',
    says((query) => changed(query, (message) => void message.writeUInt16BE(message.readUInt16BE(0) ^ 1, 0))),
    ignored,
  ),
  server(
    'answers with every other id',
    {
      udp: flood((query, at) =>
        changed(
          query,
          (message) => void message.writeUInt16BE((query.readUInt16BE(0) + 1 + (at % 65_535)) & 0xffff, 0),
        ),
      ),
    },
    ignored,
  ),
  server(
    'answers another question',
    says((query) =>
      encode({
        type: 'response',
        id: decode(query).id ?? 0,
        questions: [{ type: 'A', name: 'evil.example' }],
        answers: [address('192.0.2.1')],
      }),
    ),
    ignored,
  ),
  server(
    'answers no question',
    says((query) => encode({ type: 'response', id: decode(query).id ?? 0, answers: [address('192.0.2.1')] })),
    ignored,
  ),
  server(
    'asks instead of answering',
    says((query) => query),
    ignored,
  ),
  server(
    'sends an empty datagram',
    says(() => Buffer.alloc(0)),
    ignored,
  ),
  server(
    'sends one byte',
    says(() => Buffer.of(0)),
    ignored,
  ),
  server(
    'sends 60 kB of garbage',
    says(() => Buffer.alloc(60_000, 0xa5)),
    ignored,
  ),
  server('floods with garbage', { udp: flood(() => Buffer.alloc(1_400, 0xa5)) }, ignored),
  server(
    'sends garbage, then the answer',
    says((query) => [Buffer.alloc(40, 0xa5), answerTo(query, { answers: [address('192.0.2.1')] })]),
    passed,
  ),
  server(
    'answers from another port',
    {
      udp: (query, _reply, { port, address: to }) => {
        const other = createSocket('udp4');
        other.send(answerTo(query), port, to, () => other.close());
      },
    },
    silence,
  ),
  server(
    'answers twice, differently',
    says((query) => [answerTo(query, { answers: [address('192.0.2.1')] }), answerTo(query, { rcode: 2 })]),
    passed,
  ),
  ...Array.from({ length: 16 }, (_, rcode) =>
    server(
      `answers with rcode ${rcode}`,
      answers({ rcode }),
      rcode === 0 ? passed : { ...failed('assertion'), actual: rcodes[rcode] ?? `RESERVED${rcode}` },
    ),
  ),
  server('says that its answer is cut, and does not listen on TCP', says(cutRight), failed('connect')),
  server('says that its answer is cut, and hangs on TCP', { ...says(cutRight), tcp: () => {} }, failed('timeout')),
  server(
    'says that its answer is cut, also over TCP',
    { ...says(cutRight), tcp: (query, socket) => socket.end(framed(cutRight(query))) },
    unreadable,
  ),
  server(
    'ends in the middle of its head',
    says((query) => answerTo(query).subarray(0, 11)),
    ignored,
  ),
  server(
    'ends in the middle of its question',
    says((query) => answerTo(query).subarray(0, 20)),
    ignored,
  ),
  server(
    'ends in the middle of a record',
    says((query) => changed(query, (message) => message.subarray(0, -2))),
    unreadable,
  ),
  server(
    'says that there are 65,535 records',
    says((query) => changed(query, (message) => void message.writeUInt16BE(65_535, 6))),
    unreadable,
  ),
  server(
    'says that there is one record, and sends none',
    says((query) => changed(query, () => withRecords(query, Buffer.alloc(0)))),
    unreadable,
  ),
  server(
    'says that a record has 65,535 bytes',
    says((query) => withRecords(query, Buffer.from('c00c000100010000003cffffc0000201', 'hex'))),
    unreadable,
  ),
  server(
    'sends an address of five bytes',
    says((query) => withRecords(query, Buffer.from('c00c000100010000003c0005c000020101', 'hex'))),
    unreadable,
  ),
  server(
    'sends an address of no bytes',
    says((query) => withRecords(query, Buffer.from('c00c000100010000003c0000', 'hex'))),
    unreadable,
  ),
  server(
    'points a name at itself',
    says((query) => withRecords(query, Buffer.concat([Buffer.of(0xc0, query.length), tail]))),
    unreadable,
  ),
  server(
    'points two names at each other',
    says((query) => withRecords(query, Buffer.concat([Buffer.of(0xc0, query.length + 2, 0xc0, query.length), tail]))),
    unreadable,
  ),
  server(
    'points a name forward',
    says((query) => withRecords(query, Buffer.concat([Buffer.of(0xc0, 0xff), tail]))),
    unreadable,
  ),
  server(
    'points a name at the head',
    says((query) => withRecords(query, Buffer.concat([Buffer.of(0xc0, 0), tail]))),
    [unreadable, passed],
  ),
  server(
    'sends a label of a reserved kind',
    says((query) => withRecords(query, Buffer.concat([Buffer.of(0x80, 1, 0), tail]))),
    unreadable,
  ),
  server(
    'sends a name of 2,000 bytes',
    says((query) =>
      withRecords(query, Buffer.concat([Buffer.from(`\x3f${'a'.repeat(63)}`.repeat(31)), Buffer.of(0), tail])),
    ),
    unreadable,
  ),
  server(
    'sends 400 answers',
    says((query) =>
      withRecords(query, Buffer.concat(Array(400).fill(Buffer.concat([Buffer.of(0xc0, 12), tail]))), 400),
    ),
    passed,
    { assertions: ['dns.count == 400'] },
  ),
  server('sends an alias of itself', answers({ answers: [{ type: 'CNAME', name, ttl: 60, data: name }] }), passed),
  server(
    'sends aliases in a circle',
    answers({
      answers: [
        { type: 'CNAME', name, ttl: 60, data: 'b.example' },
        { type: 'CNAME', name: 'b.example', ttl: 60, data: name },
      ],
    }),
    passed,
  ),
  server(
    'sends 300 aliases',
    answers({
      answers: Array.from(
        { length: 300 },
        (_, at): Answer => ({
          type: 'CNAME',
          name: at === 0 ? name : `n${at}.example`,
          ttl: 60,
          data: `n${at + 1}.example`,
        }),
      ),
    }),
    passed,
  ),
  server(
    'sends the address of another name',
    answers({ answers: [{ type: 'A', name: 'evil.example', ttl: 60, data: '6.6.6.6' }] }),
    passed,
    { assertions: ['dns.count == 0'] },
  ),
  server(
    'sends a negative TTL',
    says((query) => withRecords(query, Buffer.from('c00c00010001ffffffff0004c0000201', 'hex'))),
    passed,
    { assertions: ['dns.ttl == 0'] },
  ),
  server(
    'sends records of another class',
    says((query) => withRecords(query, Buffer.from('c00c000100030000003c0004c0000201', 'hex'))),
    passed,
    { assertions: ['dns.count == 0'] },
  ),
  server(
    'sends records of a type that nobody knows',
    says((query) => withRecords(query, Buffer.from('c00cfff000010000003c0004c0000201', 'hex'))),
    passed,
    { assertions: ['dns.count == 0'] },
  ),
  server(
    'sends text of control characters',
    answers({ answers: [{ type: 'TXT', name, ttl: 1, data: '\x1b[2J\0\r\n\u2028' }] }),
    failed('assertion'),
    { request: { recordType: 'TXT' }, assertions: ['dns.answers contains x'] },
  ),
  server(
    'sends a text of no bytes',
    says((query) => withRecords(query, Buffer.from('c00c001000010000003c0000', 'hex'))),
    [unreadable, passed],
    { request: { recordType: 'TXT' } },
  ),
  server(
    'sends a text that is longer than its record',
    says((query) => withRecords(query, Buffer.from('c00c001000010000003c0002ff61', 'hex'))),
    unreadable,
    { request: { recordType: 'TXT' } },
  ),
  server(
    'sends an SOA without its numbers',
    says((query) => withRecords(query, Buffer.from('c00c000600010000003c0004c00cc00c', 'hex'))),
    unreadable,
    { request: { recordType: 'SOA' } },
  ),
  server(
    'sends an MX without its host',
    says((query) => withRecords(query, Buffer.from('c00c000f00010000003c0002000a', 'hex'))),
    unreadable,
    { request: { recordType: 'MX' } },
  ),
  server(
    'sends an SRV that points beyond its record',
    says((query) => withRecords(query, Buffer.from('c00c002100010000003c000700010001005003', 'hex'))),
    unreadable,
    { request: { recordType: 'SRV' } },
  ),
  server(
    'sends a CAA without its tag',
    says((query) => withRecords(query, Buffer.from('c00c010100010000003c000200ff', 'hex'))),
    unreadable,
    { request: { recordType: 'CAA' } },
  ),
];

function flood(make: (query: Buffer, at: number) => Buffer): NonNullable<DnsBehaviour['udp']> {
  return (query, reply) => {
    for (let at = 0; at < 3_000; at += 1) setTimeout(() => reply(make(query, at)), at / 20);
  };
}
