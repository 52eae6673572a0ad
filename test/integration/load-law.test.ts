import type { HttpMonitor } from '../../shared/config/model.ts';
import { AttemptError } from '../../shared/net/error.ts';
import { type ResolveHost, resolveHost } from '../../shared/net/resolve.ts';
import { prepareRequest } from '../../shared/probe/request.ts';
import { httpRows } from '../support/hostile/http.ts';
import { endingServers } from '../support/hostile/http-end.ts';
import { floodingServers } from '../support/hostile/http-flood.ts';
import { redirectingServers } from '../support/hostile/http-redirect.ts';
import { slowServers } from '../support/hostile/http-slow.ts';
import { confusingServers } from '../support/hostile/http-syntax.ts';
import { expectations, type HostileRow, hangsForMs, timeoutOf } from '../support/hostile/row.ts';
import { securedServers } from '../support/hostile/tls-afterwards.ts';
import { certificateServers } from '../support/hostile/tls-certificates.ts';
import { handshakingServers } from '../support/hostile/tls-handshake.ts';
import { probeDeps } from '../support/http-monitor.ts';
import { loadClient, sendMany } from '../support/load.ts';

/** A probe stops at its limit; load reads every body to its end. */
const endless = [
  'sends chunks without end, and the body does not matter',
  'sends chunks without end, and the body matters',
  'sends chunks of one byte without end',
  'sends a body without length or end',
  'announces 2^49 bytes and sends them',
  'sends one chunk of 2^52 bytes',
  'sends an error with a page without end',
  'floods with its answer and never reads a large request',
];
/** A probe's connection ends with its answer; on one that is kept, what comes after it would be taken for the next. */
const surplus = [
  'sends answers without end',
  'sends a body to HEAD',
  'sends chunks to HEAD',
  'sends a second answer after its first',
  'sends more than its length',
  'sends a body with 204',
  'sends a length and chunks',
  'sends chunks and a length',
];

/** The errors that requests may end with, `none` among them. */
function allowed({ name, expected }: HostileRow): readonly string[] {
  if (endless.includes(name)) return ['timeout'];
  if (surplus.includes(name)) return ['protocol'];
  // What is wrong with a decoded body, or with its length, is no matter of load.
  const isAboutBody = expectations(expected).some(({ message }) =>
    /body contains|decoded|encod|gzip/.test(`${message}`),
  );
  const found = expectations(expected).map(({ errorType = 'none' }) =>
    errorType === 'assertion' ? 'none' : errorType,
  );
  return isAboutBody || found.includes('body') ? [...found, 'none'] : found;
}

/** No name server is asked. */
const resolve: ResolveHost = async (hostname, signal, ipVersion) => {
  if (/^[\d.:a-f]+$|^localhost$/.test(hostname)) return resolveHost(hostname, signal, ipVersion);
  throw new AttemptError('resolve', 'there are no names');
};

const timeoutFor = (row: HostileRow) => (endless.includes(row.name) ? hangsForMs : timeoutOf(row.expected));

/** Some requests at once, each on a connection of its own: how they ended. */
async function load(row: HostileRow): Promise<readonly string[]> {
  const server = await row.start();
  const { request, allowPrivate } = row.monitor(server.port) as HttpMonitor;
  const timeoutMs = timeoutFor(row);
  const allowOrigins = row.allowOrigin ? [`http://127.0.0.1:${server.port}`] : [];
  const client = loadClient({ timeoutMs, resolve, freshConnections: true, policy: { allowPrivate, allowOrigins } });
  try {
    const deps = probeDeps({ read: { parameter: async () => 'secret', output: () => undefined } });
    const attempt = await prepareRequest(request, { timeoutMs, maxBodyBytes: 0 }, deps);
    if ('unsent' in attempt) throw new Error(attempt.unsent);
    const ready = await client.prepare(attempt.value, new AbortController().signal);
    return Object.keys(await sendMany(client, ready, { count: 3, concurrency: 3 }));
  } finally {
    client.close();
    await server.close();
  }
}

/** What is wrong: the row, and how a request ended. */
async function violations(row: HostileRow): Promise<readonly string[]> {
  const endings = await load(row);
  const right = allowed(row);
  return endings
    .filter((ending) => !right.includes(ending.split(' ')[1] ?? 'none'))
    .map((ending) => `${row.name}: ended as ${ending}, not as ${right.join(' or ')}`);
}

/** Eight rows at a time; those that ended wrongly once more, alone: a busy machine makes a timeout of anything. */
async function violationsOfAll(rows: readonly HostileRow[]): Promise<readonly string[]> {
  const suspects: HostileRow[] = [];
  let next = 0;
  const work = async () => {
    for (let row = rows[next++]; row; row = rows[next++]) if ((await violations(row)).length > 0) suspects.push(row);
  };
  await Promise.all(Array.from({ length: 8 }, work));
  const found: string[] = [];
  for (const row of suspects) found.push(...(await violations(row)));
  return found;
}

/** A server that seals records without end takes all of a process that it shares with the client. */
const isFair = ({ name }: HostileRow) => name.endsWith('(https)') && !name.includes('without end');

describe('load on a target that', () => {
  it.each<[string, readonly HostileRow[]]>([
    ['is slow', httpRows(slowServers)],
    ['sends too much', httpRows(floodingServers)],
    ['confuses', httpRows(confusingServers)],
    ['ends too early', httpRows(endingServers)],
    ['redirects', httpRows(redirectingServers)],
    ['is up to no good before TLS is agreed on', handshakingServers.filter(isFair)],
    ['shows certificates', certificateServers.filter(isFair)],
    ['is up to no good once TLS is agreed on', securedServers.filter(isFair)],
  ])(
    '%s ends each request as a probe of it ends, and each one once',
    async (_kind, rows) => {
      expect(await violationsOfAll(rows)).toEqual([]);
    },
    60_000,
  );
});
