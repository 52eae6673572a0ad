import { isIP, type Socket } from 'node:net';
import type { SecureContext, TLSSocket } from 'node:tls';
import { untilAborted } from '../clock/deadline.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';

/** Loaded when the first https target is probed: a static import costs every cold start 8 ms. */
const loadTls = () => process.getBuiltinModule('node:tls');

/** Creating a context parses every root certificate; it holds no state of a connection, so one serves all of them. */
let sharedContext: SecureContext | undefined;

/** Does once, before anything is measured, what the first TLS connection of a process needs. */
export function prepareTls(): SecureContext {
  sharedContext ??= loadTls().createSecureContext();
  return sharedContext;
}

export type TlsOptions = {
  /** The host of the URL, without brackets: the name that the certificate must be for. */
  readonly hostname: string;
  readonly signal: AbortSignal;
  /** Called inside the socket's own callback. */
  readonly onSecured?: () => void;
};

/**
 * Speaks TLS on a connected socket, HTTP/1.1 by ALPN, with the certificate and its name verified. Rejects with an
 * AttemptError of type `tls`, or with the signal's reason; then the socket is destroyed.
 */
export function secureConnection(socket: Socket, { hostname, signal, onSecured }: TlsOptions): Promise<TLSSocket> {
  const secureContext = prepareTls();
  return untilAborted<TLSSocket>(signal, (resolve, reject) => {
    const secured = loadTls().connect({
      socket,
      host: hostname,
      ...(isIP(hostname) ? {} : { servername: hostname }),
      secureContext,
      ALPNProtocols: ['http/1.1'],
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
      reject(toAttemptError(error, hostname));
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
