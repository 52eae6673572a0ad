import type { Socket } from 'node:net';
import type { HttpRow } from './http.ts';
import { failed, passed } from './row.ts';
import { chunked, ok, pour } from './wire.ts';

const noAnswer = 'the target closed the connection without an answer';
const cutOff = 'the connection was closed in the middle of the body';
const soon = (what: () => void) => setTimeout(what, 30);

const whole = ok('hello');
const chunks = Buffer.from(`${chunked('connection: close\r\n')}5\r\nhello\r\n0\r\n\r\n`);

/** An answer that ends after so many of its bytes, by an end or by a reset. */
function endsAt(kind: string, answer: Buffer, at: number, end: 'end' | 'reset'): HttpRow {
  const headEnds = answer.indexOf('\r\n\r\n') + 4;
  return {
    name: `sends ${at} of the ${answer.length} bytes of an answer ${kind}, and ${end === 'end' ? 'closes' : 'resets'}`,
    answer: (socket) => {
      socket.write(answer.subarray(0, at));
      if (end === 'end') socket.end();
      else soon(() => socket.resetAndDestroy());
    },
    assertions: ['body == hello'],
    expected:
      at >= answer.length
        ? passed
        : at < headEnds
          ? failed('protocol', end === 'end' ? noAnswer : `${noAnswer} (ECONNRESET)`)
          : { ...failed('body', end === 'end' ? cutOff : `${cutOff} (ECONNRESET)`), statusCode: 200 },
  };
}

const everywhere = [
  { kind: 'with a length', answer: whole },
  { kind: 'in chunks', answer: chunks },
].flatMap(({ kind, answer }) =>
  [...answer.keys(), answer.length].flatMap((at) => [
    endsAt(kind, answer, at, 'end'),
    endsAt(kind, answer, at, 'reset'),
  ]),
);

const large = { method: 'POST', body: { kind: 'text', text: 'x'.repeat(8_000_000) } } as const;
const never = (socket: Socket) => socket.pause();

/** Servers that end a connection when they should not. */
export const endingServers: readonly HttpRow[] = [
  ...everywhere,
  {
    name: 'resets the connection on the request',
    answer: (socket) => socket.resetAndDestroy(),
    expected: failed('protocol', `${noAnswer} (ECONNRESET)`),
  },
  {
    name: 'resets the connection at once',
    greet: (socket) => socket.resetAndDestroy(),
    expected: [failed('protocol'), failed('connect')],
  },
  { name: 'closes the connection at once', greet: (socket) => socket.end(), expected: failed('protocol', noAnswer) },
  { name: 'destroys the connection at once', greet: (socket) => socket.destroy(), expected: failed('protocol') },
  {
    name: 'ends a body without a length by a reset',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\nhello');
      soon(() => socket.resetAndDestroy());
    },
    assertions: ['body == hello'],
    expected: failed('body', `${cutOff} (ECONNRESET)`),
  },
  {
    name: 'resets right after a whole answer',
    answer: (socket) => socket.write(whole, () => socket.resetAndDestroy()),
    expected: [passed, failed('body'), failed('protocol')],
  },
  {
    name: 'ends between two chunks, as a server does that closes',
    answer: (socket) => socket.end(`${chunked('connection: close\r\n')}4\r\npart\r\n`),
    expected: { ...failed('body', cutOff), statusCode: 200 },
  },
  {
    name: 'closes between an interim response and the answer',
    answer: (socket) => socket.end('HTTP/1.1 102 Processing\r\n\r\n'),
    expected: failed('protocol', noAnswer),
  },
  { name: 'never reads a large request', greet: never, request: large, expected: failed('timeout') },
  {
    name: 'answers a large request that it never reads, and goes on',
    greet: (socket) => {
      never(socket);
      socket.write(ok('ok'));
    },
    request: large,
    expected: [passed, failed('protocol'), failed('timeout')],
  },
  {
    name: 'refuses a large request in its middle',
    answer: (socket) => socket.end('HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n'),
    request: large,
    expected: [failed('assertion'), failed('protocol')],
  },
  {
    name: 'resets in the middle of a large request',
    answer: (socket) => socket.resetAndDestroy(),
    request: large,
    expected: failed('protocol'),
  },
  {
    name: 'reads a large request byte by byte',
    greet: (socket) => {
      never(socket);
      const timer = setInterval(() => socket.read(1), 10);
      socket.on('close', () => clearInterval(timer));
    },
    request: large,
    expected: failed('timeout'),
  },
  {
    name: 'floods with its answer and never reads a large request',
    greet: (socket) => {
      never(socket);
      socket.write(chunked());
      pour(socket, `4000\r\n${'x'.repeat(0x4000)}\r\n`);
    },
    request: large,
    expected: [passed, failed('protocol'), failed('timeout'), failed('body')],
  },
];
