import type { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import type { CertificateFacts, TlsFacts } from './tls-model.ts';

/** Longer chains are served by nobody who means well. */
const chainLimit = 20;
/** Real certificates have up to some hundred names. */
const namesLimit = 1_000;
const textLimit = 1_024;

/** What is asked about each served certificate. Instants are epoch ms; NaN where the certificate holds none that can be read. */
export type ServedCertificate = {
  readonly subject: string;
  readonly issuer: string;
  readonly validFrom: number;
  readonly validTo: number;
};
export type ServedChain = {
  readonly facts: CertificateFacts | undefined;
  /** The leaf first, at most 20. */
  readonly certificates: readonly ServedCertificate[];
};

/** Facts that were found when a connection was secured. */
const secured = new WeakMap<TLSSocket, TlsFacts>();

/** What is known of a TLS connection once it is secured. Certificate fields that cannot be read are empty; never throws. */
export function describeTls(socket: TLSSocket): TlsFacts {
  return secured.get(socket) ?? rememberTls(socket, readChain(socket, '', false), socket.authorized);
}

/** Keeps what was found out about a connection for `describeTls`. */
export function rememberTls(socket: TLSSocket, { facts }: ServedChain, isAuthorized: boolean): TlsFacts {
  const found: TlsFacts = {
    version: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
    alpn: typeof socket.alpnProtocol === 'string' ? socket.alpnProtocol : '',
    isAuthorized,
    ...(facts ? { certificate: facts } : {}),
  };
  secured.set(socket, found);
  return found;
}

/** How long the chain that was read for a name, port and leaf is taken for what is served with them. */
const chainValidMs = 300_000;
const chainsLimit = 256;
type KnownChain = { readonly chain: ServedChain; readonly readAt: number };
const knownChains = new Map<string, KnownChain>();

/**
 * The chain that the target served for this name, without a root that was added here. Only `getPeerX509Certificate` tells
 * it, and each call of that loses some kB for good (Node 24 never frees the issuers): while the leaf is the same, it is asked
 * once in five minutes, and each time when a connection `isRefused`. Never throws.
 */
export function readChain(socket: TLSSocket, name: string, isRefused: boolean): ServedChain {
  try {
    const { fingerprint256 } = socket.getPeerCertificate();
    if (!fingerprint256) return noChain;
    const key = `${name} ${socket.remotePort} ${fingerprint256}`;
    return (isRefused ? undefined : recall(key)) ?? remember(key, parseChain(listServed(socket)));
  } catch {
    // Node refuses to read some certificates that OpenSSL takes. Whether one is trusted was decided without this.
    return noChain;
  }
}

const noChain: ServedChain = { facts: undefined, certificates: [] };

function recall(key: string): ServedChain | undefined {
  const known = knownChains.get(key);
  return known && performance.now() - known.readAt < chainValidMs ? known.chain : undefined;
}

function remember(key: string, chain: ServedChain): ServedChain {
  if (knownChains.size >= chainsLimit) knownChains.clear();
  knownChains.set(key, { chain, readAt: performance.now() });
  return chain;
}

/** A second call for one socket finds nothing: Node takes the certificates out of the connection. */
function listServed(socket: TLSSocket): readonly X509Certificate[] {
  const served: X509Certificate[] = [];
  let certificate = socket.getPeerX509Certificate();
  while (certificate && served.length < chainLimit) {
    served.push(certificate);
    certificate = certificate.issuerCertificate;
  }
  return served;
}

function parseChain(served: readonly X509Certificate[]): ServedChain {
  const certificates = served.map((each) => ({
    subject: nameOf(readField(() => each.subject)),
    issuer: nameOf(readField(() => each.issuer)),
    validFrom: Date.parse(readField(() => each.validFrom)),
    validTo: Date.parse(readField(() => each.validTo)),
  }));
  const ends = certificates.map(({ validTo }) => validTo).filter((at) => !Number.isNaN(at));
  const [leaf] = served;
  const [first] = certificates;
  if (!leaf || !first || ends.length === 0) return { facts: undefined, certificates };
  const facts = {
    expiresAt: Math.min(...ends),
    subject: first.subject,
    issuer: first.issuer,
    names: namesOf(readField(() => leaf.subjectAltName)),
    serialNumber: readField(() => leaf.serialNumber).toUpperCase(),
    fingerprint256: readField(() => leaf.fingerprint256).replaceAll(':', ''),
    chainLength: served.length,
  };
  return { facts, certificates };
}

/** OpenSSL refuses to read some fields that a certificate may hold all the same. */
function readField(read: () => string | undefined): string {
  try {
    return read() ?? '';
  } catch {
    return '';
  }
}

/** The most specific part first, as RFC 4514 has it: `CN=…, O=…, C=…`. */
function nameOf(lines: string): string {
  return lines.split('\n').toReversed().join(', ').slice(0, textLimit);
}

/** Of `DNS:a.example, IP Address:192.0.2.1`; names with odd characters in them are in quotes, as JSON. */
function namesOf(text: string): readonly string[] {
  const names: string[] = [];
  for (const [, quoted, plain] of text.matchAll(/(?:DNS|IP Address):(?:("(?:[^"\\]|\\.)*")|([^,]*))(?:, |$)/g)) {
    if (names.length >= namesLimit) break;
    names.push((quoted === undefined ? (plain ?? '') : unquote(quoted)).slice(0, textLimit));
  }
  return names;
}

function unquote(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return text;
  }
}
