import ipaddr from 'ipaddr.js';
import { AttemptError } from './error.ts';

/** Where a connection goes: a name or an address (an IPv6 one without brackets), and a port. */
export type Endpoint = { readonly host: string; readonly port: number };

/** Where requests may go. Values come from the caller: this room reads no environment. */
export type AddressPolicy = {
  /** Private, loopback, link-local, shared and reserved addresses are allowed. */
  readonly allowPrivate: boolean;
  /** The hosts and ports of these origins may have such addresses, whatever `allowPrivate` says. */
  readonly allowOrigins: readonly string[];
  /** `host:port` of the Lambda runtime's own address, where there is one: never allowed. */
  readonly runtimeApi?: string;
};

/** What an address is for us. `metadata` is never allowed. */
export type AddressKind = 'public' | 'private' | 'metadata';

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Addresses that hand out credentials or events: the whole of 169.254.0.0/16 (metadata of EC2, ECS, Azure and Google,
 * Lambda's runtime and daemons), its IPv6 counterparts on AWS and Google, and those of Alibaba, Oracle and Azure.
 */
const metadataRanges = [
  '169.254.0.0/16',
  '100.100.100.200/32',
  '192.0.0.192/32',
  '168.63.129.16/32',
  'fd00:ec2::/32',
  'fd20:ce::/32',
  'fe80::a9fe:0/112',
];

/** Ranges of ipaddr.js that are part of the public internet. */
const publicRanges: readonly string[] = ['unicast', 'as112', 'as112v6', 'amt'];

/** Judging one takes longer than all the rest of its connection, and a process meets the same few again and again. */
const knownKinds = new Map<string, AddressKind>();
const knownKindsLimit = 1_000;

/** Judges one address. An IPv4 address inside an IPv6 one (mapped, compatible, NAT64, 6to4) is judged as itself. */
export function kindOfAddress(address: string): AddressKind {
  const known = knownKinds.get(address);
  if (known !== undefined) return known;
  const kind = judgeAddress(address);
  if (knownKinds.size >= knownKindsLimit) knownKinds.clear();
  knownKinds.set(address, kind);
  return kind;
}

function judgeAddress(address: string): AddressKind {
  if (!ipaddr.isValid(address)) return 'private';
  const ip = unwrap(ipaddr.parse(address));
  if (metadataRanges.some((range) => isInside(ip, ipaddr.parseCIDR(range)))) return 'metadata';
  return publicRanges.includes(ip.range()) ? 'public' : 'private';
}

function isInside(ip: Ip, [range, bits]: [Ip, number]): boolean {
  return ip.kind() === range.kind() && ip.match(range, bits);
}

function unwrap(ip: Ip): Ip {
  if (ip.kind() === 'ipv4') return ip;
  const parts = (ip as ipaddr.IPv6).parts;
  const isCompatible = parts.slice(0, 6).every((part) => part === 0) && (parts[6] as number) > 0;
  const range = isCompatible ? 'ipv4Compatible' : ip.range();
  switch (range) {
    case 'ipv4Mapped':
    case 'ipv4Compatible':
    case 'rfc6145':
      return toIpv4(parts[6], parts[7]);
    case 'rfc6052':
      // 64:ff9b:1::/48 is for use inside one network (RFC 8215): it stays what it is.
      return parts[2] === 0 ? toIpv4(parts[6], parts[7]) : ip;
    case '6to4':
      return toIpv4(parts[1], parts[2]);
    default:
      return ip;
  }
}

function toIpv4(high = 0, low = 0): ipaddr.IPv4 {
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}

/**
 * Throws an AttemptError of type `blocked` when the policy does not allow this address for this endpoint.
 * Ask it for a literal, for every resolved address and for the address that a socket is really connected to.
 */
export function checkAddress(address: string, endpoint: Endpoint, policy: AddressPolicy): void {
  const kind = kindOfAddress(address);
  if (kind === 'metadata') throw blocked(endpoint, address, 'is a metadata or runtime address, which is never allowed');
  if (isRuntimeApi(address, endpoint, policy.runtimeApi))
    throw blocked(endpoint, address, 'is the runtime of this function, which is never allowed');
  if (kind === 'public' || policy.allowPrivate || isAllowedOrigin(endpoint, policy)) return;
  throw blocked(endpoint, address, 'is not a public address; set allowPrivate: true on the monitor if it is meant');
}

function isAllowedOrigin(endpoint: Endpoint, { allowOrigins }: AddressPolicy): boolean {
  return allowOrigins.some((origin) => {
    const allowed = URL.canParse(origin) ? endpointOf(new URL(origin)) : undefined;
    return allowed?.host === endpoint.host && allowed.port === endpoint.port;
  });
}

function blocked({ host }: Endpoint, address: string, why: string): AttemptError {
  return new AttemptError('blocked', host === address ? `${address} ${why}` : `${host} is ${address}, which ${why}`);
}

function isRuntimeApi(address: string, { port }: Endpoint, runtimeApi: string | undefined): boolean {
  if (!runtimeApi || !URL.canParse(`http://${runtimeApi}`)) return false;
  const runtime = endpointOf(new URL(`http://${runtimeApi}`));
  if (runtime.port !== port) return false;
  const own = runtime.host === 'localhost' ? '127.0.0.1' : runtime.host;
  return normalize(own) === normalize(address) || (isLoopback(own) && isLoopback(address));
}

function isLoopback(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  return ['loopback', 'unspecified'].includes(unwrap(ipaddr.parse(address)).range());
}

function normalize(address: string): string {
  return ipaddr.isValid(address) ? unwrap(ipaddr.parse(address)).toString() : address;
}

/** Where a URL leads: its host without brackets, and its port, its scheme's own where it names none. */
export function endpointOf(url: URL): Endpoint {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  return { host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port };
}
