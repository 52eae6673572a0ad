import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { untilAborted } from '../clock/deadline.ts';
import { type AttemptError, codeOf } from './error.ts';
import { contextFor } from './tls-context.ts';
import { type TlsFailure, toTlsError } from './tls-error.ts';
import { readChain, rememberTls, type ServedChain } from './tls-facts.ts';
import type { CertificateFacts, ResolvedTls } from './tls-model.ts';

export { prepareTls } from './tls-context.ts';
export { describeTls } from './tls-facts.ts';

/** Loaded when the first TLS target is probed: a static import costs every cold start 8 ms. */
const loadTls = () => process.getBuiltinModule('node:tls');

export type TlsOptions = {
  /** The host that was connected to, without brackets: the name that the certificate must be for, unless `settings` names one. */
  readonly host: string;
  readonly settings: ResolvedTls;
  /** Offered by ALPN, e.g. `['http/1.1']`; empty where the protocol has none. */
  readonly alpn: readonly string[];
  readonly signal: AbortSignal;
  /** Called inside the socket's own callback. */
  readonly onSecured?: () => void;
  /** Told what the target served, also when that is refused. */
  readonly onCertificate?: (facts: CertificateFacts) => void;
};

/**
 * Speaks TLS on a connected socket, with the certificate and its name verified unless the settings say otherwise. Rejects
 * with an AttemptError of type `tls` (`monitor` where the settings themselves cannot be used), or with the signal's reason;
 * then the socket is destroyed.
 */
export function secureConnection(socket: Socket, options: TlsOptions): Promise<TLSSocket> {
  const { host, settings, alpn, signal, onSecured, onCertificate } = options;
  const name = settings.servername ?? host;
  return untilAborted<TLSSocket>(signal, (resolve, reject) => {
    const check = checkName(name);
    const secured = tryConnect(socket, { ...check.options, ...connectOptions(name, alpn) }, settings, reject);
    if (!secured) return () => {};
    const abandon = () => {
      secured.removeAllListeners();
      // It is given up: what it still has to say is of no interest.
      secured.on('error', () => {});
      secured.destroy();
      socket.destroy();
    };
    const fail = (error: unknown, chain?: ServedChain) => {
      const isAsked = isCertificateAsked(secured);
      abandon();
      reject(toTlsError(error, { name, settings, alpn, isAsked, isSecured: false, ...(chain ? { chain } : {}) }));
    };
    const onClose = () => fail(new Error('closed'));
    secured.once('secureConnect', () => {
      onSecured?.();
      const fault = check.fault(secured);
      const isRefused = fault !== undefined && settings.rejectUnauthorized;
      const chain = readChain(secured, name, isRefused);
      if (chain.facts) onCertificate?.(chain.facts);
      if (isRefused) return fail(fault, chain);
      rememberTls(secured, chain, fault === undefined);
      failures.set(secured, { name, settings, alpn, isAsked: isCertificateAsked(secured), isSecured: true });
      secured.removeListener('error', fail);
      secured.removeListener('close', onClose);
      resolve(secured);
    });
    secured.once('error', fail);
    secured.once('close', onClose);
    return abandon;
  });
}

/** What is said of a connection that breaks after it was secured. */
const failures = new WeakMap<Socket, TlsFailure>();

/**
 * Why a secured connection broke, where that is a matter of TLS: under TLS 1.3 a target refuses certificates only after the
 * handshake. Undefined for any other fault.
 */
export function explainSecured(socket: Socket, error: unknown): AttemptError | undefined {
  const failure = codeOf(error).startsWith('ERR_SSL_') ? failures.get(socket) : undefined;
  return failure && toTlsError(error, failure);
}

/** Whether the target of a secured connection asked for a client certificate and got none. */
export function isCertificateMissing(socket: Socket): boolean {
  const failure = failures.get(socket);
  return failure ? failure.isAsked && failure.settings.cert === undefined : false;
}

/** Undefined, and rejected, when the settings cannot be used. */
function tryConnect(
  socket: Socket,
  options: ConnectionOptions,
  settings: ResolvedTls,
  reject: (error: unknown) => void,
): TLSSocket | undefined {
  try {
    return withBriefCertificate(loadTls().connect({ socket, secureContext: contextFor(settings), ...options }));
  } catch (error) {
    socket.destroy();
    reject(error);
    return undefined;
  }
}

/** To compare names Node asks for the whole chain, field by field, a tenth of the CPU of a connection: the leaf will do. */
export function withBriefCertificate(socket: TLSSocket): TLSSocket {
  const value = socket.getPeerCertificate.bind(socket, false);
  return Object.defineProperty(socket, 'getPeerCertificate', { value });
}

export function connectOptions(name: string, alpn: readonly string[]): ConnectionOptions {
  return {
    host: name,
    ...(isIP(name) ? {} : { servername: name }),
    ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
  };
}

/**
 * Node verifies the chain in every case. It is told not to reject by itself, so that the target's certificates are there to
 * say what is wrong, and so that no variable of the environment decides.
 */
export function checkName(name: string) {
  let nameFault: Error | undefined;
  const options: ConnectionOptions = {
    rejectUnauthorized: false,
    checkServerIdentity: (_host, certificate) => {
      nameFault = loadTls().checkServerIdentity(name, certificate);
      return nameFault;
    },
  };
  /** Undefined when chain and name are as they should be. */
  const fault = ({ authorized, authorizationError }: TLSSocket): Error | undefined => {
    if (authorized) return undefined;
    return nameFault ?? Object.assign(new Error('not verified'), { code: String(authorizationError) });
  };
  return { options, fault };
}

/** Signature algorithms are shared with a server only when it asks for a certificate. */
export function isCertificateAsked(socket: TLSSocket): boolean {
  try {
    return socket.getSharedSigalgs().length > 0;
  } catch {
    // A connection that is gone says nothing any more.
    return false;
  }
}
