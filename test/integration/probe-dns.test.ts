import type { Socket } from 'node:net';
import type { Answer } from 'dns-packet';
import { systemClock } from '../../shared/clock/clock.ts';
import type { DnsRequest } from '../../shared/config/model.ts';
import { queryDns } from '../../shared/net/dns-query.ts';
import { startStopwatch } from '../../shared/net/phases.ts';
import { probeDns } from '../../shared/probe/dns.ts';
import { answerTo, type DnsBehaviour, type DnsServer, framed, startDnsServer } from '../support/dns-server.ts';
import { dnsMonitor } from '../support/endpoint-monitors.ts';
import { probeDeps } from '../support/http-monitor.ts';
import { resourcesAreGone } from '../support/resources.ts';

const timeoutMs = 300;
/** How an attempt keeps its time to the tenth of a second is held to elsewhere, in a process of its own. */
const slackMs = 1_000;
const servers: DnsServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

async function start(behaviour: DnsBehaviour, host?: string): Promise<DnsServer> {
  const server = await startDnsServer(behaviour, host);
  servers.push(server);
  return server;
}

async function ask(server: string, changes: Partial<DnsRequest> = {}, assertions?: readonly string[]) {
  const monitor = dnsMonitor({ request: { server, ...changes }, timeoutMs, ...(assertions ? { assertions } : {}) });
  const startedAt = performance.now();
  const result = await probeDns(monitor, probeDeps());
  expect(performance.now() - startedAt).toBeLessThan(timeoutMs + slackMs);
  return result;
}

const a = (data: string, name = 'name.example'): Answer => ({ type: 'A', name, ttl: 60, data });
const right = (query: Buffer) => answerTo(query, { answers: [a('192.0.2.1')], isAuthoritative: true });

describe('a question', () => {
  it('is answered over UDP, and everything in the answer can be asserted on', async () => {
    const { address } = await start({ udp: (query, reply) => reply(right(query)) });
    const result = await ask(address, {}, [
      'dns.rcode == NOERROR',
      'dns.answers contains 192.0.2.1',
      'dns.count == 1',
      'dns.ttl == 60',
      'dns.authoritative == true',
    ]);
    expect(result).toMatchObject({ outcome: 'passed', isSent: true, redirects: 0 });
    expect(result.assertions).toHaveLength(5);
    const { resolveMs, connectMs, processingMs, transferMs } = result.phases;
    expect([resolveMs, connectMs, transferMs]).toEqual([0, 0, 0]);
    expect(processingMs).toBe(result.latencyMs);
    expect(result.latencyMs).toBeGreaterThan(0);
  });

  it('is answered over TCP, byte by byte, in phases of its own', async () => {
    const { address } = await start({ tcp: (query, socket) => drip(framed(right(query)), socket) });
    const result = await ask(address, { transport: 'tcp' }, ['dns.answers contains 192.0.2.1']);
    expect(result.outcome).toBe('passed');
    expect(Math.min(result.phases.connectMs, result.phases.processingMs, result.phases.transferMs)).toBeGreaterThan(0);
  });

  it('is asked again over TCP when the answer was cut', async () => {
    const { address } = await start({
      udp: (query, reply) => reply(answerTo(query, { isCut: true })),
      tcp: (query, socket) => socket.write(framed(right(query))),
    });
    const result = await ask(address, {}, ['dns.count == 1']);
    expect(result.outcome).toBe('passed');
    expect(result.phases.connectMs).toBeGreaterThan(0);
  });

  it('can be put to an IPv6 address', async () => {
    const { address } = await start({ udp: (query, reply) => reply(right(query)) }, '::1');
    expect(await ask(address)).toMatchObject({ outcome: 'passed' });
  });

  it('can be put to a server by its name, which is resolved first', async () => {
    const { port } = await start({ udp: (query, reply) => reply(right(query)) });
    const result = await ask(`localhost:${port}`);
    expect(result).toMatchObject({ outcome: 'passed' });
    expect(result.phases.resolveMs).toBeGreaterThan(0);
  });

  it('has another id each time', async () => {
    const ids = new Set<number>();
    const { address } = await start({
      udp: (query, reply) => {
        ids.add(query.readUInt16BE(0));
        reply(right(query));
      },
    });
    for (let turn = 0; turn < 4; turn += 1) await ask(address);
    expect(ids.size).toBeGreaterThan(1);
  });
});

describe('an answer with another rcode', () => {
  it('is an answer, and missed by the assertion on the rcode', async () => {
    const { address } = await start({ udp: (query, reply) => reply(answerTo(query, { rcode: 3 })) });
    expect(await ask(address)).toMatchObject({
      outcome: 'failed',
      errorType: 'assertion',
      message: 'dns.rcode == NOERROR, but found NXDOMAIN',
      isWorthConfirming: true,
    });
    expect(await ask(address, {}, ['dns.rcode == NXDOMAIN'])).toMatchObject({ outcome: 'passed' });
  });
});

describe('a name server that', () => {
  type Case = [name: string, behaviour: DnsBehaviour, expected: object, request?: Partial<DnsRequest>];
  const failed = (errorType: string, message: string) => ({ outcome: 'failed', errorType, message, assertions: [] });
  const silence = 'no answer came within 300 ms';
  const overTcp = { transport: 'tcp' } as const;
  const tcp = (behave: (query: Buffer, socket: Socket) => void): DnsBehaviour => ({ tcp: behave });

  it.each<Case>([
    ['is silent', { udp: () => {} }, failed('timeout', silence)],
    [
      'answers with another id',
      { udp: (query, reply) => reply(withId(right(query), query.readUInt16BE(0) ^ 1)) },
      failed('timeout', `${silence}, but one datagram that is not the answer to this question`),
    ],
    [
      'answers another question, and sends garbage',
      {
        udp: (query, reply) => {
          reply(renamed(right(query)));
          reply(Buffer.alloc(0));
          reply(Buffer.alloc(60_000, 0xff));
        },
      },
      failed('timeout', `${silence}, but 3 datagrams that are not the answer to this question`),
    ],
    [
      'sends the question back',
      { udp: (query, reply) => reply(query) },
      failed('timeout', `${silence}, but one datagram that is not the answer to this question`),
    ],
    [
      'answers rightly after a wrong answer',
      {
        udp: (query, reply) => {
          reply(withId(right(query), query.readUInt16BE(0) ^ 1));
          reply(right(query));
        },
      },
      { outcome: 'passed' },
    ],
    [
      'answers with fewer records than it says',
      { udp: (query, reply) => reply(right(query).subarray(0, -6)) },
      failed('protocol', 'the answer of the name server cannot be read: it ends too early'),
    ],
    [
      'cuts its answer, and does not listen on TCP',
      { udp: (query, reply) => reply(answerTo(query, { isCut: true })) },
      { outcome: 'failed', errorType: 'connect' },
    ],
    ['accepts and is silent', tcp(() => {}), failed('timeout', silence), overTcp],
    [
      'closes without an answer',
      tcp((_query, socket) => socket.end()),
      failed('protocol', 'the target closed the connection'),
      overTcp,
    ],
    [
      'resets the connection',
      tcp((_query, socket) => socket.resetAndDestroy()),
      failed('protocol', 'the target reset the connection (ECONNRESET)'),
      overTcp,
    ],
    [
      'closes in the middle of its answer',
      tcp((query, socket) => socket.end(framed(right(query)).subarray(0, 20))),
      failed('protocol', 'the target closed the connection'),
      overTcp,
    ],
    [
      'drips its answer without end',
      tcp((_query, socket) => drip(Buffer.alloc(100, 1), socket, 20)),
      failed('timeout', 'the answer did not end within 300 ms'),
      overTcp,
    ],
    [
      'answers another question over TCP',
      tcp((query, socket) => socket.write(framed(renamed(right(query))))),
      failed('protocol', 'the name server answered another question'),
      overTcp,
    ],
    [
      'sends an empty message',
      tcp((_query, socket) => socket.write(Buffer.alloc(2))),
      failed('protocol', 'the name server answered another question'),
      overTcp,
    ],
    [
      'cuts its answer over TCP',
      tcp((query, socket) => socket.write(framed(answerTo(query, { isCut: true })))),
      failed('protocol', 'the answer of the name server cannot be read: it is cut, although it came over TCP'),
      overTcp,
    ],
    [
      'pours megabytes',
      tcp((_query, socket) => socket.write(Buffer.alloc(8_000_000, 0xff))),
      failed('protocol', 'the name server answered another question'),
      overTcp,
    ],
  ])('%s', async (...[, behaviour, expected, request = {}]: Case) => {
    const server = await start(behaviour);
    const gone = await resourcesAreGone();
    expect(await ask(server.address, request)).toMatchObject(expected);
    await gone();
  });

  it('is not there is told by its machine, and is no timeout', async () => {
    const server = await start({ udp: () => {} });
    await server.close();
    servers.length = 0;
    const message = `the connection was refused by ${server.address} (ECONNREFUSED)`;
    expect(await ask(server.address)).toMatchObject(failed('connect', message));
  });

  it('answers from another port is not believed', async () => {
    const stranger = await start({});
    const server = await start({ udp: (query, _reply, sender) => stranger.send(right(query), sender) });
    expect(await ask(server.address)).toMatchObject(failed('timeout', silence));
  });
});

describe('the address of a name server', () => {
  it.each([
    ['169.254.169.254', true],
    ['[fd00:ec2::254]:53', true],
    ['[::ffff:169.254.169.253]', true],
    ['127.0.0.1:53', false],
    ['localhost', false],
    ['10.0.0.2', false],
  ])('%s is blocked (allowPrivate: %s)', async (server, allowPrivate) => {
    const result = await probeDns(dnsMonitor({ request: { server }, allowPrivate }), probeDeps());
    expect(result).toMatchObject({ outcome: 'blocked', errorType: 'blocked', isSent: false, latencyMs: 0 });
    expect(result.message).toMatch(allowPrivate ? /metadata or runtime address/ : /is not a public address/);
  });

  it.each(['udp', 'tcp'] as const)(
    'is blocked over %s when its name leads to a metadata address',
    async (transport) => {
      const server = { host: 'ns.example', port: 53, policy: { allowPrivate: true, allowOrigins: [] } };
      const asking = queryDns(
        { name: 'name.example', recordType: 'A' },
        {
          server,
          transport,
          signal: AbortSignal.timeout(1_000),
          clock: systemClock,
          stopwatch: startStopwatch(systemClock),
          onPhase: () => {},
          resolve: async () => ['192.0.2.1', '169.254.169.254'],
        },
      );
      await expect(asking).rejects.toMatchObject({
        errorType: 'blocked',
        message: 'ns.example is 169.254.169.254, which is a metadata or runtime address, which is never allowed',
      });
    },
  );

  it.each(['', 'http://192.0.2.1', '192.0.2.1:0', '192.0.2.1:65536', '[192.0.2.1]', '127.1', 'a b'])(
    '%j is none, and nothing is sent',
    async (server) => {
      const message = 'the server of the monitor is not a name server such as 192.0.2.53 or ns1.example.com:53';
      expect(await ask(server)).toMatchObject({ outcome: 'unknown', errorType: 'monitor', message, isSent: false });
    },
  );
});

function withId(message: Buffer, id: number): Buffer {
  message.writeUInt16BE(id, 0);
  return message;
}

function renamed(message: Buffer): Buffer {
  message.write('mame', 13);
  return message;
}

function drip(bytes: Buffer, socket: Socket, everyMs = 1): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < bytes.length) socket.write(bytes.subarray(at, at + 10));
    at += everyMs > 1 ? 1 : 10;
  }, everyMs);
  socket.on('close', () => clearInterval(timer));
}
