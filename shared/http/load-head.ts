import { framingOf, headerCountLimit } from './response-parser.ts';

/** The headers that say how an answer ends, what becomes of its connection, and where a redirect leads. */
const keptNames = ['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'location'] as const;
type Kept = (typeof keptNames)[number];
const keptBytes: readonly Uint8Array[] = keptNames.map((name) => Buffer.from(name, 'latin1'));
const [contentLength, transferEncoding, connection, keepAlive, location] = [0, 1, 2, 3, 4] as const;
/** The last header was one that is not kept, or there was none yet. */
const other = -1;
const none = -2;

/** How a body ends where it has no length; `faulty`: nobody can tell. */
export const inChunks = -1;
export const untilClose = -2;
export const faulty = -3;

/** A connection that was idle for longer is not used again: servers close theirs after five seconds and more, unannounced. */
const longestIdleMs = 4_000;
/** A server's own limit is held to with so much to spare. */
const spareMs = 1_000;

/**
 * One head of an answer, read line by line from bytes, by the rules of createResponseParser: it agrees with that one in what
 * is an answer. Of the headers it keeps the few that matter here. A line comes without its end.
 */
export class AnswerHead {
  /** Of the status line, interim answers included. */
  statusCode = 0;
  #isHttp10 = false;
  #headerCount = 0;
  #last: number = none;
  readonly #values: (string | undefined)[] = keptNames.map(() => undefined);

  /** Takes `HTTP/1.1 200 OK`, and forgets the head before it. False where it is none. */
  takeStatusLine(bytes: Buffer, from: number, to: number): boolean {
    this.#headerCount = 0;
    this.#last = none;
    this.#values.fill(undefined);
    const minor = digit(bytes, from + 7);
    const [first, second, third] = [digit(bytes, from + 9), digit(bytes, from + 10), digit(bytes, from + 11)];
    this.statusCode = 100 * first + 10 * second + third;
    this.#isHttp10 = minor === 0;
    return (
      to - from >= 12 &&
      startsAnswer(bytes, from, to) &&
      (minor === 0 || minor === 1) &&
      bytes[from + 8] === space &&
      first >= 1 &&
      second >= 0 &&
      third >= 0 &&
      (to - from === 12 || bytes[from + 12] === space)
    );
  }

  /** Takes a header, or a line that goes on with the one before (RFC 9112 §5.2). False where it is neither, or one too many. */
  takeHeader(bytes: Buffer, from: number, to: number): boolean {
    this.#headerCount += 1;
    if (this.#headerCount > headerCountLimit) return false;
    if (bytes[from] === space || bytes[from] === tab) return this.#goOn(bytes, from, to);
    let colon = from;
    while (colon < to && isToken[bytes[colon] ?? 0] === 1) colon += 1;
    if (colon === from || colon === to || bytes[colon] !== 58) return false;
    const name = keptName(bytes, from, colon);
    this.#last = name;
    if (name !== other) this.#keep(name, bytes.toString('latin1', colon + 1, to).trim());
    return true;
  }

  #keep(name: number, value: string): void {
    const known = this.#values[name];
    this.#values[name] = known === undefined ? value : `${known}, ${value}`;
  }

  #goOn(bytes: Buffer, from: number, to: number): boolean {
    if (this.#last === none) return false;
    if (this.#last !== other)
      this.#values[this.#last] = `${this.#values[this.#last]} ${bytes.toString('latin1', from, to).trim()}`;
    return true;
  }

  /** How the body ends: its length in bytes, 0 where there is none, or one of `inChunks`, `untilClose`, `faulty`. */
  framing(isHead: boolean): number {
    const { statusCode } = this;
    if (isHead || statusCode === 204 || statusCode === 304) return 0;
    const length = this.#values[contentLength];
    const coding = this.#values[transferEncoding];
    if (coding === undefined && length !== undefined && plainLength.test(length)) return Number(length);
    const framing = framingOfKept(statusCode, length, coding);
    // Both together are how one answer is made to look like two (RFC 9112 §6.3).
    return framing === inChunks && length !== undefined ? faulty : framing;
  }

  /** How long the connection may lie idle after this answer and be used again, ms; 0: it may not. */
  idleLimitMs(): number {
    const value = this.#values[connection]?.toLowerCase();
    if (value !== undefined && value !== 'keep-alive') {
      const options = value.split(',').map((each) => each.trim());
      if (options.includes('close') || (this.#isHttp10 && !options.includes('keep-alive'))) return 0;
    }
    if (value === undefined && this.#isHttp10) return 0;
    const limit = this.#values[keepAlive];
    const seconds = limit === undefined ? undefined : /(?:^|[,;\s])timeout\s*=\s*"?(\d{1,9})/i.exec(limit)?.[1];
    return seconds === undefined
      ? longestIdleMs
      : Math.min(longestIdleMs, Math.max(0, Number(seconds) * 1_000 - spareMs));
  }

  /** Where it leads, bytes beyond ASCII as they came. */
  get location(): string | undefined {
    return this.#values[location];
  }
}

const space = 32;
const tab = 9;
const plainLength = /^\d{1,15}$/;

/** 0 to 9; below 0 where the byte is none, and so is what is made of it. */
function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] ?? 0) - 48;
  return value >= 0 && value <= 9 ? value : -1_000;
}

const answerStart = Buffer.from('HTTP/1.', 'latin1');

/** Whether these bytes, up to the seventh, are those with which an answer starts. */
export function startsAnswer(bytes: Buffer, from: number, to: number): boolean {
  const count = Math.min(answerStart.length, to - from);
  for (let at = 0; at < count; at += 1) if (bytes[from + at] !== answerStart[at]) return false;
  return true;
}

/** 1 for each byte that a name may hold (RFC 9110 §5.6.2). */
const isToken = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[!#$%&'*+\-.^_`|~\w]/.test(String.fromCharCode(byte)) ? 1 : 0,
);

function keptName(bytes: Buffer, from: number, to: number): number {
  switch (to - from) {
    case 14:
      return isName(bytes, from, contentLength);
    case 17:
      return isName(bytes, from, transferEncoding);
    case 10: {
      const found = isName(bytes, from, connection);
      return found === other ? isName(bytes, from, keepAlive) : found;
    }
    case 8:
      return isName(bytes, from, location);
    default:
      return other;
  }
}

/** The name itself, or `other`. Of bytes that a name may hold, 32 more make a letter of a capital alone. */
function isName(bytes: Buffer, from: number, name: number): number {
  const expected = keptBytes[name] as Uint8Array;
  for (let at = 0; at < expected.length; at += 1) if (((bytes[from + at] ?? 0) | 32) !== expected[at]) return other;
  return name;
}

/** What is unusual is left to the rule of all our answers. */
function framingOfKept(statusCode: number, length: string | undefined, coding: string | undefined): number {
  const headers: Partial<Record<Kept, string>> = {
    ...(length === undefined ? {} : { 'content-length': length }),
    ...(coding === undefined ? {} : { 'transfer-encoding': coding }),
  };
  try {
    const framing = framingOf('GET', statusCode, headers as Readonly<Record<string, string>>);
    if (framing === 'chunked') return inChunks;
    return framing === 'close' ? untilClose : Number(framing);
  } catch {
    // Its sentence is of no use: load is counted.
    return faulty;
  }
}
