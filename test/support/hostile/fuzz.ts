import type { Socket } from 'node:net';
import { type AddressInfo, createServer } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { DnsRecordType, Monitor } from '../../../shared/config/model.ts';
import { framed, startDnsServer } from '../dns-server.ts';
import { dnsMonitor, tcpMonitor, tlsMonitor } from '../endpoint-monitors.ts';
import { httpMonitor } from '../http-monitor.ts';
import { startRawServer } from '../raw-server.ts';
import { bytesOf, changeBytes, type FuzzCase } from './fuzz-case.ts';
import { brokenBy, brokenTogether, isAboutCost, type ProberProcess } from './law.ts';
import { good, trust } from './tls.ts';

const timeoutMs = 200;
type Server = { readonly port: number; close(): Promise<void> };

/**
 * Probes all cases at once, and tells what each of them broke. A time or the memory that was too much is a verdict on a case
 * only when it is probed again alone.
 */
export async function judgeCases(prober: ProberProcess, cases: readonly FuzzCase[]): Promise<readonly string[]> {
  const together = await judge(prober, cases);
  if (together.length === 0 || cases.length === 1) return together;
  const alone: string[] = [];
  for (const each of cases) {
    const broken = await judge(prober, [each]);
    alone.push(...broken.map((what) => `${what}: ${JSON.stringify(each)}`));
  }
  const remaining = together.filter((what) => !isAboutCost(what));
  return alone.length > 0 ? alone : remaining;
}

async function judge(prober: ProberProcess, cases: readonly FuzzCase[]): Promise<readonly string[]> {
  const servers = await Promise.all(cases.map(start));
  try {
    const monitors = cases.map((each, index) => monitorOf(each, servers[index]?.port ?? 0));
    const seen = await prober.probe(monitors.map((monitor) => ({ monitor })));
    return [
      ...seen.probes.flatMap((probe, index) => [
        ...brokenBy(probe, monitors[index] as Monitor),
        ...(probe.result?.outcome === 'unknown' ? [`our own fault: ${probe.result.message}`] : []),
      ]),
      ...brokenTogether(seen),
    ];
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function start(each: FuzzCase): Promise<Server> {
  const play = (socket: Socket) => sendInPieces(socket, bytesOf(each), each);
  switch (each.kind) {
    case 'http':
      return startRawServer({ onRequest: play });
    case 'https':
      return startRawServer({ tls: good, onRequest: play });
    case 'http2':
      return startRawServer({ tls: { ...good, ALPNProtocols: ['h2'] } as typeof good, onRequest: play });
    case 'tcp':
    case 'starttls':
      return startRawServer({ onConnect: play });
    case 'dns':
      return startDnsServer({ udp: (query, reply) => reply(bytesOf(each, query)) });
    case 'dns-tcp':
      return startDnsServer({
        tcp: (query, socket) => sendInPieces(socket, framed(bytesOf(each, query).subarray(0, 65_535)), each),
      });
    case 'tls':
      return startChangedTls(each);
    default:
      return each.kind satisfies never;
  }
}

function sendInPieces(socket: Socket, bytes: Buffer, { cuts, end }: FuzzCase): void {
  const places = [...cuts].sort(([a], [b]) => a - b);
  let from = 0;
  let waitMs = 0;
  for (const [at, pauseMs] of [...places, [1_000, 0] as const]) {
    const until = Math.floor((at / 1_000) * bytes.length);
    const piece = bytes.subarray(from, until);
    setTimeout(() => socket.destroyed || socket.write(piece), waitMs);
    from = until;
    waitMs += pauseMs;
  }
  setTimeout(() => {
    if (end === 'end') socket.end();
    if (end === 'reset') reset(socket);
  }, waitMs + 5);
}

/** A secured socket cannot be reset, only dropped. */
function reset(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

/** A TLS server of Node whose bytes are changed on their way out: each write as the case says. */
async function startChangedTls({ changes, base }: FuzzCase): Promise<Server> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    let writes = 0;
    const wire = new Duplex({
      read: () => {},
      write: (chunk: Buffer, _encoding, done) => {
        if (!socket.destroyed) socket.write(writes === base % 3 ? changeBytes(chunk, changes) : chunk);
        writes += 1;
        done();
      },
    });
    socket.on('data', (chunk) => wire.push(chunk));
    socket.on('close', () => wire.destroy());
    const secured = new TLSSocket(wire, { isServer: true, ...good });
    secured.on('error', () => socket.end());
    secured.on('data', () => secured.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((done) => server.close(done));
    },
  };
}

const recordTypes: readonly DnsRecordType[] = ['A', 'TXT', 'MX', 'CNAME', 'SOA', 'SRV', 'CAA', 'AAAA', 'NS'];
const assertions = ['status == 200', 'json $.list[*].a exists', 'body matches o+k', 'header x-a == b'];
const headers = { 'x-secret': [{ ssm: '/key' }] };

function monitorOf({ kind, base, random }: FuzzCase, port: number): Monitor {
  const http = (scheme: string, version: '1.1' | '2') => {
    const request = { url: `${scheme}://127.0.0.1:${port}/`, headers, httpVersion: version, tls: trust };
    return httpMonitor({ timeoutMs, request, assertions });
  };
  switch (kind) {
    case 'http':
      return http('http', '1.1');
    case 'https':
      return http('https', '1.1');
    case 'http2':
      return http('https', '2');
    case 'tcp':
      return tcpMonitor({
        timeoutMs,
        request: { port, dialogue: [{ matches: '^(220|\\+OK) \\w+' }, { send: 'x' }, { expect: '\r\n' }] },
      });
    case 'starttls':
      return tlsMonitor({ timeoutMs, request: { port, startTls: 'smtp', tls: trust } });
    case 'dns':
    case 'dns-tcp': {
      const recordType = recordTypes[random.length % recordTypes.length] ?? 'A';
      const transport = kind === 'dns' ? 'udp' : 'tcp';
      return dnsMonitor({ timeoutMs, request: { server: `127.0.0.1:${port}`, recordType, transport } });
    }
    case 'tls':
      return base % 2 === 0 ? http('https', '1.1') : tlsMonitor({ timeoutMs, request: { port, tls: trust } });
    default:
      return kind satisfies never;
  }
}
