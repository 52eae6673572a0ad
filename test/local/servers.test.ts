import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { InvocationResult } from '../../infra/local/function/host.ts';
import { createGateway } from '../../infra/local/gateway/gateway.ts';
import { type LoopbackServer, serve } from '../../infra/local/server.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

/** When it is over, however it ended. */
const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

/** Writes bytes, and answers everything that came back until the other side ended it. */
async function talk(port: number, bytes: string | Buffer, withinMs = 5_000): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(bytes);
  const timer = setTimeout(() => socket.destroy(), withinMs);
  await closed(socket);
  clearTimeout(timer);
  return text;
}

describe('the gateway', () => {
  let server: LoopbackServer;
  let answer: object;
  let events: Record<string, unknown>[];
  let statuses: number[];
  const invoke = async (_routeKey: string, event: string): Promise<InvocationResult> => {
    events.push(JSON.parse(event));
    return { requestId: 'r', isError: false, payload: JSON.stringify(answer), durationMs: 1, logTail: '' };
  };
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${server.origin}${path}`, { redirect: 'manual', ...init });

  beforeEach(async () => {
    events = [];
    statuses = [];
    answer = { statusCode: 200, body: 'ok' };
    const gateway = createGateway({
      apiId: 'local',
      hasRoute: () => true,
      invoke,
      onAnswer: (_, status) => statuses.push(status),
    });
    server = await serve(0, '--app-port', gateway, () => {});
  });
  afterEach(() => server.close());

  it('carries a request to the function, and its answer back', async () => {
    answer = { statusCode: 201, headers: { 'X-A': '1' }, cookies: ['a=1', 'b=2'], body: 'aGk=', isBase64Encoded: true };
    const response = await send('/a%2Fb?c=d', { method: 'PUT', body: 'x', headers: { 'content-type': 'text/plain' } });
    expect([
      response.status,
      response.headers.get('x-a'),
      response.headers.getSetCookie(),
      await response.text(),
    ]).toEqual([201, '1', ['a=1', 'b=2'], 'hi']);
    expect(events[0]).toMatchObject({ rawPath: '/a%2Fb', rawQueryString: 'c=d', body: 'x' });
    expect(statuses).toEqual([201]);
  });

  it('answers HEAD without a body, with its length where the function tells it', async () => {
    const response = await send('/', { method: 'HEAD' });
    expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '2', '']);
    answer = { statusCode: 302, headers: { location: '/a' }, body: '' };
    const short = await send('/', { method: 'HEAD' });
    expect([short.status, short.headers.get('content-length')]).toEqual([302, null]);
    expect((await send('/')).headers.get('content-length')).toBe('0');
  });

  it.each([
    ['a header that HTTP cannot carry', { statusCode: 200, headers: { x: 'a\r\nb: c' } }],
    ['a name that HTTP cannot carry', { statusCode: 200, headers: { 'a b': 'x' } }],
    ['no status', { statusCode: 'soon' }],
    ['a body that is no text', { statusCode: 200, body: 1 }],
  ])('says 500 when the function answers with %s', async (_, bad) => {
    answer = bad;
    const response = await send('/');
    expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }]);
  });

  it('takes 10 MB, and of what is larger tells the function the length, after reading it', async () => {
    const body = randomBytes(10 * 1024 * 1024);
    expect((await send('/', { method: 'POST', body })).status).toBe(200);
    answer = { statusCode: 413, headers: { 'content-type': 'application/problem+json' }, body: '{"status":413}' };
    const refused = await send('/', { method: 'POST', body: Buffer.concat([body, Buffer.from('x')]) });
    expect([refused.status, refused.headers.get('connection'), await refused.json()]).toEqual([
      413,
      'close',
      { status: 413 },
    ]);
    expect(events[1]).toMatchObject({ headers: { 'content-length': '10485761' }, isBase64Encoded: false });
    expect(events[1]).not.toHaveProperty('body');
  });

  it('answers a body without an end after 16 MB, and then cuts it off', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => {});
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536), Buffer.from('\r\n')]);
    const feed = setInterval(() => {
      for (let count = 0; count < 40 && socket.writable; count += 1) socket.write(chunk);
    }, 5);
    await closed(socket);
    clearInterval(feed);
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(events[0]).toMatchObject({ headers: { 'content-length': '10485761' } });
  });

  it('says 431 to more than 10,240 bytes of headers', async () => {
    expect((await send('/', { headers: { x: 'a'.repeat(9_000) } })).status).toBe(200);
    expect((await send('/', { headers: { x: 'a'.repeat(10_240) } })).status).toBe(431);
    expect(await talk(server.port, `GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 /,
    );
  });

  it.each([
    ['no HTTP at all', 'SSH-2.0-x\r\n\r\n'],
    ['random bytes', randomBytes(1_000)],
    ['a request without a host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nhost: x\r\na: \0\r\n\r\n'],
  ])('answers %s with 400 and goes on', async (_, bytes) => {
    expect(await talk(server.port, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect((await send('/')).status).toBe(200);
  });

  it('closes a connection that sends its headers too slowly', async () => {
    const at = performance.now();
    const text = await talk(server.port, 'GET / HTTP/1.1\r\nhost: x\r\n', 20_000);
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - at).toBeLessThan(15_000);
  }, 25_000);
});

describe('every port', () => {
  const folder = temporaryFolder();
  let local: Running;
  beforeAll(async () => {
    local = await startLocalMode(folder.path);
  }, 30_000);
  afterAll(async () => {
    await endAll(local);
    folder.remove();
  });

  it.each(['console', 'shortener', 'aws'] as const)(
    'survives garbage, aborted uploads and a crowd: %s',
    async (name) => {
      const port = Number(new URL(local[name]).port);
      const uploads: Socket[] = Array.from({ length: 50 }, () => connect(port, '127.0.0.1'));
      for (const [index, socket] of uploads.entries()) {
        socket.on('error', () => {});
        const target = index % 2 === 0 ? 'DynamoDB_20120810.PutItem' : 'GraniteServiceVersion20100801.PutMetricData';
        socket.write(
          `POST / HTTP/1.1\r\nhost: localhost\r\nx-amz-target: ${target}\r\ncontent-type: application/x-amz-json-1.0\r\ncontent-length: 100000\r\n\r\n{"Tab`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const socket of uploads) socket.resetAndDestroy();
      await Promise.all(Array.from({ length: 20 }, () => talk(port, randomBytes(2_000), 2_000)));
      const path = { console: '/api/state', shortener: '/health', aws: '/' }[name];
      expect((await fetch(`${local[name]}${path}`)).status).toBe(200);
      expect(local.child.exitCode).toBeNull();
      expect(local.output()).not.toContain('✗');
    },
    30_000,
  );

  it.each([
    '{"TableName":{"a":[]},"Item":[]}',
    '{"TableName":"shortener-local-links","Key":{"pk":{"S":"a"},"sk":{"S":"b"}},"UpdateExpression":"SET a = :x REMOVE"}',
    `{"TableName":"shortener-local-links","Key":{"pk":{"N":"1"}}}`,
    'null',
    '[',
    `${'['.repeat(20_000)}`,
    randomBytes(100).toString('latin1'),
  ])(
    'the database survives %.60s',
    async (body) => {
      for (const action of ['PutItem', 'UpdateItem', 'Query', 'GetItem', 'CreateTable', 'BatchWriteItem']) {
        const headers = { 'x-amz-target': `DynamoDB_20120810.${action}`, 'content-type': 'application/x-amz-json-1.0' };
        const answer = await fetch(local.aws, { method: 'POST', body, headers });
        expect([200, 400, 500]).toContain(answer.status);
      }
      expect((await fetch(`${local.shortener}/health`)).status).toBe(200);
    },
    30_000,
  );
});
