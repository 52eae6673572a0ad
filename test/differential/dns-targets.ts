import type { Answer } from 'dns-packet';
import type { DnsRecordType, DnsRequest } from '../../shared/config/model.ts';
import { type AnswerOptions, answerTo, framed, startDnsServer } from '../support/dns-server.ts';
import { dnsMonitor } from '../support/endpoint-monitors.ts';
import { type Difference, type Target, timeoutMs } from './target.ts';
import type { Targets } from './targets.ts';

type DnsTarget = {
  readonly name: string;
  readonly type?: DnsRecordType;
  /** Over UDP; `udp` absent: the same. */
  readonly answer?: AnswerOptions;
  readonly udp?: AnswerOptions;
  readonly waitMs?: number;
  readonly transport?: DnsRequest['transport'];
  readonly dns?: Readonly<Record<string, unknown>>;
  readonly assertions?: readonly string[];
  readonly differs?: Difference;
};

const name = 'name.example';
const a: Answer = { type: 'A', name, ttl: 60, data: '192.0.2.1' };
const lots = Array.from({ length: 5 }, (_, at): Answer => ({ ...a, data: `192.0.2.${at}` }) as Answer);
const records: readonly [DnsRecordType, Answer][] = [
  ['A', a],
  ['AAAA', { type: 'AAAA', name, ttl: 60, data: '2001:db8::1' }],
  ['MX', { type: 'MX', name, ttl: 60, data: { preference: 10, exchange: 'mail.example' } }],
  ['NS', { type: 'NS', name, ttl: 60, data: 'ns.example' }],
  ['TXT', { type: 'TXT', name, ttl: 60, data: 'v=spf1 -all' }],
  [
    'SOA',
    {
      type: 'SOA',
      name,
      ttl: 60,
      data: { mname: 'ns.example', rname: 'admin.example', serial: 7, refresh: 1, retry: 2, expire: 3, minimum: 4 },
    },
  ],
  ['CNAME', { type: 'CNAME', name, ttl: 60, data: 'other.example' }],
];

const targets: readonly DnsTarget[] = [
  ...records.map(([type, record]) => ({ name: type, type, answer: { answers: [record] } })),
  { name: 'five answers', answer: { answers: lots } },
  { name: 'no answer records', answer: {} },
  { name: 'NXDOMAIN', answer: { rcode: 3 } },
  {
    name: 'NXDOMAIN, which is wanted',
    answer: { rcode: 3 },
    dns: { valid_rcodes: ['NXDOMAIN'] },
    assertions: ['dns.rcode == NXDOMAIN'],
  },
  { name: 'SERVFAIL', answer: { rcode: 2 } },
  { name: 'REFUSED', answer: { rcode: 5 } },
  { name: 'over TCP', answer: { answers: [a] }, transport: 'tcp' },
  { name: 'after 150 ms', answer: { answers: [a] }, waitMs: 150 },
  { name: 'never' },
  {
    name: 'a wanted answer',
    answer: { answers: [a] },
    dns: { validate_answer_rrs: { fail_if_not_matches_regexp: ['192\\.0\\.2\\.1'] } },
    assertions: ['dns.rcode == NOERROR', 'dns.answers contains 192.0.2.1'],
  },
  {
    name: 'another answer',
    answer: { answers: [a] },
    dns: { validate_answer_rrs: { fail_if_not_matches_regexp: ['192\\.0\\.2\\.9'] } },
    assertions: ['dns.rcode == NOERROR', 'dns.answers contains 192.0.2.9'],
  },
  {
    name: 'cut over UDP, whole over TCP',
    answer: { answers: lots },
    udp: { isCut: true },
    differs: { why: 'we ask again over TCP, as RFC 7766 says', values: { answers: [5, 0] } },
  },
];

export async function startDnsTargets(): Promise<Targets> {
  const servers = await Promise.all(targets.map(start));
  return {
    targets: targets.map((each, index) => targetOf(each, servers[index]?.address ?? '')),
    stop: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

function start({ answer, udp = answer, waitMs = 0 }: DnsTarget) {
  return startDnsServer({
    udp: (query, reply) => {
      if (udp) setTimeout(() => reply(answerTo(query, udp)), waitMs);
    },
    tcp: (query, socket) => {
      if (answer) socket.end(framed(answerTo(query, answer)));
    },
  });
}

function targetOf(
  { name: title, type = 'A', transport = 'udp', dns, assertions, differs }: DnsTarget,
  server: string,
): Target {
  return {
    name: `dns: ${title}`,
    module: {
      prober: 'dns',
      dns: { preferred_ip_protocol: 'ip4', query_name: name, query_type: type, transport_protocol: transport, ...dns },
    },
    target: server,
    monitor: dnsMonitor({
      timeoutMs,
      request: { name, recordType: type, transport, server },
      assertions: ['dns.count >= 0', ...(assertions ?? ['dns.rcode == NOERROR'])],
    }),
    ...(differs ? { differs } : {}),
  };
}
