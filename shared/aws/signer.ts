import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { RunProbeDeps } from '../app/probe/run.ts';
import { BurnwatchError } from '../config/model.ts';

type Signer = RunProbeDeps['signer'];
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Signs requests to AWS services (SigV4) with the credentials and, where none is named, the region of the environment, as
 * Lambda sets them. `now` is epoch ms. What is missing is a BurnwatchError that says what to set. Signed are the host, the
 * body, the type of it and `x-amz-…`: what any proxy on the way leaves alone.
 */
export function createSigner(environment: () => Environment, now: () => number): Signer {
  return (service, region) => async (request) => {
    const signer = openSigner(service, region, environment());
    const { method, url, body } = request;
    const headers: Readonly<Record<string, string>> = { host: url.host, ...signable(request.headers) };
    const path = isObjectStore(service) ? canonicalPath(url.pathname) : url.pathname;
    const toSign = { method, protocol: url.protocol, hostname: url.hostname, path, query: queryOf(url), headers };
    const signed = await signer.sign({ ...toSign, ...(body ? { body } : {}) }, { signingDate: new Date(now()) });
    return Object.fromEntries(Object.entries(signed.headers).filter(([name, value]) => headers[name] !== value));
  };
}

function openSigner(service: string, region: string | undefined, environment: Environment): SignatureV4 {
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const place = region ?? AWS_REGION ?? AWS_DEFAULT_REGION;
  if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
    const mend = 'eval "$(aws configure export-credentials --format env)"';
    throw new BurnwatchError(
      'BURN_CREDENTIALS_MISSING',
      `there are no AWS credentials to sign with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (${mend})`,
    );
  }
  if (!place) {
    throw new BurnwatchError(
      'BURN_REGION_MISSING',
      'there is no AWS region to sign for: set AWS_REGION, or auth.region on the monitor',
    );
  }
  return new SignatureV4({
    service,
    region: place,
    credentials: {
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    },
    sha256: Sha256,
    uriEscapePath: !isObjectStore(service),
  });
}

function signable(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(host|content-type|x-amz-.*)$/.test(name)));
}

/** S3 takes a path as its parts, encoded once; every other service encodes what was sent once more. */
const isObjectStore = (service: string): boolean => service === 's3' || service === 's3express';

function canonicalPath(path: string): string {
  return path
    .split('/')
    .map((part) => encode(decode(part)))
    .join('/');
}

/** AWS reads a plus as itself, as RFC 3986 does. */
function queryOf({ search }: URL): Record<string, string[]> {
  const pairs = search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '');
  const fields = pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=');
    return { name: decode(name), value: decode(value.join('=')) };
  });
  const byName = Map.groupBy(fields, ({ name }) => name);
  return Object.fromEntries([...byName].map(([name, all]) => [name, all.map(({ value }) => value)]));
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that begins no code: what is sent is no URL by the standard, and stands for itself.
    return text;
  }
}

/** What the signing library asks for, on Node's own hash: with a secret it is an HMAC. */
class Sha256 {
  readonly #hash: { update(data: string | Uint8Array): unknown; digest(): Buffer };
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', toKey(secret));
  }
  update(data: string | Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
}

function toKey(secret: string | ArrayBuffer | ArrayBufferView): string | Uint8Array {
  if (typeof secret === 'string') return secret;
  return ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);
}
