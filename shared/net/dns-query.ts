import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { isIPv6 } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/deadline.ts';
import { type AddressPolicy, checkAddress, type Endpoint } from './address-policy.ts';
import { openConnection, toConnectError } from './connect.ts';
import { converse } from './conversation.ts';
import { type DnsAnswer, type DnsQuestion, decodeAnswer, encodeQuestion, isAnswerTo, isCut } from './dns-message.ts';
import { DnsFormatError } from './dns-name.ts';
import { AttemptError } from './error.ts';
import { parseEndpoint } from './host.ts';
import type { Phase, Stopwatch } from './phases.ts';
import { type ResolveHost, resolveHost } from './resolve.ts';

/** `policy`: where it may be; absent for this machine's own. */
export type NameServer = Endpoint & { readonly policy?: AddressPolicy };

export type QueryOptions = {
  readonly server: NameServer;
  /** `udp` asks again over TCP when the answer did not fit. */
  readonly transport: 'udp' | 'tcp';
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly stopwatch: Stopwatch;
  readonly onPhase: (phase: Phase) => void;
  /** Called for each datagram that does not answer the question. */
  readonly onIgnored?: () => void;
  readonly resolve?: ResolveHost;
};

/** https://www.rfc-editor.org/rfc/rfc1035#section-4.2 */
export const dnsPort = 53;
const longestMessage = 65_535;

/** The first name server of this machine. Throws an AttemptError of type `monitor` where it has none. */
export function ownNameServer(servers: readonly string[] = getServers()): NameServer {
  const server = servers[0] === undefined ? undefined : parseEndpoint(servers[0], dnsPort);
  if (!server) throw new AttemptError('monitor', 'this machine has no name server: give the monitor a server');
  return server;
}

/**
 * Asks one question of one name server: the first address of its name. Over UDP a message counts as the answer only when it
 * comes from the very address and port that were asked and repeats the random id and the question; anything else is ignored,
 * so that nobody can slip an answer in. Rejects with an AttemptError (`protocol` for an answer that cannot be read), or with
 * the signal's reason; no socket stays open then.
 */
export async function queryDns(question: DnsQuestion, options: QueryOptions): Promise<DnsAnswer> {
  const query = encodeQuestion(question, randomBytes(2).readUInt16BE());
  if (!query) throw new AttemptError('monitor', `${question.name} is not a name that can be asked for`);
  const address = await findServer(options);
  const answer = await ask(query, address, options);
  try {
    return decodeAnswer(query, answer, question.recordType);
  } catch (error) {
    if (error instanceof DnsFormatError) throw broken(error.message, error);
    throw error;
  }
}

async function findServer({ server, resolve, signal, stopwatch, onPhase }: QueryOptions): Promise<string> {
  onPhase('resolve');
  const addresses = await (resolve ?? resolveHost)(server.host, signal);
  const [address] = addresses;
  if (address === undefined) throw new AttemptError('resolve', `the name ${server.host} has no address`);
  if (address !== server.host) stopwatch.mark('resolve');
  for (const each of addresses) check(each, server);
  return address;
}

function check(address: string, { policy, host, port }: NameServer): void {
  if (policy) checkAddress(address, { host, port }, policy);
}

async function ask(query: Buffer, address: string, options: QueryOptions): Promise<Buffer> {
  if (options.transport === 'udp') {
    const answer = await askByUdp(query, address, options);
    if (!isCut(answer)) return answer;
  }
  const answer = await askByTcp(query, address, options);
  if (!isAnswerTo(query, answer)) throw new AttemptError('protocol', 'the name server answered another question');
  if (isCut(answer)) throw broken('it is cut, although it came over TCP');
  return answer;
}

function broken(why: string, cause?: unknown): AttemptError {
  return new AttemptError('protocol', `the answer of the name server cannot be read: ${why}`, { cause });
}

/** A connected socket, on a port that the system chose: it hears its server alone, and that nobody listens there. */
function askByUdp(query: Buffer, address: string, options: QueryOptions): Promise<Buffer> {
  const { server, signal, stopwatch, onPhase, onIgnored } = options;
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
  onPhase('connect');
  return untilAborted<Buffer>(signal, (resolve, reject) => {
    socket.on('error', (error) => reject(toConnectError(error, [address], server.port)));
    socket.on('connect', () => {
      onPhase('processing');
      socket.send(query);
    });
    socket.on('message', (message) => {
      if (!isAnswerTo(query, message)) return onIgnored?.();
      stopwatch.mark('processing');
      resolve(message);
    });
    socket.connect(server.port, address);
    return () => {};
  }).finally(() => socket.close());
}

/** Each message has its length before it: https://www.rfc-editor.org/rfc/rfc1035#section-4.2.2 */
async function askByTcp(query: Buffer, address: string, options: QueryOptions): Promise<Buffer> {
  const { server, signal, clock, stopwatch, onPhase } = options;
  onPhase('connect');
  const onConnected = () => stopwatch.mark('connect');
  const socket = await openConnection({ addresses: [address], port: server.port, signal, onConnected });
  const limits = { limitBytes: 2 + longestMessage, limitType: 'protocol' } as const;
  const conversation = converse(socket, { ...limits, signal, clock, stopwatch, onPhase });
  try {
    check(socket.remoteAddress ?? '', server);
    await conversation.send(Buffer.concat([Buffer.of(query.length >> 8, query.length & 0xff), query]));
    return await conversation.find(readMessage);
  } finally {
    conversation.close();
  }
}

function readMessage(received: Buffer): Buffer | undefined {
  if (received.length < 2) return undefined;
  const end = 2 + received.readUInt16BE(0);
  return received.length < end ? undefined : received.subarray(2, end);
}
