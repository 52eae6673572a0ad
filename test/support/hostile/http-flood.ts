import { brotliCompressSync, constants, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { HttpRow } from './http.ts';
import { type Expected, failed, passed } from './row.ts';
import { chunked, ok, pour, redirect } from './wire.ts';

const mebi = 1_048_576;
const tooLong = failed('body', 'body contains x, but found the body is longer than 1048576 bytes');
const tooLongDecoded = failed('body', 'body contains x, but found the body is longer than 1048576 bytes once decoded');
const manyHeaders = failed('protocol', 'the target sent more than 500 headers');
const overflow = failed('protocol', 'the headers of the answer are larger than 32 kB');
const asks = { assertions: ['body contains x'] };
const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`;

/** Gzip members one after the other are one stream. */
const gzipBomb = () => Buffer.concat(Array<Buffer>(100).fill(gzipSync(zeros(4 * mebi))));
/** Made when the row runs: nobody else should pay for it. */
const zeros = (bytes: number) => Buffer.alloc(bytes);
const nested = (times: number) => {
  let bytes: Buffer = gzipBomb();
  for (let more = 1; more < times; more += 1) bytes = gzipSync(bytes);
  return bytes;
};

function encoded(name: string, encoding: string, bytes: () => Buffer, expected: HttpRow['expected']): HttpRow {
  const answer: HttpRow['answer'] = (socket) => socket.end(ok(bytes(), `content-encoding: ${encoding}\r\n`));
  return { name, answer, ...asks, expected };
}

function floods(name: string, head: string, piece: string, expected: Expected | readonly Expected[]): HttpRow {
  return {
    name,
    answer: (socket) => {
      socket.write(head);
      pour(socket, piece);
    },
    expected,
  };
}

/** Servers that send more than anybody asked for. */
export const floodingServers: readonly HttpRow[] = [
  floods('sends chunks without end, and the body does not matter', chunked(), chunk, passed),
  { ...floods('sends chunks without end, and the body matters', chunked(), chunk, tooLong), ...asks },
  { ...floods('sends chunks of one byte without end', chunked(), '1\r\nx\r\n'.repeat(1_000), tooLong), ...asks },
  { ...floods('sends a body without length or end', 'HTTP/1.1 200 OK\r\n\r\n', chunk, tooLong), ...asks },
  {
    ...floods(
      'announces 2^49 bytes and sends them',
      'HTTP/1.1 200 OK\r\ncontent-length: 562949953421312\r\n\r\n',
      chunk,
      tooLong,
    ),
    ...asks,
  },
  { ...floods('sends one chunk of 2^52 bytes', `${chunked()}ffffffffffffe\r\n`, chunk, tooLong), ...asks },
  {
    ...floods(
      'sends an error with a page without end',
      chunked().replace('200 OK', '500 Oops'),
      chunk,
      failed('assertion'),
    ),
  },
  floods(
    'sends a redirect with a page without end',
    chunked('location: /?next\r\n').replace('200', '302'),
    chunk,
    failed('redirect'),
  ),
  floods('sends a header without end', 'HTTP/1.1 200 OK\r\nx-big: ', 'a'.repeat(10_000), overflow),
  floods('sends the name of a header without end', 'HTTP/1.1 200 OK\r\n', 'a'.repeat(10_000), overflow),
  floods('sends headers without end', 'HTTP/1.1 200 OK\r\n', 'a: b\r\n'.repeat(1_000), manyHeaders),
  floods('sends a reason without end', 'HTTP/1.1 200 ', 'a'.repeat(10_000), overflow),
  floods('sends blank lines without end', '', '\r\n'.repeat(5_000), failed('protocol')),
  floods(
    'sends interim responses without end',
    '',
    'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'.repeat(50),
    failed('protocol'),
  ),
  floods(
    'sends an interim response with headers without end',
    'HTTP/1.1 103 Early\r\n',
    'a: b\r\n'.repeat(1_000),
    manyHeaders,
  ),
  floods(
    'sends a chunk extension without end',
    `${chunked()}5;`,
    'a=b;'.repeat(5_000),
    failed('protocol', 'the answer is not valid HTTP/1.1'),
  ),
  floods(
    'sends the zeros of a chunk size without end',
    chunked(),
    '0'.repeat(10_000),
    failed('protocol', 'the answer is not valid HTTP/1.1'),
  ),
  floods('sends trailers without end', `${chunked()}2\r\nok\r\n0\r\n`, 'a: b\r\n'.repeat(1_000), overflow),
  floods(
    'sends chunks of one byte behind 16 kB of extension without end',
    chunked(),
    `1;${'a=b;'.repeat(4_000)}\r\nx\r\n`,
    failed('timeout'),
  ),
  floods('sends answers without end', '', ok('ok').toString().repeat(500), passed),
  floods(
    'sends zero bytes without end',
    '',
    '\0'.repeat(10_000),
    failed('protocol', 'the answer is not valid HTTP/1.1'),
  ),
  {
    name: 'sends a header of 1 MiB',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-big: ${'a'.repeat(mebi)}\r\n\r\n`),
    expected: overflow,
  },
  {
    name: 'sends 10,000 headers',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`),
    expected: manyHeaders,
  },
  {
    name: 'sends 501 headers',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(501)}\r\n`),
    expected: manyHeaders,
  },
  {
    name: 'sends one header 400 times',
    answer: (socket) => socket.write(ok('ok', 'set-cookie: a=b\r\n'.repeat(400))),
    assertions: ['header set-cookie contains a=b'],
    expected: passed,
  },
  {
    name: 'sends as much as is read, to the byte',
    answer: (socket) => socket.write(ok('x'.repeat(mebi))),
    ...asks,
    expected: passed,
  },
  {
    name: 'sends one byte more than is read',
    answer: (socket) => socket.write(ok('x'.repeat(mebi + 1))),
    ...asks,
    expected: tooLong,
  },
  encoded('sends a gzip bomb of 400 MiB', 'gzip', gzipBomb, tooLongDecoded),
  encoded('sends a deflate bomb', 'deflate', () => deflateSync(zeros(32 * mebi)), tooLongDecoded),
  encoded(
    'sends a brotli bomb',
    'br',
    () => brotliCompressSync(zeros(32 * mebi), { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }),
    tooLongDecoded,
  ),
  encoded(
    'sends a brotli bomb with the largest window',
    'br',
    () =>
      brotliCompressSync(zeros(20 * mebi), {
        params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 24 },
      }),
    tooLongDecoded,
  ),
  encoded(
    'sends a zstd bomb with a window of 128 MiB',
    'zstd',
    () => zstdCompressSync(zeros(140 * mebi), { params: { [constants.ZSTD_c_windowLog]: 27 } }),
    failed('body'),
  ),
  encoded('sends a bomb in a bomb', 'gzip, gzip', () => nested(2), failed('body')),
  encoded(
    'says that its body is encoded 100 times',
    Array(100).fill('gzip').join(', '),
    () => nested(3),
    failed('body'),
  ),
  encoded(
    'sends empty gzip members without end',
    'gzip',
    () => Buffer.concat(Array(40_000).fill(gzipSync(''))),
    failed('assertion'),
  ),
  encoded(
    'sends a gzip stream that ends early',
    'gzip',
    () => gzipSync('x'.repeat(9_999)).subarray(0, 20),
    failed('body', 'body contains x, but found the body is no valid gzip'),
  ),
  encoded('sends text and calls it gzip', 'gzip', () => Buffer.from('x'), failed('body')),
  encoded('sends gzip with garbage after it', 'gzip', () => Buffer.concat([gzipSync('x'), Buffer.alloc(99, 7)]), [
    passed,
    failed('body'),
  ]),
  encoded(
    'sends gzip with a wrong checksum',
    'gzip',
    () => Buffer.concat([gzipSync('x').subarray(0, -8), Buffer.alloc(8)]),
    failed('body'),
  ),
  encoded('names an encoding that nobody knows', 'x'.repeat(9_000), () => Buffer.from('x'), failed('body')),
  {
    name: 'sends a gzip bomb to one that does not look at bodies',
    answer: (socket) => socket.end(ok(gzipBomb(), 'content-encoding: gzip\r\n')),
    expected: passed,
  },
  {
    name: 'redirects with a bomb',
    answer: (socket, head) =>
      head.startsWith('GET /?')
        ? socket.end(
            redirect('/next').toString().replace('length: 0', 'encoding: gzip') +
              gzipSync(zeros(mebi)).toString('latin1'),
          )
        : socket.end(ok('ok')),
    expected: { ...passed, redirects: 1 },
  },
];
