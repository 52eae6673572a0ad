import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { DnsMonitor, MonitorBase, TcpMonitor } from '../config/model.ts';
import type { ProbeDeps, Prober } from './prober.ts';
import { noWatch } from './watch.ts';

/**
 * What the first attempt of a process costs this machine is spent on a server of our own on loopback: 5 ms on a full core, and
 * many times that on a small part of one, that would be charged to the first target. Once for the process; never rejects,
 * each attempt is bounded to half a second.
 */
export function warmUpTcp(probe: Prober<TcpMonitor>, deps: ProbeDeps): Promise<void> {
  warmTcp ??= attemptTcp(probe, deps).catch(nothingLost);
  return warmTcp;
}

/** The same, with a question to a name server of our own. */
export function warmUpDns(probe: Prober<DnsMonitor>, deps: ProbeDeps): Promise<void> {
  warmDns ??= attemptDns(probe, deps).catch(nothingLost);
  return warmDns;
}

let warmTcp: Promise<void> | undefined;
let warmDns: Promise<void> | undefined;

/** Without a warm-up the first target is charged a little more: no reason not to probe it. */
const nothingLost = () => {};

const rehearsal: MonitorBase = {
  id: 'warm-up',
  key: 0,
  intervalMs: 60_000,
  timeoutMs: 500,
  retry: { limit: 0, delayMs: 0 },
  allowPrivate: true,
  dependsOn: [],
  assertions: [],
  alerts: [],
};

/** What is measured and what ends the real attempt has nothing to do with this one. */
const apart = (deps: ProbeDeps): ProbeDeps => ({ ...deps, watch: noWatch, signal: new AbortController().signal });

async function attemptTcp(probe: Prober<TcpMonitor>, deps: ProbeDeps): Promise<void> {
  const server = createServer((socket) => {
    // It talks to this process alone: how its connections end is of no interest.
    socket.on('error', () => {});
    socket.end('220\r\n');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const request = { host: '127.0.0.1', port, dialogue: [{ expect: '220' }] };
  await probe({ ...rehearsal, type: 'tcp', maxBodyBytes: 64, request }, apart(deps));
  server.close();
}

async function attemptDns(probe: Prober<DnsMonitor>, deps: ProbeDeps): Promise<void> {
  const server = createSocket('udp4');
  server.on('error', () => {});
  server.on('message', (query, { port, address }) => {
    // The question with the bit of an answer is one without records.
    query.writeUInt8(query.readUInt8(2) | 0x80, 2);
    server.send(query, port, address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const request = {
    name: 'localhost',
    recordType: 'A',
    transport: 'udp',
    server: `127.0.0.1:${server.address().port}`,
  } as const;
  await probe({ ...rehearsal, type: 'dns', request }, apart(deps));
  server.close();
}
