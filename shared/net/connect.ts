import { connect, isIPv6, type Socket } from 'node:net';
import { untilAborted } from '../clock/deadline.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';

/** How long one address may take before the next one is tried beside it (RFC 8305 §5). */
const nextAddressAfterMs = 250;

export type ConnectOptions = {
  readonly addresses: readonly string[];
  readonly port: number;
  readonly signal: AbortSignal;
  /** Called inside the socket's own callback, before anything else can delay it. */
  readonly onConnected?: () => void;
};

/**
 * Opens a TCP connection to the first of the addresses that answers, in order: the next one is tried when one fails, or
 * beside it when it takes too long, so that a dead address does not eat the attempt. Rejects with an AttemptError, or with
 * the signal's reason; no socket but the returned one stays open.
 */
export function openConnection({ addresses, port, signal, onConnected }: ConnectOptions): Promise<Socket> {
  const pending = new Set<Socket>();
  let next = 0;
  let timer: NodeJS.Timeout | undefined;
  return untilAborted<Socket>(signal, (resolve, reject) => {
    const abandon = (kept?: Socket) => {
      clearTimeout(timer);
      for (const socket of pending) if (socket !== kept) discard(socket);
    };
    const tryNext = (failure?: unknown) => {
      clearTimeout(timer);
      const address = addresses[next];
      next += 1;
      if (address === undefined) {
        if (failure !== undefined && pending.size === 0) reject(toConnectError(failure, addresses, port));
        return;
      }
      const socket = connect({ host: address, port, noDelay: true });
      pending.add(socket);
      const onError = (error: Error) => {
        pending.delete(socket);
        tryNext(error);
      };
      socket.once('error', onError);
      socket.once('connect', () => {
        onConnected?.();
        socket.removeListener('error', onError);
        abandon(socket);
        resolve(socket);
      });
      if (next < addresses.length) timer = setTimeout(tryNext, nextAddressAfterMs);
    };
    if (addresses.length === 0) reject(new AttemptError('resolve', 'there is no address to connect to'));
    else tryNext();
    return abandon;
  });
}

function discard(socket: Socket): void {
  socket.removeAllListeners();
  // Whatever a socket that nobody waits for still has to say is of no interest.
  socket.on('error', () => {});
  socket.destroy();
}

/** Why none of the addresses could be reached, in one sentence. */
export function toConnectError(error: unknown, addresses: readonly string[], port: number): AttemptError {
  if (error instanceof AttemptError) return error;
  const code = codeOf(error);
  const where = addresses
    .map((address) => (isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`))
    .join(', ');
  if (
    ['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL'].includes(code) &&
    addresses.every((address) => isIPv6(address))
  ) {
    return new AttemptError('monitor', `the target has IPv6 addresses only, and IPv6 is not available here (${code})`, {
      cause: error,
    });
  }
  const own = ownFault(error);
  if (own) return own;
  return new AttemptError('connect', `${sentences[code] ?? 'no connection could be made to'} ${where} (${code})`, {
    cause: error,
  });
}

const sentences: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection was refused by',
  ECONNRESET: 'the connection was reset by',
  ETIMEDOUT: 'the connection was not answered by',
  EHOSTUNREACH: 'there is no route to',
  ENETUNREACH: 'there is no route to',
};
