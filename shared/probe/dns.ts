import type { DnsMonitor } from '../config/model.ts';
import { dnsPort, type NameServer, ownNameServer, queryDns } from '../net/dns-query.ts';
import { AttemptError } from '../net/error.ts';
import { parseEndpoint } from '../net/host.ts';
import { measureAttempt, type Run } from './measure.ts';
import type { ReadText } from './prepare.ts';
import { type ProbeDeps, type Prober, policyOf } from './prober.ts';
import { warmUpDns } from './warm-up.ts';

/**
 * One attempt on a name server: one question, and its answer whatever its rcode is. The phases are resolve (of the server's
 * own name), connect (TCP alone), processing (from the question to the answer, over TCP to its first byte) and transfer.
 */
export const probeDns: Prober<DnsMonitor> = async (monitor, deps) => {
  await warmUpDns(measureDns, deps);
  return measureDns(monitor, deps);
};

const measureDns: Prober<DnsMonitor> = (monitor, deps) =>
  measureAttempt(monitor, deps, {
    prepare: (read) => findNameServer(monitor, deps, read),
    examine: async (server, run) => {
      const { answers, rcode, ttl, isAuthoritative } = await query(monitor, deps, server, run);
      const times = ttl === undefined ? {} : { ttl };
      return { dns: { rcode, answers, count: answers.length, ...times, authoritative: isAuthoritative } };
    },
  });

async function findNameServer(monitor: DnsMonitor, deps: ProbeDeps, read: ReadText): Promise<NameServer> {
  const { server } = monitor.request;
  if (server === undefined) return ownNameServer();
  const endpoint = parseEndpoint(await read(server), dnsPort);
  if (endpoint) return { ...endpoint, policy: policyOf(monitor, deps) };
  throw new AttemptError(
    'monitor',
    'the server of the monitor is not a name server such as 192.0.2.53 or ns1.example.com:53',
  );
}

function query({ request }: DnsMonitor, { clock }: ProbeDeps, server: NameServer, run: Run) {
  const { name, recordType, transport } = request;
  const { signal, stopwatch, onPhase } = run;
  let ignored = 0;
  const onIgnored = () => {
    ignored += 1;
    run.explainTimeout = (timeoutMs) => {
      const what = ignored === 1 ? 'one datagram that is' : `${ignored} datagrams that are`;
      return `no answer came within ${timeoutMs} ms, but ${what} not the answer to this question`;
    };
  };
  return queryDns({ name, recordType }, { server, transport, clock, signal, stopwatch, onPhase, onIgnored });
}
