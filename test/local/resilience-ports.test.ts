import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const megabyte = 1024 * 1024;
const ports = ['console', 'shortener', 'aws'] as const;
type Port = (typeof ports)[number];

const folder = temporaryFolder();
const sockets = new Set<Socket>();
let local: Running;
beforeAll(async () => {
  local = await startLocalMode(folder.path);
}, 30_000);
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

function open(port: Port): Socket {
  const socket = connect(Number(new URL(local[port]).port), '127.0.0.1');
  socket.on('error', () => {});
  sockets.add(socket);
  return socket;
}

/** Sends everything before it listens, as simple clients do, and answers what was said until the end. */
async function sendThenListen(port: Port, head: string, chunks: Iterable<Buffer>): Promise<string> {
  const socket = open(port);
  socket.pause();
  socket.write(head);
  for (const chunk of chunks) if (!socket.write(chunk)) await patiently(once(socket, 'drain'));
  let text = '';
  socket.on('data', (data: Buffer) => {
    text += data.toString('latin1');
  });
  socket.resume();
  await patiently(once(socket, 'close'));
  return socket.closed ? text : `${text} … and it stayed open`;
}

/** Until it came, or the connection broke, or after five seconds. */
async function patiently(event: Promise<unknown>): Promise<void> {
  await Promise.race([event.catch(() => {}), pause(5_000, undefined, { ref: false })]);
}

function* body(bytes: number, isChunked: boolean): Generator<Buffer> {
  const part = Buffer.alloc(65_536, 'a');
  const framed = Buffer.concat([Buffer.from('10000\r\n'), part, Buffer.from('\r\n')]);
  for (let sent = 0; sent < bytes; sent += part.length) yield isChunked ? framed : part.subarray(0, bytes - sent);
  if (isChunked) yield Buffer.from('0\r\n\r\n');
}

const head = (path: string, length: number | 'chunked'): string =>
  `POST ${path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nx-amz-target: DynamoDB_20120810.PutItem\r\n` +
  (length === 'chunked' ? 'transfer-encoding: chunked\r\n\r\n' : `content-length: ${length}\r\n\r\n`);

const healthy = { console: '/api/state', shortener: '/health', aws: '/' } as const;
const writable = { console: '/api/faults', shortener: '/links', aws: '/' } as const;

async function expectAnswers(port: Port): Promise<void> {
  const at = performance.now();
  expect((await fetch(local[port] + healthy[port])).status).toBe(200);
  expect(performance.now() - at).toBeLessThan(2_000);
  expect(local.child.exitCode).toBeNull();
  expect(local.output()).not.toContain('✗');
}

describe.each(ports)('the port of the %s', (port) => {
  it('serves the next client beside 200 that say nothing, 50 that dawdle and 50 that stopped in the middle', async () => {
    const crowd = Array.from({ length: 300 }, () => open(port));
    await Promise.all(crowd.map((socket) => once(socket, 'connect')));
    for (const socket of crowd.slice(0, 50)) socket.write('GET / HT');
    for (const socket of crowd.slice(50, 75)) socket.write(`${head(writable[port], 1_000)}{"a`);
    for (const socket of crowd.slice(75, 100)) socket.write(`${head(writable[port], 'chunked')}5\r\n{"a`);
    const dawdle = setInterval(() => {
      for (const socket of crowd.slice(0, 50)) socket.write('T');
    }, 50);
    await pause(300);
    await expectAnswers(port);
    clearInterval(dawdle);
    for (const [index, socket] of crowd.entries()) index % 2 === 0 ? socket.resetAndDestroy() : socket.end();
    await expectAnswers(port);
  }, 15_000);

  it('says 431 to a header of a megabyte, even to a client that sends all of it first', async () => {
    const text = await sendThenListen(port, 'GET / HTTP/1.1\r\nhost: localhost\r\nx: ', body(megabyte, false));
    expect(text).toMatch(/^HTTP\/1\.1 431 /);
    await expectAnswers(port);
  }, 15_000);

  it.each([
    ['17 MB', 17 * megabyte],
    ['20 MB in chunks', 'chunked'],
  ] as const)(
    'says 413 to a body of %s, even to a client that sends all of it first',
    async (_, length) => {
      const chunks = length === 'chunked' ? body(20 * megabyte, true) : body(length, false);
      const text = await sendThenListen(port, head(writable[port], length), chunks);
      expect(text).toMatch(/^HTTP\/1\.1 413 /);
      expect(text).not.toContain('stayed open');
      await expectAnswers(port);
    },
    15_000,
  );

  it('outlives a megabyte of garbage', async () => {
    await sendThenListen(port, '', [randomBytes(megabyte)]);
    await expectAnswers(port);
  }, 15_000);
});

describe('a body that is too large for the shortener', () => {
  it.each([
    ['65,537 bytes', 65_537, 1],
    ['11 MB', 11 * megabyte, 1],
    ['11 MB in chunks', 11 * megabyte, 'chunked'],
    ['20 MB in chunks', 20 * megabyte, 'chunked'],
  ] as const)('is refused in its own words: %s', async (_, bytes, how) => {
    const stream = ReadableStream.from(body(bytes, false));
    const answer = await fetch(`${local.shortener}/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(how === 'chunked' ? { body: stream, duplex: 'half' } : { body: new Uint8Array(bytes).fill(0x20) }),
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'application/problem+json']);
    expect(await answer.json()).toMatchObject({
      type: 'urn:burnwatch:problem:body-too-large',
      status: 413,
      detail: 'the body must have at most 65536 bytes',
    });
  });
});

describe('a flood from 50 connections', () => {
  const each = 1_000;
  const inLanes = async (run: (index: number) => Promise<void>): Promise<number> => {
    const at = performance.now();
    let next = 0;
    const lane = async () => {
      while (next < each) await run(next++);
    };
    await Promise.all(Array.from({ length: 50 }, lane));
    return each / ((performance.now() - at) / 1_000);
  };

  it('makes links and follows them without one error, and memory stays within bounds', async () => {
    const locations = new Map<string, string>();
    const made = await inLanes(async (index) => {
      const url = `https://example.com/${index}?q=%2F`;
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${local.shortener}/links`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ url }),
      });
      expect(answer.status).toBe(201);
      locations.set(((await answer.json()) as { code: string }).code, url);
    });
    expect(locations.size).toBe(each);
    const links = [...locations];
    const followed = await inLanes(async (index) => {
      const [code, url] = links[(index * 7) % each] ?? [];
      const answer = await fetch(`${local.shortener}/${code}`, { redirect: 'manual' });
      expect([answer.status, answer.headers.get('location')]).toEqual([302, url]);
    });
    const kilobytes = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(local.child.pid)], { encoding: 'utf8' }));
    process.stdout.write(
      `${made.toFixed(0)} links and ${followed.toFixed(0)} redirects a second; ${Math.round(kilobytes / 1_024)} MB\n`,
    );
    expect(kilobytes).toBeLessThan(1_048_576);
    await expectAnswers('shortener');
  }, 30_000);
});
