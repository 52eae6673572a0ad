import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import fc from 'fast-check';
import type { ErrorType } from '../../shared/config/model.ts';
import type { ProbeResult } from '../../shared/probe/result.ts';
import { runProbe } from '../../shared/probe/run.ts';
import { localhostCertificate, type TestCertificate, wrongNameCertificate } from '../support/certificates.ts';
import { httpMonitor, probeDeps } from '../support/http-monitor.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';

const timeoutMs = 400;
const slackMs = 100;

type Case = {
  readonly name: string;
  readonly answer?: (socket: Socket, head: string) => void;
  readonly greet?: (socket: Socket) => void;
  readonly tls?: TestCertificate;
  readonly scheme?: 'http' | 'https';
  readonly method?: 'GET' | 'HEAD';
  readonly assertions?: readonly string[];
  readonly maxBodyBytes?: number;
  readonly expected: Partial<ProbeResult>;
};

const drip = (socket: Socket, text: string, everyMs = 20) => {
  let at = 0;
  const timer = setInterval(() => {
    socket.write(text[at % text.length] as string);
    at += 1;
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
};

const pour = (socket: Socket, chunk: string) => {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk)) {}
  };
  socket.on('drain', more);
  more();
};

const ok = (body: string, headers = '') => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n${headers}\r\n${body}`;
const redirect = (location: string) => `HTTP/1.1 302 Found\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;

const failed = (errorType: ErrorType, message: string) => ({ outcome: 'failed', errorType, message }) as const;

const cases: readonly Case[] = [
  { name: 'accepts and never answers', answer: () => {}, expected: failed('timeout', 'no answer came within 400 ms') },
  {
    name: 'drips its headers',
    answer: (socket) =>
      drip(socket, 'HTTP/1.1 200 OK\r\nx-long: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
    expected: failed('timeout', 'no answer came within 400 ms'),
  },
  {
    name: 'drips its body',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100000\r\n\r\n');
      drip(socket, 'x');
    },
    expected: { ...failed('timeout', 'the answer did not end within 400 ms'), statusCode: 200 },
  },
  {
    name: 'sends chunks without end, which nobody reads',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      pour(socket, `4000\r\n${'x'.repeat(0x4000)}\r\n`);
    },
    expected: { outcome: 'passed', statusCode: 200 },
  },
  {
    name: 'sends chunks without end, and the body matters',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
      pour(socket, `4000\r\n${'x'.repeat(0x4000)}\r\n`);
    },
    assertions: ['body contains x'],
    expected: failed('body', 'body contains x, but found the body is longer than 1048576 bytes'),
  },
  {
    name: 'sends a header of 1 MiB',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\nx-big: ${'a'.repeat(1_048_576)}\r\n\r\n`),
    expected: failed('protocol', 'the headers of the answer are larger than 32 kB'),
  },
  {
    name: 'sends 10,000 headers',
    answer: (socket) => socket.write(`HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`),
    expected: failed('protocol', 'the target sent more than 500 headers'),
  },
  {
    name: 'sends a bad chunk size',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'),
    expected: failed('protocol', 'the answer is not valid HTTP/1.1'),
  },
  {
    name: 'greets as SSH does',
    greet: (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'),
    expected: failed('protocol', 'the answer is not valid HTTP/1.1'),
  },
  {
    name: 'answers with an SSH banner',
    answer: (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'),
    expected: failed('protocol', 'the answer is not valid HTTP/1.1'),
  },
  {
    name: 'resets the connection on the request',
    answer: (socket) => socket.resetAndDestroy(),
    expected: failed('protocol', 'the target closed the connection without an answer (ECONNRESET)'),
  },
  {
    name: 'closes the connection on the request',
    answer: (socket) => socket.end(),
    expected: failed('protocol', 'the target closed the connection without an answer'),
  },
  {
    name: 'closes the connection at once',
    greet: (socket) => socket.end(),
    expected: failed('protocol', 'the target closed the connection without an answer'),
  },
  {
    name: 'resets in the middle of the body',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc');
      setTimeout(() => socket.resetAndDestroy(), 30);
    },
    expected: {
      ...failed('body', 'the connection was closed in the middle of the body (ECONNRESET)'),
      statusCode: 200,
    },
  },
  {
    name: 'ends before the announced length',
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nabc'),
    expected: failed('body', 'the connection was closed in the middle of the body'),
  },
  {
    name: 'ends in the middle of the chunks',
    answer: (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab'),
    expected: { outcome: 'failed', errorType: 'body' },
  },
  {
    name: 'ends between two chunks, as a server does that closes',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n4\r\npart\r\n');
      setTimeout(() => socket.end(), 30);
    },
    expected: { ...failed('body', 'the connection was closed in the middle of the body'), statusCode: 200 },
  },
  {
    name: 'ends in the middle of a chunk, as a server does that closes',
    answer: (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab');
      setTimeout(() => socket.end(), 30);
    },
    expected: { ...failed('body', 'the connection was closed in the middle of the body'), statusCode: 200 },
  },
  {
    name: 'redirects to itself for ever',
    answer: (socket) => socket.write(redirect('/')),
    expected: {
      ...failed('redirect', expect.stringMatching(/^more than 5 redirects, the last one at /) as never),
      redirects: 5,
    },
  },
  {
    name: 'redirects to the metadata address',
    answer: (socket) => socket.write(redirect('http://169.254.169.254/latest/meta-data/')),
    expected: {
      outcome: 'blocked',
      errorType: 'blocked',
      message: '169.254.169.254 is a metadata or runtime address, which is never allowed',
      redirects: 1,
      attempts: 1,
    },
  },
  {
    name: 'redirects to the metadata address as an IPv4-mapped one',
    answer: (socket) => socket.write(redirect('http://[::ffff:a9fe:a9fe]/')),
    expected: { outcome: 'blocked', errorType: 'blocked' },
  },
  {
    name: 'redirects to a file',
    answer: (socket) => socket.write(redirect('file:///etc/passwd')),
    expected: failed('redirect', expect.stringMatching(/redirects to a file: URL, which is not followed$/) as never),
  },
  {
    name: 'redirects to nowhere',
    answer: (socket) => socket.write(redirect('http://[')),
    expected: failed('redirect', expect.stringMatching(/redirects to is not a URL$/) as never),
  },
  {
    name: 'has a self-signed certificate',
    answer: (socket) => socket.write(ok('ok')),
    tls: localhostCertificate,
    expected: failed('tls', 'the certificate is self-signed: 127.0.0.1 (DEPTH_ZERO_SELF_SIGNED_CERT)'),
  },
  {
    name: 'does not speak TLS on its https port',
    answer: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    scheme: 'https',
    expected: failed('tls', 'the port does not speak TLS: 127.0.0.1 (ERR_SSL_WRONG_VERSION_NUMBER)'),
  },
  {
    name: 'stalls in the TLS handshake',
    answer: () => {},
    scheme: 'https',
    expected: failed('timeout', 'the TLS handshake was not finished within 400 ms'),
  },
  {
    name: 'closes in the TLS handshake',
    answer: (socket) => socket.destroy(),
    scheme: 'https',
    expected: { outcome: 'failed', errorType: 'tls' },
  },
  {
    name: 'speaks TLS on its http port',
    answer: (socket) => socket.write(ok('ok')),
    tls: wrongNameCertificate,
    scheme: 'http',
    expected: { outcome: 'failed', errorType: 'protocol' },
  },
  {
    name: 'sends bytes after its body',
    answer: (socket) => socket.write(`${ok('ok')}HTTP/1.1 500 Oops\r\n\r\ngarbage`),
    assertions: ['status == 200', 'body == ok'],
    expected: { outcome: 'passed', statusCode: 200 },
  },
  {
    name: 'answers with status 999',
    answer: (socket) => socket.write('HTTP/1.1 999 Odd\r\ncontent-length: 0\r\n\r\n'),
    expected: { ...failed('assertion', 'status in 200-299, but found 999'), statusCode: 999 },
  },
  {
    name: 'answers 204 and leaves the connection open',
    answer: (socket) => socket.write('HTTP/1.1 204 No Content\r\n\r\n'),
    assertions: ['status == 204', 'body empty'],
    expected: { outcome: 'passed', statusCode: 204 },
  },
  {
    name: 'answers 304 with a length and no body',
    answer: (socket) => socket.write('HTTP/1.1 304 Not Modified\r\ncontent-length: 500\r\n\r\n'),
    assertions: ['status == 304'],
    expected: { outcome: 'passed', statusCode: 304 },
  },
  {
    name: 'answers HEAD with a length and no body',
    answer: (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n'),
    method: 'HEAD',
    expected: { outcome: 'passed', statusCode: 200 },
  },
  {
    name: 'sends early hints without end',
    answer: (socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'), 2);
      socket.on('close', () => clearInterval(timer));
    },
    expected: failed('protocol', 'the target sent interim responses without end'),
  },
  {
    name: 'sends early hints, then its answer',
    answer: (socket) => socket.write(`HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${ok('ok')}`),
    expected: { outcome: 'passed', statusCode: 200 },
  },
  {
    name: 'sends 100 Continue, which nobody asked for',
    answer: (socket) => socket.write(`HTTP/1.1 100 Continue\r\n\r\n${ok('ok')}`),
    expected: { outcome: 'passed', statusCode: 200 },
  },
  {
    name: 'switches protocols, which nobody asked for',
    answer: (socket) => socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n'),
    expected: failed('protocol', 'the target switched to a protocol that was not asked for'),
  },
  {
    name: 'speaks HTTP/0.9',
    answer: (socket) => socket.end('<html>hello</html>'),
    expected: { outcome: 'failed', errorType: 'protocol' },
  },
  {
    name: 'sends a body without a length and closes',
    answer: (socket) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'),
    assertions: ['body == hello'],
    expected: { outcome: 'passed', statusCode: 200 },
  },
];

/** What keeps a process alive, by kind. */
function openResources(): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The kinds of which there are more than before; waits a moment, since a socket closes in a later turn of the loop and the test runner has timers of its own. */
async function leftBehind(before: Readonly<Record<string, number>>): Promise<readonly string[]> {
  for (let turn = 0; ; turn += 1) {
    const more = Object.entries(openResources()).filter(([kind, count]) => count > (before[kind] ?? 0));
    if (more.length === 0 || turn === 50) return more.map(([kind]) => kind);
    await new Promise<void>((done) => setTimeout(done, 5));
  }
}

let delay: ReturnType<typeof monitorEventLoopDelay>;
beforeAll(() => {
  delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
});
afterAll(() => delay.disable());

/** How late a bare timer came in this test at worst: on a busy machine no deadline can be kept better than that. */
async function latenessOfTimers(): Promise<number> {
  await new Promise((done) => setTimeout(done, 10));
  const lateMs = delay.max / 1e6;
  delay.reset();
  return lateMs;
}

describe('a target that', () => {
  let server: RawServer;
  beforeAll(async () => {
    // The first probe of a process warms it up before its clock starts.
    await runProbe(httpMonitor({ request: { url: 'http://127.0.0.1:1/' } }), probeDeps());
  });
  afterEach(() => server.close());

  it.each(cases)('$name ends in time, with the right word, and leaves nothing behind', async (row) => {
    const { answer, greet, tls, method = 'GET', assertions, maxBodyBytes, expected } = row;
    server = await startRawServer({
      ...(answer ? { onRequest: answer } : {}),
      ...(greet ? { onConnect: greet } : {}),
      ...(tls ? { tls } : {}),
    });
    const url = `${row.scheme ?? (tls ? 'https' : 'http')}://127.0.0.1:${server.port}/`;
    const monitor = httpMonitor({
      timeoutMs,
      request: { url, method },
      ...(assertions ? { assertions } : {}),
      ...(maxBodyBytes ? { maxBodyBytes } : {}),
    });
    const before = openResources();
    const startedAt = performance.now();
    const result = await runProbe(monitor, probeDeps());
    const tookMs = performance.now() - startedAt;
    const lateMs = await latenessOfTimers();

    expect(result).toMatchObject(expected);
    expect(tookMs).toBeLessThan(timeoutMs + slackMs + lateMs);
    const { resolveMs, connectMs, tlsMs, processingMs, transferMs } = result.phases;
    const sum = resolveMs + connectMs + tlsMs + processingMs + transferMs;
    expect(Math.abs(sum - result.latencyMs)).toBeLessThan(1);
    await server.drained();
    expect(server.openCount()).toBe(0);
    expect(await leftBehind(before)).toEqual([]);
  });
});

describe('whatever a target sends', () => {
  const piece = fc.oneof(
    fc.constantFrom('HTTP/1.1 200 OK\r\n', 'HTTP/1.1 302 Found\r\n', 'HTTP/1.1 103 Early\r\n\r\n', '\r\n', '\r\n\r\n'),
    fc.constantFrom(
      'content-length: 3\r\n',
      'content-length: -1\r\n',
      'transfer-encoding: chunked\r\n',
      'location: //\r\n',
    ),
    fc.constantFrom('content-encoding: gzip\r\n', '3\r\nabc\r\n', '0\r\n\r\n', 'ffffffffffffffff\r\n', '{"a":'),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );

  it('the probe ends in time with a well-formed result', async () => {
    let text = '';
    const server = await startRawServer({ onRequest: (socket) => socket.end(Buffer.from(text, 'latin1')) });
    const monitor = httpMonitor({
      timeoutMs,
      request: { url: server.origin },
      assertions: ['status == 200', 'json $.a exists'],
    });
    const law = fc.asyncProperty(fc.array(piece, { maxLength: 12 }), async (pieces) => {
      text = pieces.join('');
      const startedAt = performance.now();
      const result = await runProbe(monitor, probeDeps());
      const tookMs = performance.now() - startedAt;
      expect(tookMs).toBeLessThan(timeoutMs + slackMs + (await latenessOfTimers()));
      expect(result.errorType !== undefined).toBe(['failed', 'unknown', 'blocked'].includes(result.outcome));
      expect(result.outcome).not.toBe('unknown');
      expect((result.message ?? '').length).toBeLessThanOrEqual(256);
    });
    await fc.assert(law, { numRuns: 150 });
    await server.drained();
    expect(server.openCount()).toBe(0);
    await server.close();
  }, 30_000);
});
