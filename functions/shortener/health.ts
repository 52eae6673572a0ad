import { type Answer, jsonAnswer } from './http.ts';
import { type Dependencies, StoreError } from './ports.ts';

/** At a sandbox's start: one read and at most two more, so that the first connection may fail. */
const startAttempts = 3;
const firstPauseMs = 100;
const attemptMs = 1_000;

/** Says that the function runs; asks nobody else. */
export function checkLiveness(now: number): Answer {
  return jsonAnswer(200, { status: 'ok', time: new Date(now).toISOString() });
}

/**
 * A check of the database, by one strongly consistent read. Only the first check of a sandbox tries again, after full
 * jitter over 100 and 200 ms (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/); later ones
 * say what they see, at once, because retries would hide the outage that the check is there to show.
 */
export function createReadiness(
  { store, now, sleep, random }: Pick<Dependencies, 'store' | 'now' | 'sleep' | 'random'>,
  onFailure: (error: unknown) => void,
): (signal: AbortSignal) => Promise<Answer> {
  let attemptsLeft = startAttempts;
  const read = (signal: AbortSignal) => store.ping(AbortSignal.any([signal, AbortSignal.timeout(attemptMs)]));

  const tryUntilStarted = async (signal: AbortSignal): Promise<unknown> => {
    for (let pauseMs = firstPauseMs; ; pauseMs *= 2) {
      attemptsLeft -= 1;
      const trouble = await read(signal).then(
        () => undefined,
        (error: unknown) => error ?? new Error('unknown'),
      );
      if (trouble === undefined) attemptsLeft = 0;
      if (attemptsLeft <= 0 || signal.aborted) return trouble;
      // Cut short, the pause ends here and the next read says why.
      await sleep(random() * pauseMs, signal).catch(() => undefined);
    }
  };

  return async (signal) => {
    const trouble = await tryUntilStarted(signal);
    const time = new Date(now()).toISOString();
    if (trouble === undefined) return jsonAnswer(200, { status: 'ok', time });
    onFailure(trouble);
    const reason = trouble instanceof StoreError ? `database-${trouble.reason}` : 'database-unavailable';
    return jsonAnswer(503, { status: 'error', time, reason });
  };
}
