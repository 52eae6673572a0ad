import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { httpMethods } from '../../shared/config/model.ts';
import type { Sign } from '../../shared/http/model.ts';
import { AttemptError } from '../../shared/net/error.ts';
import { chainOf, makeCertificate } from '../support/certificate-maker.ts';
import { attemptHttp, authority, serverCertificate, showOutcome } from '../support/http-attempt.ts';
import { startRawServer } from '../support/raw-server.ts';

type Seen = {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly client?: string;
};
type Target = { readonly origin: string; readonly seen: Seen[] };

const servers: { close(done: () => void): unknown }[] = [];
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise<void>((done) => server.close(done)))));

/** Keeps what it was asked, and then answers. */
async function start(answer: RequestListener, isSecure = false): Promise<Target> {
  const seen: Seen[] = [];
  const serve: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', headers } = request;
      const client = isSecure ? String((request.socket as TLSSocket).getPeerCertificate().subject?.CN ?? '') : '';
      seen.push({ method, headers, body, ...(client ? { client } : {}) });
      answer(request, response);
    });
  };
  const options = { ...serverCertificate, requestCert: true, rejectUnauthorized: false, ca: authority.cert };
  const server: Server = isSecure ? createHttpsServer(options, serve) : createServer(serve);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { origin: `${isSecure ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const ok: RequestListener = (_request, response) => response.end('ok');
/** Redirects its root, and answers everything else. */
const redirect =
  (status: number, location: string): RequestListener =>
  (request, response) => {
    if (request.url !== '/') return response.end('ok');
    response.writeHead(status, { location });
    return response.end();
  };

const body = Buffer.from('{"a":1}');
const headers = { 'content-type': 'application/json', authorization: 'Bearer secret', 'x-a': 'b' };

describe('a request', () => {
  it.each(httpMethods)('is sent as %s', async (method) => {
    const target = await start(ok);
    expect(await attemptHttp({ url: target.origin, method })).toMatchObject({ ok: true });
    expect(target.seen).toMatchObject([{ method, body: '' }]);
  });

  it.each(['POST', 'PUT', 'PATCH'] as const)('as %s says how long its body is', async (method) => {
    const target = await start(ok);
    await attemptHttp({ url: target.origin, method, headers, body });
    await attemptHttp({ url: target.origin, method });
    expect(target.seen.map(({ body, headers }) => [body, headers['content-length']])).toEqual([
      ['{"a":1}', '7'],
      ['', '0'],
    ]);
  });

  it('of a megabyte arrives whole', async () => {
    const target = await start(ok);
    const long = Buffer.alloc(1_048_576, 'x');
    expect(showOutcome(await attemptHttp({ url: target.origin, method: 'POST', body: long }))).toBe('200 ok');
    expect(target.seen[0]?.body).toHaveLength(1_048_576);
  });

  it('whose body nobody reads is answered all the same', async () => {
    const server = await startRawServer({
      onRequest: (socket) => socket.end('HTTP/1.1 413 No\r\ncontent-length: 0\r\n\r\n'),
    });
    const outcome = await attemptHttp({ url: server.origin, method: 'POST', body: Buffer.alloc(4_194_304) });
    await server.close();
    expect(showOutcome(outcome)).toMatch(/^413 |^protocol: the target closed the connection without an answer \(E/);
  });

  it('names the host that is configured', async () => {
    const target = await start(ok);
    await attemptHttp({ url: target.origin, headers: { host: 'other.test' } });
    expect(target.seen[0]?.headers.host).toBe('other.test');
  });

  it.each([{ 'x-a': 'b\r\nx-c: d' }, { 'x-a': 'b\0' }, { 'x-a': '\u20ac' }, { 'a b': 'c' }])(
    'with %j is not sent',
    async (bad) => {
      const target = await start(ok);
      const [name] = Object.keys(bad);
      expect(showOutcome(await attemptHttp({ url: target.origin, headers: bad as Record<string, string> }))).toBe(
        `monitor: the request cannot be sent: the header "${name}" is not valid`,
      );
      expect(target.seen).toEqual([]);
    },
  );
});

describe('a redirect', () => {
  it.each([
    [307, 'POST', 'POST', '{"a":1}'],
    [308, 'PUT', 'PUT', '{"a":1}'],
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [303, 'POST', 'GET', ''],
    [303, 'DELETE', 'GET', ''],
    [302, 'PUT', 'PUT', '{"a":1}'],
  ] as const)('%i of a %s to the same origin is a %s with the headers and %j', async (status, method, next, sent) => {
    const target = await start(redirect(status, '/next'));
    expect(await attemptHttp({ url: target.origin, method, headers, body })).toMatchObject({ ok: true, redirects: 1 });
    expect(target.seen[1]).toMatchObject({
      method: next,
      body: sent,
      headers: { authorization: 'Bearer secret', 'x-a': 'b' },
    });
    expect(target.seen[1]?.headers['content-type']).toBe(sent === '' ? undefined : 'application/json');
  });

  it.each([307, 302])('%i to another origin takes neither headers nor body along', async (status) => {
    const other = await start(ok);
    const target = await start(redirect(status, `${other.origin}/`));
    await attemptHttp({ url: target.origin, method: 'POST', headers, body });
    const { authorization, 'x-a': own, 'content-type': type } = other.seen[0]?.headers ?? {};
    expect([other.seen[0]?.body, authorization, own, type]).toEqual(['', undefined, undefined, undefined]);
  });

  it('back to the first origin has the headers again', async () => {
    let back = '';
    const other = await start((_request, response) => response.writeHead(302, { location: back }).end());
    const target = await start(redirect(302, `${other.origin}/`));
    back = `${target.origin}/back`;
    await attemptHttp({ url: target.origin, headers });
    expect(target.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret']);
  });

  it('shows a client certificate to the first origin alone', async () => {
    const client = makeCertificate({ name: 'Client', issuer: authority });
    const tls = { rejectUnauthorized: true, ca: authority.cert, ...chainOf(client) };
    const other = await start(ok, true);
    const target = await start(redirect(302, `${other.origin}/`), true);
    expect(showOutcome(await attemptHttp({ url: target.origin, tls }))).toBe('200 ok');
    expect([target.seen[0]?.client, other.seen[0]?.client]).toEqual(['Client', undefined]);
  });

  it('from https to http takes nothing along', async () => {
    const plain = await start(ok);
    const target = await start(redirect(302, `${plain.origin}/`), true);
    await attemptHttp({ url: target.origin, headers });
    expect(plain.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('from http to https trusts what is configured, and the facts are those of the last hop', async () => {
    const target = await start(ok, true);
    const plain = await start(redirect(302, `${target.origin}/`));
    expect(await attemptHttp({ url: plain.origin })).toMatchObject({
      ok: true,
      response: { tls: { isAuthorized: true, alpn: 'http/1.1' } },
    });
    const back = await start(redirect(302, `${plain.origin}/x`), true);
    const outcome = await attemptHttp({ url: back.origin });
    expect(outcome.ok && outcome.response.tls).toBeUndefined();
  });
});

describe('a signature', () => {
  const signWith =
    (asked: unknown[]): Sign =>
    (request) => {
      asked.push({ ...request, url: request.url.href, body: request.body?.toString() });
      return Promise.resolve({ authorization: `signed ${asked.length}` });
    };

  it('is asked for each hop of the first origin, and for no other', async () => {
    let back = '';
    const other = await start((_request, response) => response.writeHead(302, { location: back }).end());
    const target = await start(redirect(303, `${other.origin}/`));
    back = `${target.origin}/back`;
    const asked: unknown[] = [];
    await attemptHttp({
      url: `${target.origin}/`,
      method: 'POST',
      headers: { 'x-a': 'b' },
      body,
      sign: signWith(asked),
    });
    expect(asked).toMatchObject([
      { method: 'POST', url: `${target.origin}/`, headers: { 'x-a': 'b' }, body: '{"a":1}' },
      { method: 'GET', url: back, headers: { 'x-a': 'b' }, body: undefined },
    ]);
    expect(target.seen.map(({ headers }) => headers.authorization)).toEqual(['signed 1', 'signed 2']);
    expect(other.seen[0]?.headers.authorization).toBeUndefined();
  });

  it('that cannot be made is our own fault, and one that never comes is bounded', async () => {
    const target = await start(ok);
    const refuse: Sign = () => Promise.reject(new AttemptError('monitor', 'there are no credentials'));
    expect(showOutcome(await attemptHttp({ url: target.origin, sign: refuse }))).toBe(
      'monitor: there are no credentials',
    );
    const startedAt = performance.now();
    expect(await attemptHttp({ url: target.origin, sign: () => new Promise(() => {}), timeoutMs: 200 })).toMatchObject({
      ok: false,
    });
    expect(performance.now() - startedAt).toBeLessThan(1_000);
    expect(target.seen).toEqual([]);
  });
});

describe('TLS', () => {
  it('facts come with the answer', async () => {
    const target = await start(ok, true);
    expect(await attemptHttp({ url: target.origin })).toMatchObject({
      response: {
        tls: { version: 'TLSv1.3', isAuthorized: true, certificate: { subject: 'CN=Test server' } },
      },
    });
  });

  it('that asks for a certificate after the handshake is explained', async () => {
    const server = createHttpsServer(
      { ...serverCertificate, requestCert: true, rejectUnauthorized: true, ca: authority.cert },
      ok,
    );
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(showOutcome(await attemptHttp({ url }))).toBe(
      'tls: the target asks for a client certificate (tls.cert and tls.key): 127.0.0.1 (ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED)',
    );
    const stranger = makeCertificate({ name: 'Stranger' });
    const tls = { rejectUnauthorized: true, ca: authority.cert, cert: stranger.cert, key: stranger.key };
    expect(showOutcome(await attemptHttp({ url, tls }))).toMatch(/^(tls|protocol): the target /);
  });

  it('that asks for a certificate, and then closes, is explained', async () => {
    const server = createTlsServer({ ...serverCertificate, requestCert: true, rejectUnauthorized: false });
    server.on('secureConnection', (socket) => socket.once('data', () => socket.destroy()).on('error', () => {}));
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const { cert, key } = makeCertificate();
    const trusting = { rejectUnauthorized: true, ca: authority.cert };
    expect(showOutcome(await attemptHttp({ url, tls: trusting }))).toBe(
      'tls: the target asked for a client certificate (tls.cert and tls.key), and closed the connection without an answer',
    );
    expect(showOutcome(await attemptHttp({ url, tls: { ...trusting, cert, key } }))).toBe(
      'protocol: the target closed the connection without an answer',
    );
  });

  it('settings that cannot be used are our own fault, and nothing is sent', async () => {
    const target = await start(ok, true);
    const outcome = await attemptHttp({ url: target.origin, tls: { rejectUnauthorized: true, ca: 'oops' } });
    expect(showOutcome(outcome)).toBe('monitor: tls.ca holds no PEM of a certificate');
    expect(outcome.phases.connectMs).toBe(0);
    expect(target.seen).toEqual([]);
  });
});

it('an address of the family that is not wanted is not connected to', async () => {
  const target = await start(ok);
  expect(showOutcome(await attemptHttp({ url: target.origin, ipVersion: 6 }))).toBe(
    'resolve: 127.0.0.1 is no IPv6 address, and ipVersion: 6 asks for one',
  );
  expect(showOutcome(await attemptHttp({ url: target.origin.replace('127.0.0.1', 'localhost'), ipVersion: 4 }))).toBe(
    '200 ok',
  );
  expect(target.seen).toHaveLength(1);
});

describe('a body that is encoded', () => {
  const text = 'hello '.repeat(20);
  const answer =
    (coding: string, bytes: Buffer): RequestListener =>
    (_request, response) => {
      response.setHeader('content-encoding', coding);
      response.end(bytes);
    };

  it.each<[string, Buffer]>([
    ['gzip', gzipSync(text)],
    ['X-GZIP', gzipSync(text)],
    ['deflate', deflateSync(text)],
    ['deflate', deflateRawSync(text)],
    ['br', brotliCompressSync(text)],
    ['zstd', zstdCompressSync(text)],
    ['identity', Buffer.from(text)],
    ['gzip, br', brotliCompressSync(gzipSync(text))],
    ['deflate, identity, gzip, zstd', zstdCompressSync(gzipSync(deflateSync(text)))],
  ])('as %s is decoded', async (coding, bytes) => {
    const target = await start(answer(coding, bytes));
    expect(showOutcome(await attemptHttp({ url: target.origin }))).toBe(`200 ${text}`);
  });

  const zeros = Buffer.alloc(64 * 1_048_576);
  it.each<[string, Buffer, string]>([
    ['gzip', gzipSync(zeros), 'the body is longer than 1048576 bytes once decoded'],
    ['br', brotliCompressSync(zeros, { params: { 1: 1 } }), 'the body is longer than 1048576 bytes once decoded'],
    ['zstd', zstdCompressSync(zeros), 'the body is longer than 1048576 bytes once decoded'],
    ['gzip, gzip', gzipSync(gzipSync(zeros)), 'the body is longer than 1048576 bytes once decoded'],
    ['gzip', gzipSync(text).subarray(0, 20), 'the body is no valid gzip'],
    ['br', Buffer.from('oops'), 'the body is no valid br'],
    ['compress', Buffer.from('oops'), 'the body is encoded as compress, which is not understood'],
    ['gzip, gzip, gzip, gzip', Buffer.from('oops'), 'the body is encoded 4 times; at most 3 are taken off'],
  ])('as %s that cannot be taken off is a problem of the body alone: %#', async (coding, bytes, problem) => {
    const target = await start(answer(coding, bytes));
    expect(showOutcome(await attemptHttp({ url: target.origin }))).toBe(`200 ${problem}`);
  });

  it('is not asked for, unless the monitor does', async () => {
    const target = await start(ok);
    await attemptHttp({ url: target.origin });
    await attemptHttp({ url: target.origin, headers: { 'accept-encoding': 'br' } });
    expect(target.seen.map(({ headers }) => headers['accept-encoding'])).toEqual(['identity', 'br']);
  });

  it('for which the decoder would need 128 MiB of memory is not decoded', async () => {
    const bomb = zstdCompressSync(Buffer.alloc(256 * 1_048_576), { params: { 101: 27 } });
    const target = await start(answer('zstd', bomb));
    const before = process.memoryUsage().rss;
    expect(showOutcome(await attemptHttp({ url: target.origin }))).toBe('200 the body is no valid zstd');
    expect(process.memoryUsage().rss - before).toBeLessThan(32 * 1_048_576);
  });
});
