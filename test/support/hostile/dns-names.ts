import { type Answer, decode } from 'dns-packet';
import { answerTo, type DnsBehaviour, startDnsServer } from '../dns-server.ts';
import { httpMonitor } from '../http-monitor.ts';
import { says, server, tail, withRecords } from './dns.ts';
import { blocked, type Expected, failed, type HostileRow, timeoutOf } from './row.ts';
import { redirect } from './wire.ts';

/** A server that resolves the name of an http target, one answer after the other. */
function names(title: string, addresses: readonly (readonly string[])[], expected: Expected): HostileRow {
  return {
    name: title,
    expected,
    nameServer: true,
    start: async () => {
      let asked = 0;
      const tcp: DnsBehaviour['tcp'] = (_question, socket) =>
        socket.end(redirect(`http://rebinding.example:${socket.localPort}/`));
      const udp: DnsBehaviour['udp'] = (query, reply) => {
        const [question] = decode(query).questions ?? [];
        const found = question?.type === 'A' ? (addresses[Math.min(asked, addresses.length - 1)] ?? []) : [];
        if (question?.type === 'A') asked += 1;
        reply(
          answerTo(query, {
            answers: found.map((data): Answer => ({ type: 'A', name: question?.name ?? '', ttl: 0, data })),
          }),
        );
      };
      return { received: [], ...(await startDnsServer({ udp, tcp })) };
    },
    monitor: () =>
      httpMonitor({
        timeoutMs: timeoutOf(expected),
        allowPrivate: false,
        request: { url: 'http://rebinding.example:9/' },
      }),
  };
}

/** A name server that is an http server as well, and redirects to `location`; its name has these addresses, one after the other. */
function redirects(title: string, url: (port: number) => string, addresses: readonly string[]): HostileRow {
  const row = names(
    title,
    addresses.map((each) => [each]),
    { ...blocked, redirects: 1 },
  );
  return {
    ...row,
    monitor: (port) => httpMonitor({ timeoutMs: 2_000, request: { url: url(port) } }),
  };
}

/** Name servers that resolve a target to what is good for them. */
export const resolvingServers: readonly HostileRow[] = [
  redirects('redirects to a name that is the metadata address', (port) => `http://127.0.0.1:${port}/`, [
    '169.254.169.254',
  ]),
  redirects(
    'lets a name be loopback first and the metadata address then',
    (port) => `http://rebinding.example:${port}/`,
    ['127.0.0.1', '169.254.169.254'],
  ),
  names('resolves to the metadata address', [['169.254.169.254']], blocked),
  names('resolves to loopback', [['127.0.0.1']], blocked),
  names('resolves to a private address', [['10.0.0.1']], blocked),
  names('resolves to the unspecified address', [['0.0.0.0']], blocked),
  names('resolves to a public address and the metadata address', [['192.88.99.1', '169.254.169.254']], blocked),
  names('resolves to private addresses only from the second question on', [['127.0.0.1'], ['127.0.0.1']], blocked),
  {
    ...names('resolves to the metadata address where private ones are allowed', [['169.254.169.254']], blocked),
    monitor: () => httpMonitor({ timeoutMs: 2_000, request: { url: 'http://rebinding.example/' } }),
  },
  {
    ...server('never resolves a name', { udp: () => {} }, failed('timeout', 'the name was not resolved within 300 ms')),
    nameServer: true,
    monitor: () => httpMonitor({ timeoutMs: 300, request: { url: 'http://rebinding.example/' } }),
  },
  {
    ...server(
      'resolves by garbage',
      says(() => Buffer.alloc(99, 0xa5)),
      [failed('timeout'), failed('resolve')],
    ),
    nameServer: true,
    monitor: () => httpMonitor({ timeoutMs: 300, request: { url: 'http://rebinding.example/' } }),
  },
  {
    ...server(
      'resolves by records that point at themselves',
      says((query) => withRecords(query, Buffer.concat([Buffer.of(0xc0, query.length), tail]))),
      [failed('timeout'), failed('resolve')],
    ),
    nameServer: true,
    monitor: () => httpMonitor({ timeoutMs: 300, request: { url: 'http://rebinding.example/' } }),
  },
];
