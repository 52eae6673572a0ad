import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import type { HttpMonitor } from '../../shared/config/model.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import { userAgent } from '../../shared/http/user-agent.ts';
import { runProbe } from '../../shared/probe/run.ts';
import { localhostCertificate, wrongNameCertificate } from '../support/certificates.ts';
import { httpMonitor, probeDeps } from '../support/http-monitor.ts';
import { type RawServer, startRawServer } from '../support/raw-server.ts';
import { silentAddress, startSilentListener } from '../support/silent-listener.ts';

const answer = (body: string, headers = '') =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
const answerWith = (text: string) => startRawServer({ onRequest: (socket) => socket.write(text) });

const open: { close(): Promise<unknown> }[] = [];
const track = async <T extends { close(): Promise<unknown> }>(started: Promise<T>): Promise<T> => {
  const server = await started;
  open.push(server);
  return server;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

describe('a probe of a good target', () => {
  it('passes, with its status, every assertion and phases that add up', async () => {
    const server = await track(
      startRawServer({
        onRequest: (socket) => {
          setTimeout(
            () => socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 25\r\n\r\n'),
            40,
          );
          setTimeout(() => socket.write('{"status":"ok","n":[1,2]}'), 90);
        },
      }),
    );
    const assertions = [
      'status == 200',
      'latency < 2s',
      'header content-type contains json',
      'json $.status == "ok"',
      'json $.n[*] between [1, 2]',
    ];
    const result = await runProbe(httpMonitor({ request: { url: server.origin }, assertions }), probeDeps());
    expect(result).toMatchObject({ monitor: 'target', outcome: 'passed', attempts: 1, statusCode: 200, redirects: 0 });
    expect(result).not.toHaveProperty('errorType');
    expect(result.assertions.map(({ passed }) => passed)).toEqual([true, true, true, true, true]);
    expect(result.phases).toMatchObject({ resolveMs: 0, tlsMs: 0 });
    expect(result.phases.processingMs).toBeGreaterThan(35);
    expect(result.phases.transferMs).toBeGreaterThan(40);
    expect(server.received).toEqual([
      `GET / HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\nconnection: close\r\nuser-agent: ${userAgent}\r\naccept: */*\r\naccept-encoding: identity\r\n\r\n`,
    ]);
  });

  it('opens a fresh connection for every attempt', async () => {
    let connections = 0;
    const server = await track(
      startRawServer({
        onConnect: () => {
          connections += 1;
        },
        onRequest: (socket) => socket.write(answer('ok', 'connection: keep-alive\r\n')),
      }),
    );
    const monitor = httpMonitor({ request: { url: server.origin } });
    await runProbe(monitor, probeDeps());
    await runProbe(monitor, probeDeps());
    expect(connections).toBe(2);
  });

  it('is degraded when it is slow, or when only an assertion of that severity fails', async () => {
    const server = await track(
      startRawServer({ onRequest: (socket) => setTimeout(() => socket.write(answer('ok')), 50) }),
    );
    const request = { url: server.origin };
    const slow = await runProbe(httpMonitor({ request, degradedAfterMs: 20 }), probeDeps());
    expect(slow).toMatchObject({
      outcome: 'degraded',
      message: expect.stringMatching(/^it took \d+ ms, longer than 20 ms$/),
    });
    expect(slow).not.toHaveProperty('errorType');
    const base = httpMonitor({ request, assertions: ['status == 200', 'body == no'] });
    const [status, body] = base.assertions as [HttpMonitor['assertions'][0], HttpMonitor['assertions'][0]];
    const soft = await runProbe({ ...base, assertions: [status, { ...body, severity: 'degrade' }] }, probeDeps());
    expect(soft).toMatchObject({ outcome: 'degraded', message: 'body == no, but found ok' });
    const hard = await runProbe({ ...base, degradedAfterMs: 20 }, probeDeps());
    expect(hard).toMatchObject({ outcome: 'failed', errorType: 'assertion' });
  });

  it.each([
    ['decoded', gzipSync('{"a":1}'), ['json $.a == 1'], { outcome: 'passed' }],
    [
      'an error of the body when it is too long once decoded',
      gzipSync(Buffer.alloc(5_000_000)),
      ['body contains x'],
      { outcome: 'failed', errorType: 'body' },
    ],
    [
      'an error of the body when it is no gzip',
      Buffer.from('oops'),
      ['body contains x'],
      { outcome: 'failed', errorType: 'body' },
    ],
    ['of no interest when no assertion needs it', Buffer.from('oops'), ['status == 200'], { outcome: 'passed' }],
  ])('that encodes its body unasked is %s', async (_name, body, assertions, expected) => {
    const server = await track(
      startRawServer({
        onRequest: (socket) => {
          socket.write(`HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`);
          socket.write(body);
        },
      }),
    );
    expect(await runProbe(httpMonitor({ request: { url: server.origin }, assertions }), probeDeps())).toMatchObject(
      expected,
    );
  });
});

describe('a redirect', () => {
  it('is followed with the configured headers to the same origin, and without any to another one', async () => {
    const second: RawServer = await track(startRawServer({ onRequest: (socket) => socket.write(answer('there')) }));
    const first: RawServer = await track(
      startRawServer({
        onRequest: (socket, head) => {
          const target = head.startsWith('GET /start') ? '/next' : `http://user:pw@127.0.0.1:${second.port}/end?q=1`;
          socket.write(`HTTP/1.1 302 Found\r\nlocation: ${target}\r\ncontent-length: 0\r\n\r\n`);
        },
      }),
    );
    const monitor = httpMonitor({
      request: {
        url: `${first.origin}/start`,
        headers: {
          'x-api-key': ['key-', { ssm: '/key' }],
          cookie: 'a=b',
          authorization: 'Bearer t',
          accept: 'text/plain',
        },
      },
      assertions: ['status == 200', 'body == there'],
    });
    const read = { parameter: async () => 'canary-7f3a', output: () => undefined };
    const result = await runProbe(monitor, probeDeps({ read }));
    expect(result).toMatchObject({ outcome: 'passed', redirects: 2 });
    expect(first.received).toHaveLength(2);
    for (const head of first.received) expect(head).toContain('x-api-key: key-canary-7f3a\r\n');
    expect(second.received[0]).toBe(
      `GET /end?q=1 HTTP/1.1\r\nhost: 127.0.0.1:${second.port}\r\nconnection: close\r\nuser-agent: ${userAgent}\r\naccept: */*\r\naccept-encoding: identity\r\n\r\n`,
    );
  });

  it.each([
    ['POST', 301, 'GET'],
    ['POST', 302, 'GET'],
    ['POST', 303, 'GET'],
    ['POST', 307, 'POST'],
    ['PUT', 302, 'PUT'],
    ['PUT', 303, 'GET'],
    ['HEAD', 303, 'HEAD'],
    ['DELETE', 308, 'DELETE'],
  ] as const)('of a %s by %i becomes a %s', async (method, status, becomes) => {
    const server = await track(
      startRawServer({
        onRequest: (socket, head) =>
          socket.write(
            head.includes(' /end ')
              ? answer('')
              : `HTTP/1.1 ${status} Go\r\nlocation: end\r\ncontent-length: 0\r\n\r\n`,
          ),
      }),
    );
    await runProbe(httpMonitor({ request: { url: server.origin, method } }), probeDeps());
    expect(server.received.map((head) => head.split(' ', 2).join(' '))).toEqual([`${method} /`, `${becomes} /end`]);
  });

  it('is the answer itself where redirects are not followed', async () => {
    const server = await track(
      answerWith('HTTP/1.1 302 Found\r\nlocation: https://example.com/\r\ncontent-length: 0\r\n\r\n'),
    );
    const monitor = httpMonitor({
      request: { url: server.origin, followRedirects: false },
      assertions: ['status == 302', 'header location == "https://example.com/"'],
    });
    expect(await runProbe(monitor, probeDeps())).toMatchObject({ outcome: 'passed', redirects: 0, statusCode: 302 });
  });

  it('to a private address is blocked unless its origin is allowed', async () => {
    const inner = await track(answerWith(answer('inner')));
    const outer = await track(
      answerWith(`HTTP/1.1 302 Found\r\nlocation: ${inner.origin}/\r\ncontent-length: 0\r\n\r\n`),
    );
    const monitor = httpMonitor({ allowPrivate: false, request: { url: outer.origin } });
    const blocked = await runProbe(monitor, probeDeps({ allowOrigins: [outer.origin] }));
    expect(blocked).toMatchObject({ outcome: 'blocked', errorType: 'blocked', attempts: 1, redirects: 1 });
    expect(inner.received).toEqual([]);
    const allowed = await runProbe(monitor, probeDeps({ allowOrigins: [outer.origin, inner.origin] }));
    expect(allowed).toMatchObject({ outcome: 'passed' });
  });
});

describe('https', () => {
  const trusted = getCACertificates('default');
  beforeAll(() => setDefaultCACertificates([...trusted, localhostCertificate.cert, wrongNameCertificate.cert]));
  afterAll(() => setDefaultCACertificates(trusted));

  it('is probed with TLS as a phase of its own', async () => {
    const server = await track(
      startRawServer({ tls: localhostCertificate, onRequest: (socket) => socket.write(answer('ok')) }),
    );
    const result = await runProbe(httpMonitor({ request: { url: `https://localhost:${server.port}/` } }), probeDeps());
    expect(result).toMatchObject({ outcome: 'passed', statusCode: 200 });
    expect(result.phases.tlsMs).toBeGreaterThan(0);
  });

  it('fails when the certificate is for another name', async () => {
    const server = await track(
      startRawServer({ tls: wrongNameCertificate, onRequest: (socket) => socket.write(answer('ok')) }),
    );
    const result = await runProbe(httpMonitor({ request: { url: `https://localhost:${server.port}/` } }), probeDeps());
    expect(result).toMatchObject({
      outcome: 'failed',
      errorType: 'tls',
      message: 'the certificate is for wrong.example, not for this name: localhost (ERR_TLS_CERT_ALTNAME_INVALID)',
    });
    expect(server.received).toEqual([]);
  });
});

describe('names and addresses', () => {
  const withAddresses = (addresses: readonly string[]) =>
    probeDeps({ runHttp: (attempt, deps) => runHttpAttempt(attempt, { ...deps, resolve: async () => addresses }) });

  it('a first address that refuses the connection is passed over', async () => {
    const server = await track(answerWith(answer('ok')));
    const monitor = httpMonitor({ request: { url: `http://name.test:${server.port}/` } });
    expect(await runProbe(monitor, withAddresses(['127.0.0.9', '127.0.0.1']))).toMatchObject({ outcome: 'passed' });
  });

  it('a first address that never answers does not eat the attempt', async () => {
    const server = await track(answerWith(answer('ok')));
    await track(startSilentListener(server.port));
    const monitor = httpMonitor({ request: { url: `http://name.test:${server.port}/` } });
    const result = await runProbe(monitor, withAddresses([silentAddress, '127.0.0.1']));
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.phases.connectMs).toBeGreaterThan(200);
    expect(result.phases.connectMs).toBeLessThan(1_000);
    const dead = await runProbe({ ...monitor, timeoutMs: 400 }, withAddresses([silentAddress]));
    expect(dead).toMatchObject({
      outcome: 'failed',
      errorType: 'timeout',
      message: 'no connection was made within 400 ms',
    });
  });

  it('one forbidden address among several blocks the request, and nothing is sent', async () => {
    const server = await track(answerWith(answer('ok')));
    const monitor = httpMonitor({ request: { url: `http://name.test:${server.port}/` } });
    const result = await runProbe(monitor, withAddresses(['127.0.0.1', '169.254.169.254']));
    expect(result).toMatchObject({
      outcome: 'blocked',
      attempts: 0,
      latencyMs: 0,
      message: 'name.test is 169.254.169.254, which is a metadata or runtime address, which is never allowed',
    });
    expect(server.received).toEqual([]);
  });

  it('the address of the Lambda runtime is blocked even where private ones are allowed', async () => {
    const server = await track(answerWith(answer('secret event')));
    const deps = probeDeps({ runtimeApi: `127.0.0.1:${server.port}`, allowOrigins: [server.origin] });
    for (const host of ['127.0.0.1', 'localhost', '[::ffff:127.0.0.1]', '127.1', '0.0.0.0']) {
      const result = await runProbe(
        httpMonitor({ request: { url: `http://${host}:${server.port}/2018-06-01/` } }),
        deps,
      );
      expect([host, result.outcome]).toEqual([host, 'blocked']);
    }
    expect(server.received).toEqual([]);
  });

  it('a name server that never answers is bounded by the timeout, and is named', async () => {
    const monitor = httpMonitor({ timeoutMs: 200, request: { url: 'http://name.test/' } });
    const runHttp: typeof runHttpAttempt = (attempt, deps) =>
      runHttpAttempt(attempt, {
        ...deps,
        resolve: (_name, signal) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
      });
    const result = await runProbe(monitor, probeDeps({ runHttp }));
    expect(result).toMatchObject({
      outcome: 'failed',
      errorType: 'timeout',
      message: 'the name was not resolved within 200 ms',
    });
    expect(result.latencyMs).toBeLessThan(300);
    expect(result.phases.resolveMs).toBe(result.latencyMs);
  });
});

describe('confirmation', () => {
  const retry = { limit: 1, delayMs: 10 };
  const flaky = (first: string) => {
    let count = 0;
    return track(
      startRawServer({
        onRequest: (socket) => {
          count += 1;
          socket.end(count === 1 ? first : answer('ok'));
        },
      }),
    );
  };

  it.each([
    ['a connection that is closed without an answer', '', 'passed', 2],
    ['a 503', 'HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n', 'passed', 2],
    ['a 404', 'HTTP/1.1 404 No\r\ncontent-length: 0\r\n\r\n', 'failed', 1],
  ])('after %s: %#', async (_name, first, outcome, attempts) => {
    const server = await flaky(first);
    const result = await runProbe(httpMonitor({ retry, request: { url: server.origin } }), probeDeps());
    expect(result).toMatchObject({ outcome, attempts });
    expect(server.received).toHaveLength(attempts);
  });

  it('is not begun when it could not end within the interval', async () => {
    const server = await flaky('');
    const monitor = httpMonitor({ retry, intervalMs: 2_005, timeoutMs: 2_000, request: { url: server.origin } });
    expect(await runProbe(monitor, probeDeps())).toMatchObject({ outcome: 'failed', attempts: 1 });
  });

  it('that is cut off from outside leaves the first result standing', async () => {
    let count = 0;
    const stop = new AbortController();
    const server = await track(
      startRawServer({
        onRequest: (socket) => {
          count += 1;
          if (count === 1) socket.end();
          else stop.abort();
        },
      }),
    );
    const result = await runProbe(
      httpMonitor({ retry, request: { url: server.origin } }),
      probeDeps({ signal: stop.signal }),
    );
    expect(result).toMatchObject({ outcome: 'failed', errorType: 'protocol', attempts: 1 });
  });
});

describe('what is our own fault', () => {
  it('a probe that is stopped from outside is unknown', async () => {
    const server = await track(startRawServer({}));
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    const result = await runProbe(httpMonitor({ request: { url: server.origin } }), probeDeps({ signal: stop.signal }));
    expect(result).toMatchObject({
      outcome: 'unknown',
      errorType: 'monitor',
      message: 'the probe was stopped before it ended',
    });
  });

  it('a reference that is not known is unknown, and nothing is sent', async () => {
    const result = await runProbe(httpMonitor({ request: { url: [{ output: 'ShortenerUrl' }, '/x'] } }), probeDeps());
    expect(result).toEqual({
      monitor: 'target',
      outcome: 'unknown',
      errorType: 'monitor',
      message:
        'the output ShortenerUrl is not known: set OUTPUT_ShortenerUrl, or name it with --output ShortenerUrl=URL',
      attempts: 0,
      latencyMs: 0,
      phases: { resolveMs: 0, connectMs: 0, tlsMs: 0, processingMs: 0, transferMs: 0 },
      assertions: [],
      redirects: 0,
      isContaminated: false,
    });
  });

  it('a header that cannot be sent is unknown', async () => {
    const monitor = httpMonitor({ request: { url: 'http://127.0.0.1:1/', headers: { 'x-a': 'a\r\nx-b: c' } } });
    const server = await track(startRawServer({}));
    const result = await runProbe({ ...monitor, request: { ...monitor.request, url: server.origin } }, probeDeps());
    expect(result).toMatchObject({ outcome: 'unknown', errorType: 'monitor' });
    expect(server.received).toEqual([]);
  });
});

describe('secrets', () => {
  it('are in nothing that a probe says, even when the target sends them back', async () => {
    const secret = 'canary/7f3a "q"';
    const server: Server = createServer((request, response) => {
      response.setHeader('x-echo', encodeURIComponent(String(request.headers['x-secret'])));
      response.end(JSON.stringify({ echo: request.headers['x-secret'], nested: JSON.stringify(request.headers) }));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const monitor = httpMonitor({
      request: { url: [`http://127.0.0.1:${port}/?token=`, { ssm: '/s' }], headers: { 'x-secret': [{ ssm: '/s' }] } },
      assertions: ['status == 200', 'json $.echo == no', 'json $.nested == no', 'header x-echo == no', 'body == no'],
    });
    const result = await runProbe(
      monitor,
      probeDeps({ read: { parameter: async () => secret, output: () => undefined } }),
    );
    await new Promise((done) => server.close(done));
    const text = JSON.stringify(result);
    expect(result.assertions.filter(({ passed }) => !passed)).toHaveLength(4);
    expect(text).toContain('***');
    expect(text).not.toContain('7f3a');
  });
});

describe('fifty probes at once, of which fifteen hang', () => {
  it('do not delay one another', async () => {
    const hanging = await track(startRawServer({}));
    const good = await track(answerWith(answer('ok')));
    const started = performance.now();
    const endedAt: number[] = [];
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const url = index % 10 < 3 ? hanging.origin : good.origin;
        const result = await runProbe(httpMonitor({ timeoutMs: 1_500, request: { url } }), probeDeps());
        if (url === good.origin) endedAt.push(performance.now() - started);
        return result;
      }),
    );
    expect(results.filter(({ errorType }) => errorType === 'timeout')).toHaveLength(15);
    expect(results.filter(({ outcome }) => outcome === 'passed')).toHaveLength(35);
    expect(Math.max(...endedAt)).toBeLessThan(1_000);
    expect(performance.now() - started).toBeLessThan(1_600 + 200);
  });
});
