import ipaddr from 'ipaddr.js';

/** Special-use and customary private suffixes (RFC 6761, 6762, 7686, 8375, 9476; ICANN's .internal; Kubernetes' svc). */
const privateSuffixes: ReadonlySet<string> = new Set(
  'localhost local localdomain internal intranet private corp home lan home.arpa svc test invalid onion alt'.split(' '),
);

/** Public names for metadata services, and public zones whose names resolve to the private address written in them. */
const privateZones: ReadonlySet<string> = new Set(
  'metadata.goog metadata.azure.com metadata.tencentyun.com nip.io sslip.io xip.io localtest.me lvh.me'.split(' '),
);

/** Azure's WireServer: a public address that only a virtual machine's own host answers. */
const metadataAddresses: ReadonlySet<string> = new Set(['168.63.129.16']);

/**
 * Whether an address, dotted or in brackets as WHATWG URL writes it, is a plain public one. In IPv6 only global unicast
 * (2000::/3) counts, less the ranges that carry an IPv4 address (mapped, translated, 6to4, Teredo) or are reserved.
 */
export function isPublicAddress(host: string): boolean {
  const text = host.startsWith('[') ? host.slice(1, -1) : host;
  if (!ipaddr.isValid(text) || metadataAddresses.has(text)) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || (address.toByteArray()[0] ?? 0) >> 5 === 1;
}

/** Whether a lower-case name without a trailing dot can be public: two labels at least, and no private suffix. */
export function isPublicName(name: string): boolean {
  const labels = name.split('.');
  if (labels.length < 2) return false;
  const tails = [labels.slice(-1), labels.slice(-2), labels.slice(-3)].map((tail) => tail.join('.'));
  return !tails.some((tail) => privateSuffixes.has(tail) || privateZones.has(tail));
}
