import type { ErrorType } from '../../shared/config/model.ts';
import type { LoadOptions, LoadSlot, OpenLoadClient } from '../../shared/http/load-model.ts';
import type { HttpAttempt } from '../../shared/http/model.ts';

export type FakeAnswer = { readonly status: number; readonly errorType?: ErrorType; readonly afterMs?: number };

/** A client without sockets: what it was told, and answers as `answer` says, after the ms of the options' clock. */
export function fakeLoad(
  answer: (attempt: HttpAttempt, sent: number) => FakeAnswer = () => ({ status: 200 }),
  prepare: (attempt: HttpAttempt) => void = () => {},
) {
  const seen = { prepared: [] as HttpAttempt[], sent: [] as HttpAttempt[], closed: 0, options: [] as LoadOptions[] };
  const openClient: OpenLoadClient = (options) => {
    seen.options.push(options);
    return {
      prepare: async (attempt) => {
        seen.prepared.push(attempt);
        prepare(attempt);
        return Object.assign({ url: new URL(attempt.url) }, { attempt });
      },
      send: (request, slot) => {
        const { attempt } = request as unknown as { attempt: HttpAttempt };
        seen.sent.push(attempt);
        slot.begin();
        const { status, errorType, afterMs = 1 } = answer(attempt, seen.sent.length);
        void options.clock.sleep(afterMs).then(() => slot.done(status, errorType));
      },
      close: () => {
        seen.closed += 1;
      },
    };
  };
  return { seen, openClient };
}

/** A slot that remembers what it was told: `begin`, `200`, `0 resolve`. */
export function fakeSlot() {
  const told: string[] = [];
  const ended = Promise.withResolvers<void>();
  const slot: LoadSlot = {
    begin: () => void told.push('begin'),
    done: (status, errorType) => {
      told.push(errorType === undefined ? String(status) : `${status} ${errorType}`);
      ended.resolve();
    },
  };
  return { slot, told, ended: ended.promise };
}
