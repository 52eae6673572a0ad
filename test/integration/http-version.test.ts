import { createSecureServer } from 'node:http2';
import type { AddressInfo, Server, Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { attemptHttp, serverCertificate, showOutcome } from '../support/http-attempt.ts';
import {
  endHeaders,
  endStream,
  frame,
  header,
  headerFrames,
  settings,
  status200,
  uint32,
} from '../support/http2-frames.ts';

const timeoutMs = 500;
let server: Server | undefined;
const peers = new Set<Socket>();
afterEach(async () => {
  for (const peer of peers) peer.destroy();
  peers.clear();
  await new Promise((done) => (server ? server.close(done) : done(undefined)));
  server = undefined;
});

async function listen(started: Server): Promise<string> {
  server = started;
  started.on('tlsClientError', () => {});
  started.on('connection', (socket: Socket) => {
    peers.add(socket);
    socket.on('close', () => peers.delete(socket));
  });
  await new Promise<void>((done) => started.listen(0, '127.0.0.1', done));
  return `https://127.0.0.1:${(started.address() as AddressInfo).port}/`;
}

/** Answers the first bytes of a connection with frames. */
function startFrames(answer: (socket: Socket) => void, alpn: readonly string[] = ['h2']): Promise<string> {
  const options = { ...serverCertificate, ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}) };
  return listen(
    createTlsServer(options, (socket) => {
      socket.on('error', () => {});
      socket.once('data', () => answer(socket));
      socket.resume();
    }),
  );
}

const ask = async (url: string, changes: object = {}) =>
  showOutcome(await attemptHttp({ url, httpVersion: '2', timeoutMs, ...changes }));

const pour = (socket: Socket, chunk: Buffer) => {
  const more = () => {
    while (!socket.destroyed && socket.write(chunk)) {}
  };
  socket.on('drain', more);
  more();
};
const times = (count: number, chunk: Buffer) => Buffer.concat(Array.from({ length: count }, () => chunk));

describe('HTTP/2', () => {
  it('sends method, headers and body, and reads the whole answer', async () => {
    const url = await listen(
      createSecureServer(serverCertificate, (request, response) => {
        let text = '';
        request.on('data', (chunk) => {
          text += chunk;
        });
        request.on('end', () => {
          response.setHeader('x-a', ['1', '2']);
          response.end(
            JSON.stringify([
              request.method,
              request.headers[':authority'],
              request.headers['content-length'],
              request.headers['x-b'],
              text,
            ]),
          );
        });
      }),
    );
    const outcome = await attemptHttp({
      url,
      httpVersion: '2',
      method: 'POST',
      headers: { host: 'other.test', 'x-b': 'c' },
      body: Buffer.from('hello'),
    });
    expect(showOutcome(outcome)).toBe('200 ["POST","other.test","5","c","hello"]');
    expect(outcome).toMatchObject({
      response: { headers: { 'x-a': '1, 2' }, tls: { alpn: 'h2', isAuthorized: true } },
    });
    const { tlsMs, processingMs } = outcome.phases;
    expect(Math.min(tlsMs, processingMs)).toBeGreaterThan(0);
  });

  it('takes answers of every size for whole', async () => {
    const url = await listen(
      createSecureServer(serverCertificate, (request, response) =>
        response.end('x'.repeat(Number(request.url.slice(1)))),
      ),
    );
    for (const size of [0, 1, 16_383, 16_384, 65_535, 65_536, 200_000, 1_048_576]) {
      expect(await ask(`${url}${size}`, { timeoutMs: 2_000 })).toBe(`200 ${'x'.repeat(size)}`);
    }
  });

  it('follows redirects, each with a connection of its own', async () => {
    let sessions = 0;
    const started = createSecureServer(serverCertificate, (request, response) => {
      if (request.url === '/there') return response.end('there');
      response.writeHead(302, { location: '/there' });
      return response.end('x'.repeat(100_000));
    });
    started.on('session', () => {
      sessions += 1;
    });
    expect(await ask(await listen(started))).toBe('200 there');
    expect(sessions).toBe(2);
  });

  it('is not spoken to targets that do not agree on it', async () => {
    const notSpoken = 'protocol: the target does not speak HTTP/2: 127.0.0.1';
    expect(await ask(await startFrames(() => {}, []))).toBe(notSpoken);
    await new Promise((done) => server?.close(done));
    expect(await ask(await startFrames(() => {}, ['http/1.1']))).toBe(
      'protocol: the target does not speak h2: 127.0.0.1 (ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL)',
    );
    expect(await ask('http://127.0.0.1:1/')).toBe(
      'protocol: HTTP/2 is spoken over https only, and http://127.0.0.1:1/ is not',
    );
  });

  const head = frame('headers', endHeaders, 1, status200);
  const hello = frame('data', 0, 1, Buffer.from('hello'));
  const later = (socket: Socket, bytes: Buffer) => setTimeout(() => socket.write(bytes), 20);
  const early = 'protocol: the target closed the connection without an answer';
  const cut = 'body: the connection was closed in the middle of the body';
  const invalid = 'protocol: the answer is not valid HTTP/2';

  it.each<[string, (socket: Socket) => void, string]>([
    [
      'answers',
      (socket) => socket.write(Buffer.concat([settings, head, hello, frame('data', endStream, 1)])),
      '200 hello',
    ],
    [
      'says that it goes away, and answers',
      (socket) =>
        socket.write(Buffer.concat([settings, frame('goaway', 0, 0, uint32(1, 0)), head, frame('data', endStream, 1)])),
      '200 ',
    ],
    [
      'sends 103 first',
      (socket) =>
        socket.write(
          Buffer.concat([
            settings,
            frame('headers', endHeaders, 1, header(':status', '103')),
            head,
            frame('data', endStream, 1),
          ]),
        ),
      '200 ',
    ],
    ['never answers', () => {}, 'timeout: no answer came within 500 ms'],
    [
      'drips its body',
      (socket) => {
        socket.write(Buffer.concat([settings, head]));
        const timer = setInterval(() => socket.write(frame('data', 0, 1, Buffer.from('x'))), 20);
        socket.on('close', () => clearInterval(timer));
      },
      'timeout: the answer did not end within 500 ms',
    ],
    [
      'refuses the stream',
      (socket) => socket.write(Buffer.concat([settings, frame('reset', 0, 1, uint32(7))])),
      'protocol: the request was reset (REFUSED_STREAM)',
    ],
    [
      'asks for HTTP/1.1',
      (socket) => socket.write(Buffer.concat([settings, frame('reset', 0, 1, uint32(13))])),
      'protocol: the request was reset (HTTP_1_1_REQUIRED)',
    ],
    [
      'goes away',
      (socket) => socket.write(Buffer.concat([settings, frame('goaway', 0, 0, uint32(0, 11))])),
      'protocol: the target ended the connection (ENHANCE_YOUR_CALM)',
    ],
    ['closes without an answer', (socket) => socket.end(), early],
    [
      'closes after its head',
      (socket) => {
        socket.write(Buffer.concat([settings, head]));
        setTimeout(() => socket.end(), 20);
      },
      cut,
    ],
    [
      'resets the stream in the body',
      (socket) => {
        socket.write(Buffer.concat([settings, head, hello]));
        later(socket, frame('reset', 0, 1, uint32(2)));
      },
      `${cut} (INTERNAL_ERROR)`,
    ],
    [
      'resets the stream in the body as if all were well',
      (socket) => {
        socket.write(Buffer.concat([settings, head, hello]));
        later(socket, frame('reset', 0, 1, uint32(0)));
      },
      cut,
    ],
    [
      'sends less than it announces',
      (socket) =>
        socket.write(
          Buffer.concat([
            settings,
            frame('headers', endHeaders, 1, Buffer.concat([status200, header('content-length', '9')])),
            frame('data', endStream, 1, Buffer.from('a')),
          ]),
        ),
      `${cut} (PROTOCOL_ERROR)`,
    ],
    ['answers in HTTP/1.1', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n'), invalid],
    [
      'has no status',
      (socket) =>
        socket.write(Buffer.concat([settings, frame('headers', endHeaders | endStream, 1, header('a', 'b'))])),
      'protocol: the request was reset (PROTOCOL_ERROR)',
    ],
    [
      'sends settings without end',
      (socket) => pour(socket, times(500, settings)),
      'protocol: the target sent control frames without end',
    ],
    [
      'pings without end',
      (socket) => {
        socket.write(settings);
        pour(socket, times(500, frame('ping', 0, 0, Buffer.alloc(8))));
      },
      'protocol: the target sent control frames without end',
    ],
    [
      'opens its window without end',
      (socket) => {
        socket.write(settings);
        pour(socket, times(500, frame('window', 0, 0, uint32(1))));
      },
      expect.stringMatching(
        /^protocol: (the target sent frames without end|the answer is not valid HTTP\/2)$/,
      ) as unknown as string,
    ],
    [
      'sends empty data without end',
      (socket) => {
        socket.write(Buffer.concat([settings, head]));
        pour(socket, times(500, frame('data', 0, 1)));
      },
      invalid,
    ],
    [
      'sends headers without end',
      (socket) => {
        socket.write(Buffer.concat([settings, frame('headers', 0, 1, status200)]));
        pour(socket, times(500, frame('continuation', 0, 1, header('a', 'b'))));
      },
      invalid,
    ],
    [
      'sends a header of 40 kB',
      (socket) =>
        socket.write(
          Buffer.concat([settings, headerFrames(1, Buffer.concat([status200, header('a', 'x'.repeat(40_000))]))]),
        ),
      'protocol: the headers of the answer are larger than 32 kB',
    ],
    [
      'sends a header of 1 MiB',
      (socket) =>
        socket.write(
          Buffer.concat([settings, headerFrames(1, Buffer.concat([status200, header('a', 'x'.repeat(1_048_576))]))]),
        ),
      invalid,
    ],
    [
      'sends 600 headers',
      (socket) =>
        socket.write(
          Buffer.concat([settings, headerFrames(1, Buffer.concat([status200, times(600, header('a', 'b'))]))]),
        ),
      'protocol: the target sent more than 500 headers',
    ],
    [
      'sends a header that grows 4,000 times',
      (socket) => {
        const big = Buffer.concat([Buffer.from([0x40]), header('a', 'x'.repeat(4_000)).subarray(1)]);
        socket.write(
          Buffer.concat([settings, headerFrames(1, Buffer.concat([status200, big, Buffer.alloc(10_000, 0xbe)]))]),
        );
      },
      'protocol: the request was reset (ENHANCE_YOUR_CALM)',
    ],
    [
      'sends early hints without end',
      (socket) => {
        socket.write(settings);
        pour(socket, frame('headers', endHeaders, 1, header(':status', '103')));
      },
      'protocol: the target sent interim responses without end',
    ],
    [
      'sends a body without end',
      (socket) => {
        socket.write(Buffer.concat([settings, head]));
        pour(socket, frame('data', 0, 1, Buffer.alloc(16_000, 120)));
      },
      '200 the body is longer than 1048576 bytes',
    ],
    [
      'pushes',
      (socket) =>
        socket.write(
          Buffer.concat([
            settings,
            frame('push', endHeaders, 1, Buffer.concat([uint32(2), status200])),
            head,
            frame('data', endStream, 1),
          ]),
        ),
      expect.stringMatching(/^(200 |protocol: )/) as unknown as string,
    ],
  ])(
    'a target that %s ends in time, with the right word, and leaves nothing behind',
    async (_name, answer, expected) => {
      const url = await startFrames(answer);
      const startedAt = performance.now();
      expect(await ask(url)).toEqual(expected);
      expect(performance.now() - startedAt).toBeLessThan(timeoutMs + 500);
      for (let turn = 0; turn < 100 && peers.size > 0; turn += 1) await new Promise((done) => setTimeout(done, 10));
      expect(peers.size).toBe(0);
    },
  );
});
