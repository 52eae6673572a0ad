import { AnswerHead, faulty, inChunks, startsAnswer, untilClose } from './load-head.ts';
import { headBytesLimit, interimResponsesLimit } from './response-parser.ts';

/** What comes next, in an answer's order as far as it has one. Those below `inLength` are lines. */
const [atStatus, inHeaders, atChunkSize, atChunkEnd, inTrailers] = [0, 1, 2, 3, 4] as const;
const [inLength, inChunk, inRest] = [5, 6, 7] as const;
/** There is nothing to come, for better or worse. */
const [whole, broken] = [8, 9] as const;

/**
 * Reads answers over HTTP/1.1 (RFC 9112) one after the other, from bytes in whatever pieces they come. It says the same as
 * createResponseParser of the same bytes, but refuses a length beside chunks, and is made for speed: heads are read where
 * they lie, bodies are passed over, and it makes no object for an answer.
 */
export class AnswerReader {
  readonly head = new AnswerHead();
  /** Of the final answer; 0 until its head is whole. */
  statusCode = 0;
  #state: number = whole;
  #isHead = false;
  #interim = 0;
  /** Bytes of the body or of this chunk that are still to come. */
  #left = 0;
  /** Bytes of this head, or of the trailers, that came before the line. */
  #headBytes = 0;
  /** 1 for each CR of the line so far, 2 for each NUL. */
  #odd = 0;
  /** What came of a line that has not ended yet. */
  #held = noBytes;
  #heldBytes = 0;

  /** Expects the answer to the next request; `isHead`: to a HEAD, which has no body. */
  start(isHead: boolean): void {
    this.statusCode = 0;
    this.#state = atStatus;
    this.#isHead = isHead;
    this.#interim = 0;
    this.#headBytes = 0;
    this.#odd = 0;
    this.#heldBytes = 0;
  }

  get isWhole(): boolean {
    return this.#state === whole;
  }

  /** What came is no answer. */
  get isBroken(): boolean {
    return this.#state === broken;
  }

  /** Takes the next bytes, up to `to`. The answer is how many of them belong to it: all of them until it is whole or broken. */
  read(bytes: Buffer, to: number): number {
    let at = 0;
    while (at < to && this.#state < whole) {
      at = this.#state < inLength ? this.#takeLine(bytes, at, to) : this.#takeData(at, to);
    }
    return at;
  }

  /** The connection has ended: whether the answer is whole. */
  end(): boolean {
    if (this.#state === inRest) this.#state = whole;
    return this.#state === whole;
  }

  #takeData(at: number, to: number): number {
    if (this.#state === inRest) return to;
    const taken = Math.min(this.#left, to - at);
    this.#left -= taken;
    if (this.#left === 0) this.#state = this.#state === inLength ? whole : atChunkEnd;
    return at + taken;
  }

  /** Takes what is a line, up to its end; the answer is where the rest begins. A lone LF ends one too (RFC 9112 §2.2). */
  #takeLine(bytes: Buffer, from: number, to: number): number {
    let at = from;
    for (; at < to; at += 1) {
      const byte = bytes[at] as number;
      if (byte > 13) continue;
      if (byte === 10) break;
      if (byte === 13) this.#odd += 1;
      else if (byte === 0) this.#odd += 2;
    }
    const length = this.#heldBytes + at - from;
    if (this.#headBytes + length > headBytesLimit) this.#state = broken;
    else if (at === to) this.#holdPart(bytes, from, to);
    else if (this.#heldBytes === 0) this.#judge(bytes, from, at);
    else {
      this.#hold(bytes, from, at);
      this.#heldBytes = 0;
      this.#judge(this.#held, 0, length);
    }
    return Math.min(to, at + 1);
  }

  /** What greets in another protocol is known by its first bytes, and the end of a chunk by its first one. */
  #holdPart(bytes: Buffer, from: number, to: number): void {
    this.#hold(bytes, from, to);
    if (this.#state === atStatus && !startsAnswer(this.#held, 0, this.#heldBytes)) this.#state = broken;
    if (this.#state === atChunkEnd && (this.#heldBytes > 1 || this.#odd !== 1)) this.#state = broken;
  }

  /** Keeps a part of a line. */
  #hold(bytes: Buffer, from: number, to: number): void {
    const length = this.#heldBytes + to - from;
    if (length > this.#held.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(headBytesLimit, Math.max(length, 2 * this.#held.length, 256)));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldBytes, from, to);
    this.#heldBytes = length;
  }

  /** Takes a whole line: without the CR at its end it holds no other, and no NUL. */
  #judge(bytes: Buffer, from: number, to: number): void {
    const hasCr = this.#odd > 0;
    const isOdd = this.#odd > 1 || (hasCr && bytes[to - 1] !== 13);
    this.#odd = 0;
    this.#headBytes += to - from + 1;
    if (isOdd || !this.#take(bytes, from, hasCr ? to - 1 : to)) this.#state = broken;
  }

  /** False where it is not what has to come. */
  #take(bytes: Buffer, from: number, to: number): boolean {
    switch (this.#state) {
      case atStatus:
        this.#state = inHeaders;
        return this.head.takeStatusLine(bytes, from, to);
      case inHeaders:
        return from === to ? this.#finishHead() : this.head.takeHeader(bytes, from, to);
      case atChunkSize:
        this.#left = chunkSize(bytes, from, to);
        this.#headBytes = 0;
        this.#state = this.#left === 0 ? inTrailers : inChunk;
        return this.#left >= 0;
      case atChunkEnd:
        this.#state = atChunkSize;
        return from === to;
      default:
        if (from === to) this.#state = whole;
        return true;
    }
  }

  #finishHead(): boolean {
    this.#headBytes = 0;
    const { statusCode } = this.head;
    if (statusCode < 200) {
      this.#interim += 1;
      this.#state = atStatus;
      return statusCode !== 101 && this.#interim <= interimResponsesLimit;
    }
    const framing = this.head.framing(this.#isHead);
    if (framing === faulty) return false;
    this.statusCode = statusCode;
    this.#left = framing;
    if (framing === inChunks) this.#state = atChunkSize;
    else if (framing === untilClose) this.#state = inRest;
    else this.#state = framing === 0 ? whole : inLength;
    return true;
  }
}

const noBytes: Buffer = Buffer.alloc(0);

/**
 * The size of a chunk: hexadecimal, at most 13 digits (4.5 PB) beside zeros before them, so that it is exact; extensions are
 * passed over. Below 0 where it is none.
 */
function chunkSize(bytes: Buffer, from: number, to: number): number {
  let size = 0;
  let at = from;
  let first = from;
  for (; at < to; at += 1) {
    const digit = hexDigit(bytes[at] as number);
    if (digit < 0) break;
    if (size === 0 && digit === 0) first = at + 1;
    else if (at - first >= 13) return -1;
    size = 16 * size + digit;
  }
  if (at === from) return -1;
  while (at < to && (bytes[at] === 32 || bytes[at] === 9)) at += 1;
  return at === to || bytes[at] === 59 ? size : -1;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
