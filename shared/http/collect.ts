import type { AttemptError } from '../net/error.ts';
import type { Stopwatch } from '../net/phases.ts';
import type { ResponseEvents, ResponseHead } from './response-parser.ts';

/** One request and what is wanted of its response. */
export type Exchange = {
  readonly method: string;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  readonly maxBodyBytes: number;
  readonly signal: AbortSignal;
  readonly stopwatch: Stopwatch;
  /** True when the body of this response does not matter, e.g. because it is a redirect: it is not read. */
  readonly skipBody: (head: ResponseHead) => boolean;
  /** Told as soon as the status is known, so that it can be reported even when the body then fails. */
  readonly onHead: (head: ResponseHead) => void;
};

/** `isCut`: there was more of the body than was read. */
export type ResponseWithBody = ResponseHead & { readonly body: Buffer; readonly isCut: boolean };

export const closedInBody = 'the connection was closed in the middle of the body';
export const closedEarly = 'the target closed the connection without an answer';

/** Takes a response as it comes. Settles once; what comes after is dropped. */
export type Collector = ResponseEvents & {
  readonly fail: (error: AttemptError) => void;
  readonly hasHead: () => boolean;
  readonly isSettled: () => boolean;
};

/** Collects one response, its body up to the limit, and charges the time to its phases inside the callbacks. */
export function createCollector(
  { stopwatch, maxBodyBytes, onHead, skipBody }: Exchange,
  resolve: (response: ResponseWithBody) => void,
  reject: (error: AttemptError) => void,
): Collector {
  const chunks: Buffer[] = [];
  let head: ResponseHead | undefined;
  let length = 0;
  let isSettled = false;
  const finish = (isCut: boolean) => {
    if (isSettled || !head) return;
    isSettled = true;
    stopwatch.mark('transfer');
    const [only = Buffer.alloc(0)] = chunks;
    resolve({ ...head, body: chunks.length > 1 ? Buffer.concat(chunks) : only, isCut });
  };
  return {
    onFirstByte: () => {
      if (!isSettled) stopwatch.mark('processing');
    },
    onHead: (received) => {
      if (isSettled) return;
      head = received;
      onHead(received);
      if (skipBody(received)) finish(false);
    },
    onData: (chunk) => {
      if (isSettled) return;
      const room = maxBodyBytes - length;
      if (room > 0) chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      length += chunk.length;
      if (length > maxBodyBytes) finish(true);
    },
    onEnd: () => finish(false),
    fail: (error) => {
      if (isSettled) return;
      isSettled = true;
      stopwatch.mark(head ? 'transfer' : 'processing');
      reject(error);
    },
    hasHead: () => head !== undefined,
    isSettled: () => isSettled,
  };
}
