import { type DnsRecordType, dnsRecordTypes } from '../config/model.ts';
import { DnsFormatError, encodeName, lowerAscii, nameKey, readName, skipName, take } from './dns-name.ts';
import { readRecord, recordTypeNumbers } from './dns-record.ts';

export type DnsQuestion = { readonly name: string; readonly recordType: DnsRecordType };

export type DnsAnswer = {
  /** `NOERROR`, `NXDOMAIN` and so on, in the words of dig. */
  readonly rcode: string;
  readonly isAuthoritative: boolean;
  /**
   * The records of the asked type, as dig writes them, in the order of the message: those of the name that was asked for or
   * of the name at the end of its chain of CNAMEs. So for A and AAAA they are the addresses behind a CNAME, and the chain
   * itself is there only when CNAME is what was asked for.
   */
  readonly answers: readonly string[];
  /** Seconds; the smallest of `answers`. Absent where there are none. */
  readonly ttl?: number;
};

/** An answer with more records than this is refused: 64 KiB hold ten times as many, each with long names. */
const mostRecords = 500;
const headerBytes = 12;
const classIn = 1;
const flags = { isResponse: 0x8000, opcode: 0x7800, isAuthoritative: 0x0400, isCut: 0x0200, recursionDesired: 0x0100 };

/** A question as it is sent, with recursion desired and no EDNS. Undefined where the name is none. */
export function encodeQuestion({ name, recordType }: DnsQuestion, id: number): Buffer | undefined {
  const encoded = encodeName(name);
  if (!encoded) return undefined;
  const head = Buffer.alloc(headerBytes);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(flags.recursionDesired, 2);
  head.writeUInt16BE(1, 4);
  const tail = Buffer.alloc(4);
  tail.writeUInt16BE(recordTypeNumbers[recordType], 0);
  tail.writeUInt16BE(classIn, 2);
  return Buffer.concat([head, encoded, tail]);
}

/** Whether a message claims to answer this very question: its id, and the question itself, whatever the case of its letters. */
export function isAnswerTo(query: Buffer, message: Buffer): boolean {
  if (message.length < query.length || message.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  const head = message.readUInt16BE(2);
  if ((head & flags.isResponse) === 0 || (head & flags.opcode) !== 0 || message.readUInt16BE(4) !== 1) return false;
  return lowerAscii(message.subarray(headerBytes, query.length)) === lowerAscii(query.subarray(headerBytes));
}

/** Whether the whole answer did not fit. */
export function isCut(answer: Buffer): boolean {
  return (answer.readUInt16BE(2) & flags.isCut) !== 0;
}

/**
 * What a message that `isAnswerTo` the question says. Only the records of the answer are looked at, and of them only the
 * asked type and CNAME. Time and memory grow with the length of the message alone. Throws a DnsFormatError.
 */
export function decodeAnswer(query: Buffer, message: Buffer, recordType: DnsRecordType): DnsAnswer {
  const head = message.readUInt16BE(2);
  const records = readRecords(message, query.length, message.readUInt16BE(6), recordType);
  const asked = nameKey(readName(query, headerBytes).labels);
  const found = select(asked, records, recordType);
  return {
    rcode: rcodes[head & 0xf] ?? `RESERVED${head & 0xf}`,
    isAuthoritative: (head & flags.isAuthoritative) !== 0,
    answers: found.map(({ data }) => data),
    ...(found.length > 0
      ? { ttl: found.reduce((least, { ttl }) => Math.min(least, ttl), Number.POSITIVE_INFINITY) }
      : {}),
  };
}

/** `target` is where a CNAME leads. */
type DnsRecord = {
  readonly owner: string;
  readonly type: DnsRecordType;
  readonly ttl: number;
  readonly data: string;
  readonly target?: string;
};

function readRecords(message: Buffer, start: number, count: number, recordType: DnsRecordType): readonly DnsRecord[] {
  if (count > mostRecords) throw new DnsFormatError(`it has more than ${mostRecords} records`);
  const records: DnsRecord[] = [];
  let at = start;
  for (let read = 0; read < count; read += 1) {
    const fixedAt = skipName(message, at);
    const fixed = take(message, fixedAt, 10);
    const dataAt = fixedAt + 10;
    const end = dataAt + fixed.readUInt16BE(8);
    take(message, dataAt, end - dataAt);
    const type = typeOf(fixed.readUInt16BE(0));
    const isWanted = fixed.readUInt16BE(2) === classIn && (type === recordType || type === 'CNAME');
    if (type && isWanted) {
      records.push({
        owner: nameKey(readName(message, at).labels),
        type,
        ttl: readTtl(fixed),
        data: readRecord(type, message, dataAt, end),
        ...(type === 'CNAME' ? { target: nameKey(readName(message, dataAt).labels) } : {}),
      });
    }
    at = end;
  }
  return records;
}

function typeOf(number: number): DnsRecordType | undefined {
  return dnsRecordTypes.find((type) => recordTypeNumbers[type] === number);
}

/** A TTL with its highest bit set is none (RFC 2181 §8). */
function readTtl(fixed: Buffer): number {
  const ttl = fixed.readUInt32BE(4);
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

function select(asked: string, records: readonly DnsRecord[], recordType: DnsRecordType): readonly DnsRecord[] {
  const aliases = new Map(records.filter(({ type }) => type === 'CNAME').map((record) => [record.owner, record]));
  const chain = new Set([asked]);
  let last = asked;
  for (let next = aliases.get(last)?.target; next !== undefined && !chain.has(next); next = aliases.get(last)?.target) {
    chain.add(next);
    last = next;
  }
  const owners = recordType === 'CNAME' ? chain : new Set([last]);
  return records.filter(({ owner, type }) => type === recordType && owners.has(owner));
}

/** https://www.iana.org/assignments/dns-parameters#dns-parameters-6 */
const rcodes = [
  'NOERROR',
  'FORMERR',
  'SERVFAIL',
  'NXDOMAIN',
  'NOTIMP',
  'REFUSED',
  'YXDOMAIN',
  'YXRRSET',
  'NXRRSET',
  'NOTAUTH',
  'NOTZONE',
];
