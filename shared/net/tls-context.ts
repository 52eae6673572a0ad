import type { SecureContext } from 'node:tls';
import { AttemptError, codeOf } from './error.ts';
import type { ResolvedTls } from './tls-model.ts';

/** Loaded when the first TLS target is probed: static imports cost every cold start 8 ms. */
const loadTls = () => process.getBuiltinModule('node:tls');
const loadCrypto = () => process.getBuiltinModule('node:crypto');

/** Creating a context parses every root certificate; it holds no state of a connection, so one serves all of them. */
let sharedContext: SecureContext | undefined;

/** Contexts of monitors with settings of their own, the one used last at the end. */
const ownContexts = new Map<string, SecureContext>();
/** More than this many different settings in one process are made anew each time. */
const ownContextsLimit = 64;

/**
 * Does once, before anything is measured, what the first TLS connection with these settings needs. Throws an AttemptError of
 * type `monitor` when a certificate or key cannot be used.
 */
export function prepareTls(settings: ResolvedTls = { rejectUnauthorized: true }): void {
  contextFor(settings);
}

/**
 * The context for these settings: the shared one where they ask for nothing of their own. Throws an AttemptError of type
 * `monitor` when a certificate or key cannot be used.
 */
export function contextFor({ minVersion, ca, cert, key }: ResolvedTls): SecureContext {
  if (minVersion === undefined && ca === undefined && cert === undefined && key === undefined) {
    sharedContext ??= loadTls().createSecureContext();
    return sharedContext;
  }
  const content = JSON.stringify([minVersion, ca, cert, key]);
  const context = ownContexts.get(content) ?? createContext({ minVersion, ca, cert, key });
  ownContexts.delete(content);
  ownContexts.set(content, context);
  const [oldest] = ownContexts.keys();
  if (ownContexts.size > ownContextsLimit && oldest !== undefined) ownContexts.delete(oldest);
  return context;
}

type OwnSettings = { readonly [Name in 'minVersion' | 'ca' | 'cert' | 'key']: ResolvedTls[Name] | undefined };

function createContext({ minVersion, ca, cert, key }: OwnSettings): SecureContext {
  if (ca !== undefined) checkCertificates('tls.ca', ca);
  if (cert !== undefined) checkCertificates('tls.cert', cert);
  if ((cert === undefined) !== (key === undefined)) throw unusable('tls.cert and tls.key belong together: set both');
  try {
    return loadTls().createSecureContext({
      ...(minVersion === undefined ? {} : { minVersion }),
      ...(ca === undefined ? {} : { ca }),
      ...(cert === undefined || key === undefined ? {} : { cert, key }),
    });
  } catch (cause) {
    const isOther = codeOf(cause) === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH';
    throw unusable(
      isOther ? 'tls.key is not the key of tls.cert' : 'tls.key is no PEM of a private key without a passphrase',
      cause,
    );
  }
}

const certificateBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** OpenSSL passes over what it cannot read, and then blames the target. */
function checkCertificates(name: string, pem: string): void {
  const blocks = pem.match(certificateBlock) ?? [];
  if (blocks.length === 0) throw unusable(`${name} holds no PEM of a certificate`);
  const { X509Certificate } = loadCrypto();
  for (const [index, block] of blocks.entries()) {
    try {
      new X509Certificate(block);
    } catch (cause) {
      throw unusable(`${name} cannot be read: its certificate ${index + 1} of ${blocks.length} is broken`, cause);
    }
  }
}

function unusable(sentence: string, cause?: unknown): AttemptError {
  return new AttemptError('monitor', sentence, cause === undefined ? {} : { cause });
}
