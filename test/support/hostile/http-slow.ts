import type { HttpRow } from './http.ts';
import { failed, hangsForMs, passed } from './row.ts';
import { chunked, drip, ok, redirect, repeat } from './wire.ts';

const within = `within ${hangsForMs} ms`;
const noAnswer = failed('timeout', `no answer came ${within}`);
const noEnd = { ...failed('timeout', `the answer did not end ${within}`), statusCode: 200 };

/** Servers that let a client wait: at every place of an answer. */
export const slowServers: readonly HttpRow[] = [
  { name: 'accepts and never answers', answer: () => {}, expected: noAnswer },
  { name: 'never reads and never answers', greet: (socket) => socket.pause(), expected: noAnswer },
  { name: 'drips its status line', answer: (socket) => drip(socket, 'HTTP/1.1 200 OK'), expected: noAnswer },
  {
    name: 'stops in the middle of its status line',
    answer: (socket) => socket.write('HTTP/1.1 2'),
    expected: noAnswer,
  },
  {
    name: 'drips its headers',
    answer: (socket) => drip(socket, `HTTP/1.1 200 OK\r\n${'x-long: aaaaaaaaaaaaaaaaaaaa\r\n'.repeat(50)}`),
    expected: noAnswer,
  },
  {
    name: 'sends a header line every 10 ms without end',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      repeat(socket, 'x-more: of it\r\n', 10);
    },
    expected: noAnswer,
  },
  {
    name: 'holds back the last byte of its headers',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r'),
    expected: [noAnswer, passed],
  },
  {
    name: 'drips blank lines before its answer',
    answer: (socket) => repeat(socket, '\r\n', 10),
    expected: [noAnswer, failed('protocol')],
  },
  {
    name: 'drips its body',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      drip(socket, 'x');
    },
    expected: noEnd,
  },
  {
    name: 'drips a body without a length',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      drip(socket, 'x');
    },
    expected: noEnd,
  },
  {
    name: 'announces a body and sends none',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n'),
    expected: noEnd,
  },
  {
    name: 'drips its chunks',
    answer: (socket) => {
      socket.write(chunked());
      repeat(socket, '1\r\nx\r\n', 10);
    },
    expected: noEnd,
  },
  {
    name: 'drips inside one chunk',
    answer: (socket) => {
      socket.write(`${chunked()}ffff\r\n`);
      drip(socket, 'x', 5);
    },
    expected: noEnd,
  },
  {
    name: 'stops in the middle of a chunk size',
    answer: (socket) => socket.write(`${chunked()}5\r\nhello\r\n1`),
    expected: noEnd,
  },
  {
    name: 'drips the zeros of a chunk size',
    answer: (socket) => {
      socket.write(chunked());
      drip(socket, '0', 10);
    },
    expected: [noEnd, failed('protocol')],
  },
  {
    name: 'drips a chunk extension',
    answer: (socket) => {
      socket.write(`${chunked()}5;name=`);
      drip(socket, 'x', 10);
    },
    expected: noEnd,
  },
  {
    name: 'drips trailers',
    answer: (socket) => {
      socket.write(`${chunked()}2\r\nok\r\n0\r\n`);
      repeat(socket, 'x-trailer: more\r\n', 10);
    },
    expected: noEnd,
  },
  {
    name: 'never sends the last line of its chunks',
    answer: (socket) => socket.write(`${chunked()}2\r\nok\r\n0\r\n`),
    expected: noEnd,
  },
  {
    name: 'drips a gzip stream',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 999\r\n\r\n\x1f');
      drip(socket, '\x00', 10);
    },
    expected: noEnd,
  },
  {
    name: 'says every 50 ms that it is still processing',
    answer: (socket) => repeat(socket, 'HTTP/1.1 102 Processing\r\n\r\n', 50),
    expected: noAnswer,
  },
  {
    name: 'takes 80 ms for each of its redirects',
    answer: (socket, head) => {
      const at = Number(/^GET \/(\d*)/.exec(head)?.[1] ?? 0);
      setTimeout(() => socket.write(redirect(`/${at + 1}`)), 80);
    },
    expected: { ...noAnswer, message: undefined as never },
  },
  {
    name: 'redirects to one that never answers',
    answer: (socket, head) => {
      if (head.startsWith('GET /?')) socket.write(redirect('/next'));
    },
    expected: { ...noAnswer, redirects: 1 },
  },
  {
    name: 'answers and keeps the connection open',
    answer: (socket) => socket.write(ok('ok', 'connection: keep-alive\r\nkeep-alive: timeout=600\r\n')),
    assertions: ['body == ok'],
    expected: passed,
  },
  {
    name: 'answers 204 and keeps the connection open',
    answer: (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
    assertions: ['status == 204', 'body empty'],
    expected: passed,
  },
  {
    name: 'closes its half of the connection and goes on reading',
    greet: (socket) => {
      socket.allowHalfOpen = true;
    },
    answer: (socket) => socket.end(ok('ok')),
    assertions: ['body == ok'],
    expected: passed,
  },
  {
    name: 'answers one byte at a time, quickly',
    answer: (socket) => {
      for (const byte of ok('ok').toString('latin1')) socket.write(byte);
    },
    assertions: ['body == ok'],
    expected: passed,
  },
];
