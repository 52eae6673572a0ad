/** What a message of the DNS that does not keep to its format is refused with. */
export class DnsFormatError extends Error {}

/** https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4 */
const longestLabel = 63;
const longestName = 255;
/** A name has at most 127 labels: more pointers than that lead nowhere. */
const mostPointers = 127;

/**
 * A name as it is sent: its labels, each behind its length, then a zero. `.` is the root; a dot at the end says nothing.
 * Undefined where it is none: an empty label, one of more than 63 bytes, more than 255 bytes, or characters beyond ASCII.
 */
export function encodeName(name: string): Buffer | undefined {
  const labels = name === '.' ? [] : name.replace(/\.$/, '').split('.');
  if (labels.some((label) => label === '' || label.length > longestLabel || !/^[\u0021-\u007e]+$/.test(label))) {
    return undefined;
  }
  const bytes = Buffer.concat([...labels.map((label) => Buffer.from(`${lengthOf(label)}${label}`)), Buffer.from([0])]);
  return bytes.length > longestName ? undefined : bytes;
}

const lengthOf = (label: string): string => String.fromCharCode(label.length);

/**
 * The labels of a name inside a message, and where it ends. Pointers must lead backwards, each behind the one before, so
 * that none can loop. Throws a DnsFormatError.
 */
export function readName(message: Buffer, start: number): { labels: readonly Buffer[]; end: number } {
  const labels: Buffer[] = [];
  let end: number | undefined;
  let at = start;
  let earliest = start;
  let size = 1;
  for (let pointers = 0; ; ) {
    const length = byteAt(message, at);
    if (length === 0) return { labels, end: end ?? at + 1 };
    if (length <= longestLabel) {
      size += length + 1;
      if (size > longestName) throw new DnsFormatError('a name is longer than 255 bytes');
      labels.push(take(message, at + 1, length));
      at += length + 1;
      continue;
    }
    const target = ((length & 0x3f) << 8) | byteAt(message, at + 1);
    pointers += 1;
    if (length < 0xc0 || target >= earliest || pointers > mostPointers) {
      throw new DnsFormatError('a name has a pointer that leads nowhere');
    }
    end ??= at + 2;
    at = target;
    earliest = target;
  }
}

/** Where a name ends, without following it. Throws a DnsFormatError. */
export function skipName(message: Buffer, start: number): number {
  for (let at = start; ; ) {
    const length = byteAt(message, at);
    if (length === 0) return at + 1;
    if (length >= 0xc0) return at + 2;
    if (length > longestLabel) throw new DnsFormatError('a name has a label of an unknown kind');
    at += length + 1;
  }
}

/** A part of a message. Throws a DnsFormatError where the message ends before it. */
export function take(message: Buffer, start: number, length: number): Buffer {
  if (start + length > message.length) throw new DnsFormatError('it ends too early');
  return message.subarray(start, start + length);
}

function byteAt(message: Buffer, at: number): number {
  const byte = message[at];
  if (byte === undefined) throw new DnsFormatError('it ends too early');
  return byte;
}

/** A name as dig writes it: with a dot at its end, special characters behind a backslash, other bytes as `\DDD`. */
export function showName(labels: readonly Buffer[]): string {
  if (labels.length === 0) return '.';
  return labels.map((label) => `${show(label, inNames)}.`).join('');
}

/** A text of a record as dig writes it: in quotes, `"` and `\` behind a backslash, other than printable bytes as `\DDD`. */
export function showText(bytes: Buffer): string {
  return `"${show(bytes, inTexts)}"`;
}

/** What is written for each byte: looked up, because a hostile answer has as many as 64 KiB of them, each shown many times. */
const inNames = tableOf('"().;\\@$', 0x21);
const inTexts = tableOf('"\\', 0x20);

function tableOf(special: string, firstPrintable: number): readonly string[] {
  return Array.from({ length: 256 }, (_, byte) => {
    const character = String.fromCharCode(byte);
    if (byte < firstPrintable || byte > 0x7e) return `\\${String(byte).padStart(3, '0')}`;
    return special.includes(character) ? `\\${character}` : character;
  });
}

function show(bytes: Buffer, table: readonly string[]): string {
  let shown = '';
  for (const byte of bytes) shown += table[byte];
  return shown;
}

/** The same text for names that are the same: the case of ASCII letters does not count (RFC 4343). */
export function nameKey(labels: readonly Buffer[]): string {
  // A label's length is below 64, and so never a letter: it stays what it is.
  return lowerAscii(Buffer.concat(labels.flatMap((label) => [Buffer.of(label.length), label])));
}

/** The bytes as a text of one character each, ASCII letters in lower case. */
export function lowerAscii(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
