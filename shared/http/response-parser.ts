import { AttemptError } from '../net/error.ts';

/** The head of a response. Names in lower case; several lines of one name are joined by `, `. */
export type ResponseHead = {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** What the parser finds, in the order in which it comes. What a callback throws, `feed` and `end` throw. */
export type ResponseEvents = {
  /** The first byte of a response, of each interim one too. */
  readonly onFirstByte: () => void;
  /** Once, for the final response. */
  readonly onHead: (head: ResponseHead) => void;
  /** A view of what was fed. */
  readonly onData: (chunk: Buffer) => void;
  readonly onEnd: () => void;
};

export type ResponseParser = {
  /** Takes the next bytes of the connection. Throws an AttemptError when they are no answer; bytes after the end are ignored. */
  feed(chunk: Buffer): void;
  /** The target closed its side: is the answer whole? */
  end(): boolean;
};

/** Header names and values of one response together, its status line included; real ones stay under 16 kB. */
export const headBytesLimit = 32 * 1_024;
export const headerCountLimit = 500;
export const interimResponsesLimit = 20;

type State = 'status' | 'headers' | 'length' | 'close' | 'chunkSize' | 'chunkData' | 'chunkEnd' | 'trailers' | 'done';

/** Reads one HTTP/1.1 response (RFC 9112) to a request of this method, from bytes in whatever pieces they come. */
export function createResponseParser(method: string, events: ResponseEvents): ResponseParser {
  let state: State = 'status';
  /** What came of a line that has not ended yet. */
  let line = '';
  /** Bytes of this head, or of the trailers, that came before `line`. */
  let headBytes = 0;
  let statusCode = 0;
  let headers = newHeaders();
  let lastName = '';
  let headerCount = 0;
  let interim = 0;
  let isStarted = false;
  /** Bytes of the body or of this chunk that are still to come. */
  let left = 0;

  const finish = () => {
    state = 'done';
    events.onEnd();
  };

  const takeLine = (text: string) => {
    switch (state) {
      case 'status':
        statusCode = parseStatusLine(text);
        state = 'headers';
        return;
      case 'headers':
        return text === '' ? finishHead() : takeHeader(text);
      case 'chunkSize':
        left = parseChunkSize(text);
        headBytes = 0;
        state = left === 0 ? 'trailers' : 'chunkData';
        return;
      case 'chunkEnd':
        if (text !== '') throw invalid();
        state = 'chunkSize';
        return;
      case 'trailers':
        if (text === '') finish();
        return;
      default:
        return;
    }
  };

  const takeHeader = (text: string) => {
    headerCount += 1;
    if (headerCount > headerCountLimit) {
      throw new AttemptError('protocol', `the target sent more than ${headerCountLimit} headers`);
    }
    if (text[0] === ' ' || text[0] === '\t') {
      // A line that goes on with the one before (RFC 9112 §5.2).
      if (lastName === '') throw invalid();
      headers[lastName] = `${headers[lastName]} ${text.trim()}`;
      return;
    }
    const colon = text.indexOf(':');
    if (colon < 1 || !token.test(text.slice(0, colon))) throw invalid();
    lastName = text.slice(0, colon).toLowerCase();
    // Bytes beyond ASCII are kept as they came (RFC 9110 §5.5): latin1 loses none.
    const value = text.slice(colon + 1).trim();
    headers[lastName] = lastName in headers ? `${headers[lastName]}, ${value}` : value;
  };

  const finishHead = () => {
    headBytes = 0;
    isStarted = false;
    if (statusCode < 200) {
      if (statusCode === 101)
        throw new AttemptError('protocol', 'the target switched to a protocol that was not asked for');
      interim += 1;
      if (interim > interimResponsesLimit) {
        throw new AttemptError('protocol', 'the target sent interim responses without end');
      }
      headers = newHeaders();
      lastName = '';
      headerCount = 0;
      state = 'status';
      return;
    }
    const framing = framingOf(method, statusCode, headers);
    events.onHead({ statusCode, headers });
    if (framing === 'none' || framing === 0) return finish();
    if (framing === 'chunked') state = 'chunkSize';
    else if (framing === 'close') state = 'close';
    else {
      left = framing;
      state = 'length';
    }
  };

  /** Takes what is a line, up to its end; the answer is where the rest begins. A lone LF ends one too (RFC 9112 §2.2). */
  const feedLine = (chunk: Buffer, from: number): number => {
    const end = chunk.indexOf(10, from);
    const until = end < 0 ? chunk.length : end;
    if (end < 0 && line.length < tellingLength) {
      const start = line + chunk.toString('latin1', from, Math.min(until, from + tellingLength));
      if (!couldGoOn(state, start.slice(0, tellingLength))) throw invalid();
    }
    if (headBytes + line.length + until - from > headBytesLimit) throw tooLarge(state);
    line += chunk.toString('latin1', from, until);
    if (end < 0) return until;
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    headBytes += line.length + 1;
    line = '';
    if (text.includes('\0') || text.includes('\r')) throw invalid();
    takeLine(text);
    return end + 1;
  };

  const feedData = (chunk: Buffer, from: number): number => {
    const until = state === 'close' ? chunk.length : Math.min(chunk.length, from + left);
    events.onData(from === 0 && until === chunk.length ? chunk : chunk.subarray(from, until));
    if (state === 'close') return until;
    left -= until - from;
    if (left > 0) return until;
    if (state === 'length') finish();
    else state = 'chunkEnd';
    return until;
  };

  return {
    feed: (chunk) => {
      let at = 0;
      while (at < chunk.length && state !== 'done') {
        if (!isStarted && state === 'status') {
          isStarted = true;
          events.onFirstByte();
        }
        const isData = state === 'length' || state === 'close' || state === 'chunkData';
        at = isData ? feedData(chunk, at) : feedLine(chunk, at);
      }
    },
    end: () => {
      if (state === 'close') finish();
      return state === 'done';
    },
  };
}

/** Without a prototype: a header may have any name. */
const newHeaders = (): Record<string, string> => Object.create(null);
const token = /^[!#$%&'*+\-.^_`|~\w]+$/;

function invalid(): AttemptError {
  return new AttemptError('protocol', 'the answer is not valid HTTP/1.1');
}

function tooLarge(state: State): AttemptError {
  const isHead = state === 'status' || state === 'headers' || state === 'trailers';
  return isHead ? new AttemptError('protocol', 'the headers of the answer are larger than 32 kB') : invalid();
}

const expected = 'HTTP/1.';
/** So many characters of a line tell whether it can be one. */
const tellingLength = expected.length;

/** What greets in another protocol is known by its first bytes, and the end of a chunk by its first one. */
function couldGoOn(state: State, start: string): boolean {
  if (state === 'chunkEnd') return start === '\r';
  return state !== 'status' || expected.startsWith(start);
}

function parseStatusLine(text: string): number {
  const found = /^HTTP\/1\.[01] ([1-9]\d\d)(?: .*)?$/.exec(text);
  if (!found) throw invalid();
  return Number(found[1]);
}

/** Hexadecimal, at most 13 digits (4.5 PB) so that it is exact; extensions are passed over. */
function parseChunkSize(text: string): number {
  const found = /^0*([0-9a-f]{1,13})[ \t]*(?:;.*)?$/i.exec(text);
  if (!found) throw invalid();
  return Number.parseInt(found[1] ?? '', 16);
}

/** How the end of the body is known (RFC 9112 §6.3): its length in bytes, or the way it is framed. */
export function framingOf(method: string, statusCode: number, headers: Readonly<Record<string, string>>) {
  if (method === 'HEAD' || statusCode === 204 || statusCode === 304) return 'none';
  const coding = headers['transfer-encoding']?.toLowerCase();
  if (coding === 'chunked') return 'chunked';
  if (coding !== undefined && coding !== 'identity') {
    throw new AttemptError('protocol', 'the target uses a transfer encoding that was not asked for');
  }
  const length = headers['content-length'];
  return length === undefined ? 'close' : parseLength(length);
}

/** One number, or the same one several times (RFC 9110 §8.6). */
function parseLength(text: string): number {
  const [first = '', ...others] = text.split(',').map((each) => each.trim());
  if (!/^\d{1,15}$/.test(first) || others.some((each) => each !== first)) throw invalid();
  return Number(first);
}
