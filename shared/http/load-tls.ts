import type { OnReadOpts } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type AttemptError, codeOf } from '../net/error.ts';
import { checkName, connectOptions, isCertificateAsked, withBriefCertificate } from '../net/tls.ts';
import { contextFor } from '../net/tls-context.ts';
import { toTlsError } from '../net/tls-error.ts';
import type { ResolvedTls } from '../net/tls-model.ts';

/** Loaded when the first TLS target is asked for: a static import costs every cold start 8 ms. */
const loadTls = () => process.getBuiltinModule('node:tls');

const alpn = ['http/1.1'];

export type SecureOptions = {
  /** The address to connect to. */
  readonly host: string;
  readonly port: number;
  readonly onread: OnReadOpts;
  /** The host that is meant: the name that the certificate must be for, unless `settings` names one. */
  readonly name: string;
  readonly settings: ResolvedTls;
};

export type Secured = {
  readonly socket: TLSSocket;
  /** Why it broke, where that is a matter of TLS; `hasHead`: of an answer. */
  explain(error: unknown, hasHead: boolean): AttemptError | undefined;
};

/**
 * Opens a TCP connection and speaks TLS on it, verified as secureConnection does, but keeps no facts of the certificates.
 * `onSecured` is called in the socket's own callback, with a fault where the target is not to be trusted. Throws an
 * AttemptError of type `monitor` when the settings cannot be used.
 */
export function connectSecurely(options: SecureOptions, onSecured: (fault?: AttemptError) => void): Secured {
  const { host, port, onread, settings } = options;
  const name = settings.servername ?? options.name;
  const check = checkName(name);
  const to = { ...connectOptions(name, alpn), host, port, onread, secureContext: contextFor(settings) };
  const socket = withBriefCertificate(loadTls().connect({ ...check.options, ...to }));
  socket.setNoDelay(true);
  let isSecured = false;
  let isAsked = false;
  const explain = (error: unknown) => toTlsError(error, { name, settings, alpn, isAsked, isSecured });
  socket.once('secureConnect', () => {
    isAsked = isCertificateAsked(socket);
    const fault = settings.rejectUnauthorized ? check.fault(socket) : undefined;
    if (fault) return onSecured(explain(fault));
    isSecured = true;
    return onSecured();
  });
  return {
    socket,
    explain: (error, hasHead) => {
      // Under TLS 1.3 a target refuses certificates only after the handshake, some by closing without a word.
      const isMissing = isAsked && settings.cert === undefined && !hasHead;
      return !isSecured || codeOf(error).startsWith('ERR_SSL_') || isMissing ? explain(error) : undefined;
    },
  };
}
