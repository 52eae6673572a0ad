import type { Answer } from 'dns-packet';
import type { DnsRequest } from '../../../shared/config/model.ts';
import { type AnswerOptions, answerTo, type DnsBehaviour, startDnsServer } from '../dns-server.ts';
import { dnsMonitor } from '../endpoint-monitors.ts';
import { type Expected, failed, type HostileRow, type Running, timeoutOf } from './row.ts';

export type Expectation = Expected | readonly Expected[];
type Options = { readonly request?: Partial<DnsRequest>; readonly assertions?: readonly string[] };

export const name = 'name.example';
export const address = (data: string, ttl = 60): Answer => ({ type: 'A', name, ttl, data });

/** A name server that does this, asked for the addresses of a name. */
export function server(
  title: string,
  behaviour: DnsBehaviour,
  expected: Expectation,
  { request, assertions }: Options = {},
): HostileRow {
  return {
    name: title,
    expected,
    start: () => start(behaviour),
    monitor: (port) =>
      dnsMonitor({
        timeoutMs: timeoutOf(expected),
        request: { name, server: `127.0.0.1:${port}`, ...request },
        ...(assertions ? { assertions } : {}),
      }),
  };
}

/** Answers each datagram with these. */
export const says = (make: (query: Buffer) => Buffer | readonly Buffer[]): DnsBehaviour => ({
  udp: (query, reply) => {
    for (const message of [make(query)].flat()) reply(message);
  },
});
export const answers = (options: AnswerOptions): DnsBehaviour => says((query) => answerTo(query, options));

/** A right answer with some bytes of its head or its end changed. */
export function changed(query: Buffer, change: (message: Buffer) => Buffer | undefined): Buffer {
  const message = answerTo(query, { answers: [address('192.0.2.1')] });
  return change(message) ?? message;
}

/** An answer whose records are these bytes, so many as it says. */
export function withRecords(query: Buffer, records: Buffer, count = 1): Buffer {
  const head = answerTo(query);
  head.writeUInt16BE(count, 6);
  return Buffer.concat([head, records]);
}

/** Late answers of a server that is closed are dropped. */
async function start({ udp, tcp }: DnsBehaviour): Promise<Running> {
  let isClosed = false;
  const { port, close } = await startDnsServer({
    ...(tcp ? { tcp } : {}),
    ...(udp ? { udp: (query, reply, sender) => udp(query, (message) => isClosed || reply(message), sender) } : {}),
  });
  return {
    port,
    received: [],
    close: () => {
      isClosed = true;
      return close();
    },
  };
}

/** Type A, class IN, 60 s, four bytes. */
export const tail = Buffer.from('000100010000003c0004c0000201', 'hex');

export const unreadable = failed('protocol', /^the answer of the name server cannot be read: /);
