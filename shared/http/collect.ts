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
  let block: Buffer = Buffer.alloc(0);
  let head: ResponseHead | undefined;
  let length = 0;
  let isSettled = false;
  const finish = (isCut: boolean) => {
    if (isSettled || !head) return;
    isSettled = true;
    stopwatch.mark('transfer');
    resolve({ ...head, body: block.subarray(0, Math.min(length, maxBodyBytes)), isCut });
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
      block = append(block, chunk, length, maxBodyBytes);
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

/**
 * The block with the chunk at `length`, up to the limit; a larger one where it does not fit. Chunks are views of what was
 * read, and small ones among much else would keep all of that.
 */
function append(block: Buffer, chunk: Buffer, length: number, limit: number): Buffer {
  const needed = Math.min(limit, length + chunk.length);
  let grown = block;
  if (needed > block.length) {
    grown = Buffer.alloc(Math.min(limit, Math.max(needed, 2 * block.length)));
    block.copy(grown, 0, 0, length);
  }
  if (needed > length) chunk.copy(grown, length, 0, needed - length);
  return grown;
}
