import type { Socket } from 'node:net';
import type { Clock } from '../clock/clock.ts';
import { untilAborted } from '../clock/deadline.ts';
import type { ErrorType } from '../config/model.ts';
import { AttemptError, codeOf, ownFault } from './error.ts';
import type { Phase, Stopwatch } from './phases.ts';

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

/** A look takes at most one part in so many of the time: what drips in must not cost more than what comes at once. */
const restAfterLook = 9;

/**
 * Listens on a connected socket, which it owns from then on. The time until the first byte is `processing`, after that it is
 * `transfer`, each up to the last byte that came.
 */
export function converse(connected: Socket, options: ConversationOptions): Conversation {
  const { limitBytes, signal, clock, stopwatch, onPhase } = options;
  const store = createStore(limitBytes);
  let socket = connected;
  let failure: AttemptError | undefined;
  let onNews: (() => void) | undefined;

  const fail = (error: AttemptError) => {
    failure ??= error;
    onNews?.();
  };
  const currentPhase = (): Phase => (store.received().length === 0 ? 'processing' : 'transfer');
  const listeners = {
    data: (chunk: Buffer) => {
      stopwatch.mark(currentPhase());
      if (!store.add(chunk)) {
        socket.destroy();
        fail(new AttemptError(options.limitType, `the target sent more than ${limitBytes} bytes`));
        return;
      }
      onPhase('transfer');
      onNews?.();
    },
    error: (error: Error) => fail(toConversationError(error)),
    end: () => fail(new AttemptError('protocol', 'the target closed the connection')),
    close: () => fail(new AttemptError('protocol', 'the target closed the connection')),
  };
  const listen = () => {
    for (const [event, listener] of Object.entries(listeners)) socket.on(event, listener);
    onPhase(currentPhase());
  };
  const leave = () => {
    for (const [event, listener] of Object.entries(listeners)) socket.removeListener(event, listener);
    // What it still has to say is of no interest, but must not be an uncaught error.
    socket.on('error', () => {});
  };
  listen();

  return {
    received: store.received,
    send: (bytes) =>
      untilAborted<void>(signal, (resolve, reject) => {
        if (failure) reject(failure);
        else socket.write(bytes, (error) => (error ? reject(failure ?? toConversationError(error)) : resolve()));
        return () => {};
      }),
    find: <T>(look: (received: Buffer) => T | undefined) => {
      let timer: NodeJS.Timeout | undefined;
      return untilAborted<T>(signal, (resolve, reject) => {
        let restUntilMs = 0;
        const lookNow = () => {
          timer = undefined;
          const startedAtMs = clock.monotonicMs();
          try {
            const found = look(store.received());
            if (found !== undefined) resolve(found);
            else if (failure) reject(failure);
          } catch (error) {
            reject(error);
          }
          const endedAtMs = clock.monotonicMs();
          restUntilMs = endedAtMs + restAfterLook * (endedAtMs - startedAtMs);
        };
        onNews = () => {
          const restMs = restUntilMs - clock.monotonicMs();
          if (failure || restMs <= 0) lookNow();
          else timer ??= setTimeout(lookNow, restMs);
        };
        onNews();
        return () => {};
      }).finally(() => {
        clearTimeout(timer);
        onNews = undefined;
      });
    },
    upgrade: async <S extends Socket>(secure: (socket: Socket) => Promise<S>) => {
      if (failure) throw failure;
      stopwatch.mark(currentPhase());
      onPhase('tls');
      leave();
      const secured = await secure(socket);
      socket = secured;
      listen();
      return secured;
    },
    close: () => {
      leave();
      socket.destroy();
      connected.destroy();
    },
  };
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

function toConversationError(error: unknown): AttemptError {
  const own = ownFault(error);
  if (own) return own;
  const code = codeOf(error);
  if (/^ERR_(SSL|TLS)/.test(code)) return new AttemptError('tls', `the target ended TLS (${code})`, { cause: error });
  const isReset = code === 'ECONNRESET' || code === 'EPIPE';
  const sentence = isReset ? 'the target reset the connection' : 'the connection broke';
  return new AttemptError('protocol', code ? `${sentence} (${code})` : sentence, { cause: error });
}
