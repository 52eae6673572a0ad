import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { field, frame, types } from './http2-frames.ts';
import { chunked, ok, redirect } from './wire.ts';

/** What is spoken to the probe. `tls` is a true handshake whose bytes are changed on their way. */
export const fuzzKinds = ['http', 'http2', 'tcp', 'starttls', 'dns', 'dns-tcp', 'tls', 'https'] as const;
export type FuzzKind = (typeof fuzzKinds)[number];

/** One answer, as it is changed and sent. Plain data, so that a counterexample can be written down as it is printed. */
export type FuzzCase = {
  readonly kind: FuzzKind;
  /** Which of the valid answers of its kind, or random bytes where there is none at this place. */
  readonly base: number;
  readonly random: readonly number[];
  readonly changes: readonly Change[];
  /** Where it is cut into pieces, as parts of a thousand of its length, with a pause of so many ms before each next one. */
  readonly cuts: readonly (readonly [at: number, pauseMs: number])[];
  readonly end: 'end' | 'reset' | 'hang';
};

/** `at` is a part of a thousand of the length. */
type Change = {
  readonly how: 'flip' | 'set' | 'insert' | 'delete' | 'repeat' | 'cut' | 'copy';
  readonly at: number;
  readonly size: number;
  readonly value: number;
};

const thousandths = fc.integer({ min: 0, max: 1_000 });
const change: fc.Arbitrary<Change> = fc.record({
  how: fc.constantFrom('flip', 'set', 'insert', 'delete', 'repeat', 'cut', 'copy'),
  at: thousandths,
  size: fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 8 }), weight: 9 },
    { arbitrary: fc.integer({ min: 9, max: 5_000 }), weight: 1 },
  ),
  value: fc.integer({ min: 0, max: 255 }),
});

export const fuzzCase = (kind: FuzzKind): fc.Arbitrary<FuzzCase> =>
  fc.record({
    kind: fc.constant(kind),
    base: fc.integer({ min: 0, max: basesOf(kind).length }),
    random: fc.array(fc.integer({ min: 0, max: 255 }), { maxLength: 60 }),
    changes: fc.array(change, { maxLength: 5 }),
    cuts: fc.array(fc.tuple(thousandths, fc.integer({ min: 0, max: 12 })), { maxLength: 4 }),
    end: fc.oneof(
      { arbitrary: fc.constant<FuzzCase['end']>('end'), weight: 6 },
      { arbitrary: fc.constant<FuzzCase['end']>('reset'), weight: 3 },
      { arbitrary: fc.constant<FuzzCase['end']>('hang'), weight: 1 },
    ),
  });

/** The bytes of a case; for `dns` those of an answer to this question. */
export function bytesOf({ kind, base, random, changes }: FuzzCase, question: Buffer = Buffer.alloc(0)): Buffer {
  const valid = basesOf(kind, question)[base] ?? Buffer.from(random);
  return changeBytes(valid, changes);
}

export function changeBytes(bytes: Buffer, changes: readonly Change[]): Buffer {
  return changes.reduce((changed, { how, at, size, value }) => {
    const start = Math.floor((at / 1_000) * changed.length);
    const head = changed.subarray(0, start);
    const part = changed.subarray(start, start + size);
    const rest = changed.subarray(start + size);
    switch (how) {
      case 'flip':
        return Buffer.concat([head, part.map((byte) => byte ^ (value || 1)), rest]);
      case 'set':
        return Buffer.concat([head, Buffer.alloc(part.length, value), rest]);
      case 'insert':
        return Buffer.concat([head, Buffer.alloc(size, value), part, rest]);
      case 'delete':
        return Buffer.concat([head, rest]);
      case 'repeat':
        return Buffer.concat([head, ...Array<Buffer>(1 + (value % 20)).fill(part), rest]);
      case 'cut':
        return head;
      case 'copy':
        return Buffer.concat([head, part, changed.subarray(0, size), rest]);
      default:
        return how satisfies never;
    }
  }, bytes);
}

const text = (...parts: readonly string[]) => Buffer.from(parts.join(''), 'latin1');
const answer = '{"status":"ok","list":[1,2,{"a":null}]}';

const httpBases = [
  ok(answer, 'content-type: application/json; charset=utf-8\r\nset-cookie: a=b; path=/\r\nset-cookie: c=d\r\n'),
  text(chunked('x-a: b\r\n'), '5;ext="a"\r\nhello\r\n', 'a\r\n0123456789\r\n', '0\r\nx-trailer: 1\r\n\r\n'),
  redirect('/next?a=b#c'),
  ok(gzipSync(answer), 'content-encoding: gzip\r\n'),
  text('HTTP/1.1 103 Early Hints\r\nlink: </a>; rel=preload\r\n\r\n', ok('ok').toString()),
  text('HTTP/1.0 200 OK\r\nserver: x\r\n\r\nhello'),
  text('HTTP/1.1 204 No Content\r\n\r\n'),
  text('HTTP/1.1 500 Oops\r\ncontent-length: 4\r\nconnection: close\r\n\r\noops'),
];

const settings = frame(types.settings, 0, 0, Buffer.from('000300000064', 'hex'));
const head = Buffer.concat([Buffer.of(0x88), field('content-type', 'application/json'), field('x-a', 'b')]);
const http2Bases = [
  Buffer.concat([
    settings,
    frame(types.settings, 1, 0),
    frame(types.headers, 4, 1, head),
    frame(types.data, 1, 1, answer),
  ]),
  Buffer.concat([
    settings,
    frame(types.ping, 0, 0, Buffer.alloc(8)),
    frame(types.headers, 0, 1, head),
    frame(types.continuation, 4, 1, field('y', 'z')),
    frame(types.data, 0, 1, 'ok'),
    frame(types.headers, 5, 1, field('t', '1')),
  ]),
  Buffer.concat([
    settings,
    frame(types.window, 0, 0, Buffer.from('00001000', 'hex')),
    frame(types.goAway, 0, 0, Buffer.alloc(8)),
  ]),
];

const tcpBases = [text('220 ready\r\n'), text('+OK one\r\n+OK two\r\n')];
const startTlsBases = [text('220 mail ESMTP\r\n250-mail\r\n250-PIPELINING\r\n250 STARTTLS\r\n220 go ahead\r\n')];

/** Records of several types in an answer to the question. */
function dnsBases(question: Buffer): readonly Buffer[] {
  if (question.length < 12) return [Buffer.alloc(0), Buffer.alloc(0), Buffer.alloc(0)];
  const respond = (count: number, flags: number, ...records: readonly string[]) => {
    const message = Buffer.concat([question, ...records.map((hex) => Buffer.from(hex, 'hex'))]);
    message.writeUInt16BE(flags, 2);
    message.writeUInt16BE(count, 6);
    return message;
  };
  const a = 'c00c000100010000003c0004c0000201';
  const alias = 'c00c000500010000003c0008056f74686572c011';
  return [
    respond(2, 0x8180, a, a),
    respond(2, 0x8580, alias, '056f74686572c011000100010000003c0004c0000202'),
    respond(3, 0x8183, 'c00c001000010000003c00060568656c6c6f', 'c00c000f00010000003c0009000a046d61696cc011', a),
  ];
}

export function basesOf(kind: FuzzKind, question: Buffer = Buffer.alloc(0)): readonly Buffer[] {
  switch (kind) {
    case 'http':
    case 'https':
      return httpBases;
    case 'http2':
      return http2Bases;
    case 'tcp':
      return tcpBases;
    case 'starttls':
      return startTlsBases;
    case 'dns':
    case 'dns-tcp':
      return dnsBases(question);
    case 'tls':
      return [];
    default:
      return kind satisfies never;
  }
}
