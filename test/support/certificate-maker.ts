import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { TestCertificate } from './certificates.ts';

export type MadeCertificate = TestCertificate & {
  readonly name: string;
  readonly keyObject: KeyObject;
  /** The raw certificate. */
  readonly der: Buffer;
};

export type CertificateOptions = {
  /** `CN` of the subject; `Test` where absent. */
  readonly name?: string;
  /** DNS names and IPv4 addresses, or the raw bytes of one DNS name. */
  readonly names?: readonly (string | Buffer)[];
  /** Signs it; itself where absent. */
  readonly issuer?: MadeCertificate;
  readonly isCa?: boolean;
  /** Epoch ms; from an hour ago to in a year where absent. */
  readonly validFrom?: number;
  readonly validTo?: number;
};

const hourMs = 3_600_000;

/** Makes an X.509 certificate (RFC 5280) on P-256, with a key of its own. */
export function makeCertificate(options: CertificateOptions = {}): MadeCertificate {
  const { name = 'Test', issuer } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const body = tbsCertificate(options, publicKey.export({ type: 'spki', format: 'der' }));
  const signature = sign('sha256', body, issuer?.keyObject ?? privateKey);
  const der = sequence(body, ecdsaWithSha256, bitString(signature));
  const base64 = der.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return {
    name,
    der,
    keyObject: privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
  };
}

/** What a server shows: its certificate, those of its issuers after it. */
export function chainOf(leaf: MadeCertificate, ...issuers: readonly MadeCertificate[]): TestCertificate {
  return { cert: [leaf, ...issuers].map(({ cert }) => cert).join(''), key: leaf.key };
}

function tbsCertificate(options: CertificateOptions, publicKey: Buffer): Buffer {
  const { name = 'Test', names = [], issuer, isCa = false } = options;
  const { validFrom = Date.now() - hourMs, validTo = Date.now() + 365 * 24 * hourMs } = options;
  const extensions = [
    ...(isCa ? [extension('2.5.29.19', sequence(element(0x01, Buffer.from([0xff]))))] : []),
    ...(names.length > 0 ? [extension('2.5.29.17', sequence(...names.map(generalName)))] : []),
  ];
  return sequence(
    element(0xa0, element(0x02, Buffer.from([2]))),
    element(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    commonName(issuer?.name ?? name),
    sequence(time(validFrom), time(validTo)),
    commonName(name),
    publicKey,
    ...(extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : []),
  );
}

function generalName(name: string | Buffer): Buffer {
  if (typeof name !== 'string') return element(0x82, name);
  return isIP(name) ? element(0x87, Buffer.from(name.split('.').map(Number))) : element(0x82, Buffer.from(name));
}

const commonName = (name: string) =>
  sequence(element(0x31, sequence(oid('2.5.4.3'), element(0x0c, Buffer.from(name)))));
const extension = (id: string, value: Buffer) => sequence(oid(id), element(0x04, value));
const bitString = (bytes: Buffer) => element(0x03, Buffer.concat([Buffer.from([0]), bytes]));
const sequence = (...parts: readonly Buffer[]) => element(0x30, Buffer.concat(parts));

/** GeneralizedTime; UTCTime ends in 2049. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]|\.\d+/g, '');
  return text < '2050' ? element(0x17, Buffer.from(text.slice(2))) : element(0x18, Buffer.from(text));
}

function oid(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((part) => {
    const digits = [part & 127];
    for (let left = part >> 7; left > 0; left >>= 7) digits.unshift((left & 127) | 128);
    return digits;
  });
  return element(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function element(tag: number, content: Buffer): Buffer {
  const size = content.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), content]);
}

const ecdsaWithSha256 = sequence(oid('1.2.840.10045.4.3.2'));
