import { Resolver } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { untilAborted } from '../clock/deadline.ts';
import type { IpVersion } from '../config/model.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';

/**
 * The addresses of a name, IPv4 first, or those of one family alone; a literal is its own address. Rejects with an
 * AttemptError, or with the signal's reason.
 */
export type ResolveHost = (hostname: string, signal: AbortSignal, ipVersion?: IpVersion) => Promise<readonly string[]>;

/** How long an IPv6 answer is waited for once IPv4 has answered (RFC 8305 §3 says 50 ms). */
const ipv6PatienceMs = 50;
/** More addresses than this are never tried. */
const addressLimit = 8;

/** `resolveBy` with the name servers of this machine. */
export const resolveHost: ResolveHost = (hostname, signal, ipVersion) => resolveBy([])(hostname, signal, ipVersion);

/**
 * Resolves by c-ares, both families at once: `dns.lookup` runs two slow look-ups at a time and would charge one target
 * with the wait of another. `localhost` names are loopback without asking (RFC 6761); a name that DNS does not know is
 * looked for in the hosts file. `servers` are `address:port`; without any it asks those of this machine.
 */
export function resolveBy(servers: readonly string[]): ResolveHost {
  return async (hostname, signal, ipVersion) => {
    if (isIP(hostname)) return [checkLiteral(hostname, ipVersion)];
    const name = hostname.replace(/\.$/, '').toLowerCase();
    if (isIP(name)) return [checkLiteral(name, ipVersion)];
    if (name === 'localhost' || name.endsWith('.localhost')) return ofVersion(['127.0.0.1', '::1'], ipVersion);
    try {
      return (await query(name, { servers, ipVersion }, signal)).slice(0, addressLimit);
    } catch (error) {
      signal.throwIfAborted();
      const known = ofVersion(await readHostsFile(name), ipVersion);
      if (known.length > 0) return known.slice(0, addressLimit);
      throw toResolveError(error, name, ipVersion);
    }
  };
}

function checkLiteral(address: string, ipVersion: IpVersion | undefined): string {
  if (ipVersion === undefined || isIP(address) === ipVersion) return address;
  throw new AttemptError(
    'resolve',
    `${address} is no IPv${ipVersion} address, and ipVersion: ${ipVersion} asks for one`,
  );
}

function ofVersion(addresses: readonly string[], ipVersion: IpVersion | undefined): readonly string[] {
  return ipVersion === undefined ? addresses : addresses.filter((address) => isIP(address) === ipVersion);
}

type Query = { readonly servers: readonly string[]; readonly ipVersion: IpVersion | undefined };

/** Resolves with what there is when all families that are asked for have answered, or IPv4 has and IPv6 takes too long. */
function query(name: string, { servers, ipVersion }: Query, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new Resolver();
  if (servers.length > 0) resolver.setServers(servers);
  let patience: NodeJS.Timeout | undefined;
  const stop = () => {
    clearTimeout(patience);
    resolver.cancel();
  };
  return untilAborted<readonly string[]>(signal, (resolve, reject) => {
    // A family that is not asked has answered already.
    const found: { v4?: readonly string[]; v6?: readonly string[] } = {
      ...(ipVersion === 6 ? { v4: [] } : {}),
      ...(ipVersion === 4 ? { v6: [] } : {}),
    };
    let failure: Error | undefined;
    const settle = () => {
      const addresses = [...(found.v4 ?? []), ...(found.v6 ?? [])];
      if (addresses.length > 0) resolve(addresses);
      else reject(failure);
    };
    const take = (family: 'v4' | 'v6') => (error: Error | null, addresses: readonly string[] | undefined) => {
      found[family] = addresses ?? [];
      // Of two errors the one that says more than "no address of this family" is kept.
      if (error && (!failure || codeOf(failure) === 'ENODATA')) failure = error;
      if (found.v4 && found.v6) settle();
      else if (family === 'v4' && found.v4 && found.v4.length > 0) patience = setTimeout(settle, ipv6PatienceMs);
    };
    if (!found.v4) resolver.resolve4(name, take('v4'));
    if (!found.v6) resolver.resolve6(name, take('v6'));
    return () => {};
  }).finally(stop);
}

function toResolveError(error: unknown, name: string, ipVersion: IpVersion | undefined): AttemptError {
  const own = ownFault(error);
  if (own) return own;
  const code = codeOf(error);
  // c-ares says so when it could send its question to nobody, for want of a file descriptor, too.
  const isOurs = code === 'ECONNREFUSED';
  const sentence = isOurs
    ? 'no name server of this machine can be reached (ECONNREFUSED)'
    : explain(name, code, ipVersion);
  return new AttemptError(isOurs ? 'monitor' : 'resolve', sentence, { cause: error });
}

function explain(name: string, code: string, ipVersion: IpVersion | undefined): string {
  switch (code) {
    case 'ENOTFOUND':
      return `the name ${name} does not exist (ENOTFOUND)`;
    case 'ENODATA':
      return `the name ${name} has no ${ipVersion === undefined ? '' : `IPv${ipVersion} `}address (ENODATA)`;
    case 'ESERVFAIL':
      return `the name servers of ${name} failed (ESERVFAIL)`;
    case 'EREFUSED':
      return `the name server refused to resolve ${name} (EREFUSED)`;
    case 'ETIMEOUT':
      return `no name server answered for ${name} (ETIMEOUT)`;
    default:
      return `the name ${name} could not be resolved (${code || 'unknown reason'})`;
  }
}

const hostsFile = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';

async function readHostsFile(name: string): Promise<readonly string[]> {
  try {
    return findInHosts(await readFile(hostsFile, 'utf8'), name);
  } catch {
    // A machine without a hosts file knows no names of its own: the answer of DNS stands.
    return [];
  }
}

/** The addresses of a name in the text of a hosts file, IPv4 first. */
export function findInHosts(text: string, name: string): readonly string[] {
  const rows = text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/));
  const found = rows
    .filter(([, ...names]) => names.some((each) => each.toLowerCase() === name))
    .map(([first = '']) => first);
  return found.filter((each) => isIP(each) > 0).sort((a, b) => isIP(a) - isIP(b));
}
