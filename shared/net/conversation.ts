import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/deadline.ts';
import type { ErrorType } from '../config/model.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';
import type { Phase, Stopwatch } from './phases.ts';
import { explainSecured } from './tls.ts';

export type ConversationOptions = {
  /** More than this is not taken: it ends the conversation with an error of `limitType`. */
  readonly limitBytes: number;
  readonly limitType: ErrorType;
  readonly signal: AbortSignal;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly stopwatch: Stopwatch;
  readonly onPhase: (phase: Phase) => void;
};

/** What is said over one connection. All of it rejects with an AttemptError, or with the signal's reason. */
export type Conversation = {
  /** All that came so far, before and after TLS began. */
  received(): Buffer;
  /** Resolves when the system has taken all of it. */
  send(bytes: Buffer): Promise<void>;
  /**
   * Resolves with what `look` finds; it is asked at once, and again when more came. What came before
   * a close still counts; what it throws is the rejection.
   */
  find<T>(look: (received: Buffer) => T | undefined): Promise<T>;
  /** Goes on over what `secure` makes of the connection. Call it when nothing else is under way. */
  upgrade<S extends Socket>(secure: (socket: Socket) => Promise<S>): Promise<S>;
  /** Ends the connection. Always call it. */
  close(): void;
};

/**
 * Listens on a connected socket, which it owns from then on. The time until the first byte is `processing`, after that it is
 * `transfer`, each up to the last byte that came.
 */
export function converse(connected: Socket, options: ConversationOptions): Conversation {
  const talk: Talk = { options, store: createStore(options.limitBytes), socket: connected, leave: () => {} };
  listen(talk);
  return {
    received: talk.store.received,
    send: (bytes) => send(talk, bytes),
    find: (look) => find(talk, look),
    upgrade: (secure) => upgrade(talk, secure),
    close: () => {
      talk.leave();
      talk.socket.destroy();
      connected.destroy();
    },
  };
}

/** One conversation under way. */
type Talk = {
  readonly options: ConversationOptions;
  readonly store: ReturnType<typeof createStore>;
  socket: Socket;
  /** Takes the listeners off the socket. */
  leave: () => void;
  /** Why nothing more comes. */
  failure?: AttemptError;
  /** Told when something came, or nothing more comes. */
  onNews?: (() => void) | undefined;
};

function listen(talk: Talk): void {
  const { socket, store, options } = talk;
  const fail = (error: AttemptError) => {
    talk.failure ??= error;
    talk.onNews?.();
  };
  const onData = (chunk: Buffer) => {
    options.stopwatch.mark(phaseOf(talk));
    const fits = store.add(chunk);
    options.onPhase('transfer');
    if (fits) return talk.onNews?.();
    // First: what is still being sent ends with the connection, and must not be what is said.
    fail(new AttemptError(options.limitType, `the target sent more than ${options.limitBytes} bytes`));
    socket.destroy();
  };
  const onError = (error: Error) => fail(toConversationError(error, socket));
  const onClose = () => fail(new AttemptError('protocol', 'the target closed the connection'));
  socket.on('data', onData).on('error', onError).on('end', onClose).on('close', onClose);
  options.onPhase(phaseOf(talk));
  talk.leave = () => {
    socket.off('data', onData).off('error', onError).off('end', onClose).off('close', onClose);
    // What it still has to say is of no interest, but must not be an uncaught error.
    socket.on('error', () => {});
  };
}

function phaseOf({ store }: Talk): Phase {
  return store.received().length === 0 ? 'processing' : 'transfer';
}

function send(talk: Talk, bytes: Buffer): Promise<void> {
  const { socket, options } = talk;
  return untilAborted<void>(options.signal, (resolve, reject) => {
    if (talk.failure) reject(talk.failure);
    else {
      socket.write(bytes, (error) => (error ? reject(talk.failure ?? toConversationError(error, socket)) : resolve()));
    }
    return () => {};
  });
}

/** A look takes at most one part in ten of the time: what drips in must not cost more than what comes at once. */
const restAfterLook = 9;

function find<T>(talk: Talk, look: (received: Buffer) => T | undefined): Promise<T> {
  const { store, options } = talk;
  const { clock, signal } = options;
  let timer: NodeJS.Timeout | undefined;
  return untilAborted<T>(signal, (resolve, reject) => {
    let restUntilMs = 0;
    const lookNow = () => {
      clearTimeout(timer);
      timer = undefined;
      const startedAtMs = clock.monotonicMs();
      try {
        const found = look(store.received());
        if (found !== undefined) resolve(found);
        else if (talk.failure) reject(talk.failure);
      } catch (error) {
        reject(error);
      }
      const endedAtMs = clock.monotonicMs();
      restUntilMs = endedAtMs + restAfterLook * (endedAtMs - startedAtMs);
    };
    talk.onNews = () => {
      const restMs = restUntilMs - clock.monotonicMs();
      if (talk.failure || restMs <= 0) lookNow();
      else timer ??= setTimeout(lookNow, restMs);
    };
    talk.onNews();
    return () => {};
  }).finally(() => {
    clearTimeout(timer);
    talk.onNews = undefined;
  });
}

async function upgrade<S extends Socket>(talk: Talk, secure: (socket: Socket) => Promise<S>): Promise<S> {
  const { failure, options, socket } = talk;
  if (failure) throw failure;
  options.stopwatch.mark(phaseOf(talk));
  options.onPhase('tls');
  talk.leave();
  const secured = await secure(socket);
  talk.socket = secured;
  listen(talk);
  return secured;
}

/** Bytes in the order in which they came, in one block that grows to at most twice what is in it. */
function createStore(limitBytes: number) {
  let block = Buffer.alloc(0);
  let length = 0;
  return {
    received: () => block.subarray(0, length),
    /** False when it is more than the limit: then only what fits is kept. */
    add: (chunk: Buffer): boolean => {
      const needed = Math.min(limitBytes, length + chunk.length);
      if (needed > block.length) {
        const larger = Buffer.alloc(Math.min(limitBytes, Math.max(needed, 2 * block.length)));
        block.copy(larger, 0, 0, length);
        block = larger;
      }
      const copied = chunk.copy(block, length, 0, needed - length);
      length = needed;
      return copied === chunk.length;
    },
  };
}

function toConversationError(error: unknown, socket: Socket): AttemptError {
  const known = ownFault(error) ?? explainSecured(socket, error);
  if (known) return known;
  const code = codeOf(error);
  const isReset = code === 'ECONNRESET' || code === 'EPIPE';
  const sentence = isReset ? 'the target reset the connection' : 'the connection broke';
  return new AttemptError('protocol', code ? `${sentence} (${code})` : sentence, { cause: error });
}
