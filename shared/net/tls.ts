import { isIP, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { untilAborted } from '../clock/deadline.ts';
import type { TlsVersion } from '../config/model.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';

/** Loaded when the first TLS target is probed: a static import costs every cold start 8 ms. */
const loadTls = () => process.getBuiltinModule('node:tls');

/** Resolved: no references are left in it. Certificates and keys are PEM. */
export type ResolvedTls = {
  readonly rejectUnauthorized: boolean;
  readonly servername?: string;
  readonly minVersion?: TlsVersion;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
};
export const defaultTls: ResolvedTls = { rejectUnauthorized: true };

/** Creating a context parses every root certificate; it holds no state of a connection, so one serves all of them. */
let sharedContext: SecureContext | undefined;

/** Does once, before anything is measured, what the first TLS connection of a process needs. */
export function prepareTls(): SecureContext {
  sharedContext ??= loadTls().createSecureContext();
  return sharedContext;
}

export type TlsOptions = {
  /** The host that was connected to, without brackets: the name that the certificate must be for, unless `settings` names one. */
  readonly host: string;
  readonly settings: ResolvedTls;
  /** Offered by ALPN, e.g. `['http/1.1']`; empty where the protocol has none. */
  readonly alpn: readonly string[];
  readonly signal: AbortSignal;
  /** Called inside the socket's own callback. */
  readonly onSecured?: () => void;
};

/** What is known of a TLS connection, for assertions. */
export type TlsFacts = {
  /** `TLSv1.3` */
  readonly version: string;
  /** OpenSSL's name of it, e.g. `TLS_AES_256_GCM_SHA384`. */
  readonly cipher: string;
  /** Empty where none was agreed on. */
  readonly alpn: string;
  /** Whether the certificate was verified, whatever `rejectUnauthorized` says. */
  readonly isAuthorized: boolean;
  readonly certificate?: CertificateFacts;
};
export type CertificateFacts = {
  /** The earliest end of validity in the whole chain that the target served; epoch ms. */
  readonly expiresAt: number;
  /** `CN=…, O=…` of the leaf and of its issuer. */
  readonly subject: string;
  readonly issuer: string;
  /** The names (DNS and IP) that the leaf is for. */
  readonly names: readonly string[];
  /** Hex digits, upper case, without separators. */
  readonly serialNumber: string;
  readonly fingerprint256: string;
  /** Certificates that the target served, the leaf included. */
  readonly chainLength: number;
};

/**
 * Speaks TLS on a connected socket, with the certificate and its name verified unless the settings say otherwise. Rejects
 * with an AttemptError of type `tls` (`monitor` where the settings themselves cannot be used), or with the signal's reason;
 * then the socket is destroyed.
 */
export function secureConnection(socket: Socket, options: TlsOptions): Promise<TLSSocket> {
  const { host, settings, alpn, signal, onSecured } = options;
  const name = settings.servername ?? host;
  return untilAborted<TLSSocket>(signal, (resolve, reject) => {
    const secured = loadTls().connect({
      socket,
      host: name,
      ...(isIP(name) ? {} : { servername: name }),
      secureContext: prepareTls(),
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    });
    const abandon = () => {
      secured.removeAllListeners();
      // It is given up: what it still has to say is of no interest.
      secured.on('error', () => {});
      secured.destroy();
      socket.destroy();
    };
    const fail = (error: unknown) => {
      abandon();
      reject(toAttemptError(error, name));
    };
    secured.once('secureConnect', () => {
      onSecured?.();
      secured.removeListener('error', fail);
      secured.removeListener('close', onClose);
      resolve(secured);
    });
    const onClose = () => fail(new Error('closed'));
    secured.once('error', fail);
    secured.once('close', onClose);
    return abandon;
  });
}

function toAttemptError(error: unknown, hostname: string): AttemptError {
  const own = ownFault(error);
  if (own) return own;
  const code = codeOf(error);
  const sentence = sentences[code] ?? 'the TLS handshake failed';
  return new AttemptError('tls', `${sentence}: ${hostname}${code ? ` (${code})` : ''}`, { cause: error });
}

const sentences: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate chain ends in a root that is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT: 'the certificate chain is incomplete',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the issuer of the certificate is not trusted',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the port does not speak TLS',
  ECONNRESET: 'the connection was closed during the TLS handshake',
  EPIPE: 'the connection was closed during the TLS handshake',
};
