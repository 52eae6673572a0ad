/** A span that ends by itself: its signal is aborted after `ms`, or when the outer signal is. */
export type Deadline = {
  readonly signal: AbortSignal;
  /** True once the span is over; false while it runs, and when the outer signal came first. */
  isExpired(): boolean;
  /** Takes the timer and the listener away. Always call it. */
  end(): void;
};

/** Why a signal was aborted: the span is over. */
export class DeadlineExceeded extends Error {
  constructor(ms: number) {
    super(`not done within ${ms} ms`);
    this.name = 'DeadlineExceeded';
  }
}

/** Starts a span of `ms` milliseconds (at least 0) inside the outer one. */
export function startDeadline(ms: number, outer?: AbortSignal): Deadline {
  const controller = new AbortController();
  let expired = false;
  const timer = setTimeout(() => {
    expired = !controller.signal.aborted;
    controller.abort(new DeadlineExceeded(ms));
  }, ms);
  const stop = () => controller.abort(outer?.reason);
  if (outer?.aborted) stop();
  outer?.addEventListener('abort', stop, { once: true });
  return {
    signal: controller.signal,
    isExpired: () => expired,
    end: () => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', stop);
    },
  };
}

/**
 * Runs `start` with a function that settles it, and `abandon` when the signal is aborted first (the promise then rejects
 * with the signal's reason). Nothing stays behind on the signal.
 */
export function untilAborted<T>(
  signal: AbortSignal,
  start: (resolve: (value: T) => void, reject: (error: unknown) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal.aborted) {
      reject(signal.reason);
      return;
    }
    const done = () => signal.removeEventListener('abort', onAbort);
    const onAbort = () => {
      abandon();
      reject(signal.reason);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    const abandon = start(
      (value) => {
        done();
        resolve(value);
      },
      (error) => {
        done();
        reject(error);
      },
    );
  });
}

/**
 * What `work` gives, if it does so within `ms` and before the outer signal is aborted; rejects with why not, or with its own
 * error. What it still does then is left alone.
 */
export async function within<T>(ms: number, outer: AbortSignal, work: () => Promise<T>): Promise<T> {
  const deadline = startDeadline(ms, outer);
  try {
    return await untilAborted<T>(deadline.signal, (resolve, reject) => {
      work().then(resolve, reject);
      return () => {};
    });
  } finally {
    deadline.end();
  }
}
