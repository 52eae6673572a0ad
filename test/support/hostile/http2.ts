import type { Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import type { HttpRequest } from '../../../shared/config/model.ts';
import type { TestCertificate } from '../certificates.ts';
import { httpMonitor } from '../http-monitor.ts';
import { startRawServer } from '../raw-server.ts';
import { endHeaders, endStream, field, frame, padded, text, types } from './http2-frames.ts';
import { type Expected, failed, type HostileRow, passed, timeoutOf } from './row.ts';
import { good, trust } from './tls.ts';
import { ok, pour } from './wire.ts';

const settings = frame(types.settings, 0, 0);
const acknowledged = frame(types.settings, 1, 0);
const hello = Buffer.concat([settings, acknowledged]);
const okStatus = Buffer.of(0x88);
const head = (flags = endHeaders, fields: Buffer = okStatus) => frame(types.headers, flags, 1, fields);
const many = (bytes: Buffer, count = 500) => Buffer.concat(Array(count).fill(bytes));
const numbers = (...values: readonly number[]) => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
};

type Options = {
  readonly request?: Partial<HttpRequest>;
  readonly assertions?: readonly string[];
  readonly alpn?: readonly string[];
};

function serves(
  name: string,
  answer: (socket: Socket) => void,
  expected: Expected | readonly Expected[],
  { request, assertions, alpn = ['h2'] }: Options = {},
): HostileRow {
  const tls = { ...good, ALPNProtocols: [...alpn] } as TestCertificate & SecureContextOptions;
  return {
    name: `${name} (HTTP/2)`,
    expected,
    start: () => startRawServer({ tls, onRequest: answer }),
    monitor: (port) =>
      httpMonitor({
        timeoutMs: timeoutOf(expected),
        ...(assertions ? { assertions } : {}),
        request: {
          url: `https://127.0.0.1:${port}/`,
          headers: { 'x-secret': [{ ssm: '/key' }] },
          httpVersion: '2',
          tls: trust,
          ...request,
        },
      }),
  };
}

/** Sends its settings and these bytes, and leaves the connection open. */
const says = (name: string, bytes: Buffer, expected: Expected | readonly Expected[], options?: Options) =>
  serves(name, (socket) => socket.write(Buffer.concat([hello, bytes])), expected, options);
/** Sends its settings, and then these bytes for ever. */
const floods = (
  name: string,
  bytes: Buffer,
  expected: Expected | readonly Expected[],
  first: Buffer = Buffer.alloc(0),
) =>
  serves(
    name,
    (socket) => {
      socket.write(Buffer.concat([hello, first]));
      pour(socket, many(bytes, Math.ceil(16_384 / bytes.length)));
    },
    expected,
  );

const wrong = failed('protocol');
const hung = failed('timeout');
const large = { method: 'POST', body: { kind: 'text', text: 'x'.repeat(4_000_000) } } as const;

/** Servers that speak HTTP/2 in ways of their own. */
export const http2Servers: readonly HostileRow[] = [
  says('answers', Buffer.concat([head(), frame(types.data, endStream, 1, 'ok')]), passed, {
    assertions: ['status == 200', 'body == ok'],
  }),
  says('answers without a body', head(endHeaders | endStream), passed),
  serves('never says anything', () => {}, hung),
  says('sends its settings and no answer', Buffer.alloc(0), hung),
  says('sends headers and no body', head(), hung),
  says('answers by HTTP/1.1', ok('ok'), wrong),
  serves('answers by HTTP/1.1 at once', (socket) => socket.write(ok('ok')), wrong),
  serves('agrees on HTTP/1.1', () => {}, failed('protocol', /does not speak/), { alpn: ['http/1.1'] }),
  serves('agrees on nothing', () => {}, wrong, { alpn: [] }),
  serves('closes after its settings', (socket) => socket.end(hello), wrong),
  serves(
    'destroys the connection after its headers',
    (socket) => socket.write(Buffer.concat([hello, head()]), () => setTimeout(() => socket.destroy(), 20)),
    failed('body'),
  ),
  says('sends garbage', Buffer.alloc(500, 0xa5), wrong),
  says('announces a frame of 16 MiB', Buffer.from('ffffff000000000001', 'hex'), wrong),
  says('sends a frame that is larger than agreed', frame(types.data, 0, 1, Buffer.alloc(20_000)), wrong),
  says('sends settings of a wrong length', frame(types.settings, 0, 0, 'abc'), wrong),
  says('sends settings that cannot be', frame(types.settings, 0, 0, Buffer.from('0005ffffffff', 'hex')), wrong),
  says('allows no streams', frame(types.settings, 0, 0, Buffer.from('000300000000', 'hex')), hung),
  says('allows frames of no header', frame(types.settings, 0, 0, Buffer.from('000100000000', 'hex')), hung),
  ...[0, 1, 2, 3, 7, 8, 11, 13, 99].map((code) =>
    says(`resets the stream with ${code}`, frame(types.reset, 0, 1, numbers(code)), wrong),
  ),
  ...[1, 2, 11, 13].map((code) => says(`goes away with ${code}`, frame(types.goAway, 0, 0, numbers(0, code)), wrong)),
  says('goes away politely, before it answers', frame(types.goAway, 0, 0, numbers(0, 0)), wrong),
  says(
    'goes away with 10 kB of reasons',
    frame(types.goAway, 0, 0, Buffer.concat([numbers(0, 2), Buffer.alloc(10_000, 7)])),
    wrong,
  ),
  says(
    'resets the stream in its body',
    Buffer.concat([head(), frame(types.data, 0, 1, 'o'), frame(types.reset, 0, 1, numbers(2))]),
    failed('body'),
  ),
  says(
    'resets the stream after its whole answer',
    Buffer.concat([head(), frame(types.data, endStream, 1, 'ok'), frame(types.reset, 0, 1, numbers(0))]),
    passed,
  ),
  says('sends no status', head(endHeaders, field('x-a', 'b')), wrong),
  says('sends status 2000', head(endHeaders, field(':status', '2000')), wrong),
  says('sends status abc', head(endHeaders, field(':status', 'abc')), wrong),
  says('sends status 000', head(endHeaders | endStream, field(':status', '000')), wrong),
  says('sends status 999', head(endHeaders | endStream, field(':status', '999')), failed('assertion')),
  says('sends two statuses', head(endHeaders | endStream, Buffer.concat([okStatus, field(':status', '500')])), wrong),
  says(
    'sends a status after a header',
    head(endHeaders | endStream, Buffer.concat([field('a', 'b'), okStatus])),
    wrong,
  ),
  says(
    'sends a request as its answer',
    head(endHeaders | endStream, Buffer.concat([okStatus, field(':path', '/')])),
    wrong,
  ),
  says(
    'writes a header in capitals',
    head(endHeaders | endStream, Buffer.concat([okStatus, field('X-A', 'b')])),
    wrong,
  ),
  says(
    'puts a line break into a header',
    head(endHeaders | endStream, Buffer.concat([okStatus, field('x-a', 'b\r\nx-b: c')])),
    passed,
  ),
  says('puts NUL into a header', head(endHeaders | endStream, Buffer.concat([okStatus, field('x-a', 'b\0')])), passed),
  says(
    'sends connection: close',
    head(endHeaders | endStream, Buffer.concat([okStatus, field('connection', 'close')])),
    wrong,
  ),
  says('sends headers that cannot be unpacked', head(endHeaders, Buffer.alloc(20, 0xff)), wrong),
  says('refers to an entry of its table that is not there', head(endHeaders, Buffer.of(0xfe)), wrong),
  says(
    'sends a header of 60 kB',
    Buffer.concat([
      frame(types.headers, 0, 1, okStatus),
      ...Array.from({ length: 4 }, () => frame(types.continuation, 0, 1, field('x-a', 'y'.repeat(15_000)))),
      frame(types.continuation, endHeaders, 1),
    ]),
    wrong,
  ),
  says(
    'sends 600 headers',
    head(endHeaders | endStream, Buffer.concat([okStatus, many(field('a', 'b'), 600)])),
    failed('protocol', 'the target sent more than 500 headers'),
  ),
  says(
    'unpacks one entry 16,000 times',
    head(
      endHeaders | endStream,
      Buffer.concat([
        okStatus,
        Buffer.concat([Buffer.of(0x40), text('x'), text('y'.repeat(4_000))]),
        Buffer.alloc(10_000, 0xbe),
      ]),
    ),
    wrong,
  ),
  floods(
    'goes on with headers without end',
    frame(types.continuation, 0, 1, field('a', 'b')),
    wrong,
    frame(types.headers, 0, 1, okStatus),
  ),
  floods(
    'goes on with empty headers without end',
    frame(types.continuation, 0, 1),
    wrong,
    frame(types.headers, 0, 1, okStatus),
  ),
  floods('sends settings without end', settings, wrong),
  floods(
    'sends settings of 16 kB without end',
    frame(types.settings, 0, 0, many(Buffer.from('000400010000', 'hex'), 2_000)),
    wrong,
  ),
  floods('acknowledges settings without end', acknowledged, wrong),
  floods('pings without end', frame(types.ping, 0, 0, Buffer.alloc(8)), wrong),
  floods('answers pings that nobody sent', frame(types.ping, 1, 0, Buffer.alloc(8)), wrong),
  floods('opens the window without end', frame(types.window, 0, 0, numbers(1)), wrong),
  floods('opens the window of the stream too far', frame(types.window, 0, 1, numbers(0x7fffffff)), wrong),
  says('opens the window by nothing', frame(types.window, 0, 1, numbers(0)), wrong),
  floods('sets priorities without end', frame(types.priority, 0, 1, Buffer.from('0000000310', 'hex')), wrong),
  floods('sends frames that nobody knows without end', frame(0xb0, 0, 0, Buffer.alloc(1_000)), wrong),
  floods('names other services without end', frame(types.altSvc, 0, 0, '\0\x05a.comh2=":443"'), wrong),
  floods('sends empty data without end', frame(types.data, 0, 1), wrong, head()),
  floods(
    'sends padding without end',
    frame(types.data, padded, 1, Buffer.concat([Buffer.of(255), Buffer.alloc(255)])),
    wrong,
    head(),
  ),
  floods('sends data without end', frame(types.data, 0, 1, Buffer.alloc(16_000)), passed, head()),
  floods(
    'sends data beyond the window',
    frame(types.data, 0, 1, Buffer.alloc(16_000)),
    wrong,
    head(endHeaders, Buffer.concat([okStatus, field('content-length', '5')])),
  ),
  floods('sends interim responses without end', head(endHeaders, field(':status', '103')), wrong),
  floods('goes away without end', frame(types.goAway, 0, 0, numbers(0x7fffffff, 0)), wrong),
  says('pushes', frame(types.push, endHeaders, 1, Buffer.concat([numbers(2), okStatus])), wrong),
  says('sends data on a stream that nobody opened', frame(types.data, 0, 7, 'x'), wrong),
  says('sends data before its headers', frame(types.data, endStream, 1, 'x'), wrong),
  says('sends headers on stream 0', frame(types.headers, endHeaders, 0, okStatus), wrong),
  says('pads more than its frame', frame(types.data, padded, 1, Buffer.of(200, 1)), wrong),
  says(
    'interrupts its headers',
    Buffer.concat([frame(types.headers, 0, 1, okStatus), frame(types.ping, 0, 0, Buffer.alloc(8))]),
    wrong,
  ),
  says(
    'sends less than its length',
    Buffer.concat([
      head(endHeaders, Buffer.concat([okStatus, field('content-length', '5')])),
      frame(types.data, endStream, 1, 'ok'),
    ]),
    failed('body'),
  ),
  says(
    'sends more than its length',
    Buffer.concat([
      head(endHeaders, Buffer.concat([okStatus, field('content-length', '1')])),
      frame(types.data, endStream, 1, 'ok'),
    ]),
    wrong,
  ),
  says(
    'sends trailers',
    Buffer.concat([
      head(),
      frame(types.data, 0, 1, 'ok'),
      frame(types.headers, endHeaders | endStream, 1, field('x-t', '1')),
    ]),
    passed,
  ),
  says(
    'sends trailers that do not end it',
    Buffer.concat([head(), frame(types.data, 0, 1, 'ok'), frame(types.headers, endHeaders, 1, field('x-t', '1'))]),
    failed('body'),
  ),
  says('answers twice', Buffer.concat([head(endHeaders | endStream), head(endHeaders | endStream)]), passed),
  says('never opens its window for a large request', Buffer.alloc(0), hung, { request: large }),
  serves(
    'closes the window for a large request',
    (socket) =>
      socket.write(Buffer.concat([frame(types.settings, 0, 0, Buffer.from('000400000000', 'hex')), acknowledged])),
    hung,
    { request: large },
  ),
  says('answers a large request before it is sent', head(endHeaders | endStream), passed, {
    request: large,
  }),
];
