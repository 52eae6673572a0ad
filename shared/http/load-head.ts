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
export const longestIdleMs = 4_000;
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
  /** A length as it is usual: once, on one line and of digits alone; below 0 where there is no such one. */
  #length = -1;
  #lengthDigits = 0;

  /** Takes `HTTP/1.1 200 OK`, and forgets the head before it. False where it is none. */
  takeStatusLine(bytes: Buffer, from: number, to: number): boolean {
    this.#headerCount = 0;
    this.#last = none;
    this.#values.fill(undefined);
    this.#length = -1;
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
    if (name !== other) this.#keep(name, bytes, skipBlanks(bytes, colon + 1, to), to);
    return true;
  }

  #keep(name: number, bytes: Buffer, from: number, to: number): void {
    if (name === contentLength && this.#keepLength(bytes, from, to)) return;
    const value = textOf(name, bytes, from, to);
    const known = this.#values[name];
    this.#values[name] = known === undefined ? value : `${known}, ${value}`;
  }

  /** False where it is not usual: then it is a text as others are, and so is one before it. */
  #keepLength(bytes: Buffer, from: number, to: number): boolean {
    const isFirst = this.#length < 0 && this.#values[contentLength] === undefined;
    const length = isFirst ? parseDigits(bytes, from, to) : -1;
    if (length < 0) this.#writeLength();
    else {
      this.#length = length;
      this.#lengthDigits = to - from;
    }
    return length >= 0;
  }

  #writeLength(): void {
    if (this.#length < 0) return;
    this.#values[contentLength] = String(this.#length).padStart(this.#lengthDigits, '0');
    this.#length = -1;
  }

  #goOn(bytes: Buffer, from: number, to: number): boolean {
    if (this.#last === none) return false;
    if (this.#last === contentLength) this.#writeLength();
    if (this.#last !== other)
      this.#values[this.#last] = `${this.#values[this.#last]} ${bytes.toString('latin1', from, to).trim()}`;
    return true;
  }

  /** How the body ends: its length in bytes, 0 where there is none, or one of `inChunks`, `untilClose`, `faulty`. */
  framing(isHead: boolean): number {
    const { statusCode } = this;
    if (isHead || statusCode === 204 || statusCode === 304) return 0;
    const coding = this.#values[transferEncoding];
    if (coding === undefined && this.#length >= 0) return this.#length;
    this.#writeLength();
    const length = this.#values[contentLength];
    const framing = framingOfKept(statusCode, length, coding);
    // Both together are how one answer is made to look like two (RFC 9112 §6.3).
    return framing === inChunks && length !== undefined ? faulty : framing;
  }

  /** How long the connection may lie idle after this answer and be used again, ms; 0: it may not. */
  idleLimitMs(): number {
    const value = this.#values[connection];
    if (value !== undefined && value !== 'keep-alive') {
      const options = value
        .toLowerCase()
        .split(',')
        .map((each) => each.trim());
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

function skipBlanks(bytes: Buffer, from: number, to: number): number {
  let at = from;
  while (at < to && (bytes[at] === space || bytes[at] === tab)) at += 1;
  return at;
}

/** At most 15 digits, so that it is exact; below 0 where there is anything else. */
function parseDigits(bytes: Buffer, from: number, to: number): number {
  if (from === to || to - from > 15) return -1;
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const next = digit(bytes, at);
    if (next < 0) return -1;
    value = 10 * value + next;
  }
  return value;
}

/** Values that are so usual that they are not made anew each time; they mean the same in capitals. */
const usualValues = ['keep-alive', 'close', 'chunked'] as const;
const usualBytes: readonly Uint8Array[] = usualValues.map((value) => Buffer.from(value, 'latin1'));

function textOf(name: number, bytes: Buffer, from: number, to: number): string {
  if (name === connection || name === transferEncoding) {
    for (let usual = 0; usual < usualValues.length; usual += 1)
      if (isWord(bytes, from, to, usualBytes[usual] as Uint8Array)) return usualValues[usual] as string;
  }
  return bytes.toString('latin1', from, to).trim();
}

/** Whether these bytes are a word, in capitals or not. Of letters and `-`, 32 more make a letter of a capital. */
function isWord(bytes: Buffer, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false;
  for (let at = 0; at < word.length; at += 1) if (((bytes[from + at] ?? 0) | 32) !== word[at]) return false;
  return true;
}

/** 0 to 9; −1 where the byte is none. */
function digit(bytes: Buffer, at: number): number {
  const value = (bytes[at] ?? 0) - 48;
  return value >= 0 && value <= 9 ? value : -1;
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
  for (let name = 0; name < keptBytes.length; name += 1)
    if (isWord(bytes, from, to, keptBytes[name] as Uint8Array)) return name;
  return other;
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
