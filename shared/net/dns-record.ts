import ipaddr from 'ipaddr.js';
import type { DnsRecordType } from '../config/model.ts';
import { DnsFormatError, readName, showName, showText, take } from './dns-name.ts';

/** https://www.iana.org/assignments/dns-parameters */
export const recordTypeNumbers: Readonly<Record<DnsRecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
};

/**
 * What a record says, as dig writes it: `10 mail.example.com.`, `"v=spf1 -all"`, `0 issue "letsencrypt.org"`. Its parts must
 * fill the record exactly. Throws a DnsFormatError.
 */
export function readRecord(type: DnsRecordType, message: Buffer, start: number, end: number): string {
  const { parts, end: at } = readParts(type, message.subarray(0, end), start);
  if (at !== end) throw new DnsFormatError(`a record of type ${type} is longer than what it holds`);
  return parts.join(' ');
}

type Read = { readonly parts: readonly (string | number)[]; readonly end: number };

function readParts(type: DnsRecordType, message: Buffer, start: number): Read {
  switch (type) {
    case 'A':
      return { parts: [take(message, start, 4).join('.')], end: start + 4 };
    case 'AAAA':
      return { parts: [showIpv6(take(message, start, 16))], end: start + 16 };
    case 'CNAME':
    case 'NS':
      return nameAfter([], message, start);
    case 'MX':
      return nameAfter([take(message, start, 2).readUInt16BE()], message, start + 2);
    case 'SRV': {
      const numbers = take(message, start, 6);
      const parts = [0, 2, 4].map((offset) => numbers.readUInt16BE(offset));
      return nameAfter(parts, message, start + 6);
    }
    case 'SOA':
      return readSoa(message, start);
    case 'TXT':
      return readTexts(message, start);
    case 'CAA':
      return readCaa(message, start);
    default:
      return type satisfies never;
  }
}

function nameAfter(parts: readonly (string | number)[], message: Buffer, start: number): Read {
  const { labels, end } = readName(message, start);
  return { parts: [...parts, showName(labels)], end };
}

function readSoa(message: Buffer, start: number): Read {
  const server = nameAfter([], message, start);
  const mailbox = nameAfter(server.parts, message, server.end);
  const numbers = take(message, mailbox.end, 20);
  const parts = [0, 4, 8, 12, 16].map((offset) => numbers.readUInt32BE(offset));
  return { parts: [...mailbox.parts, ...parts], end: mailbox.end + 20 };
}

/** One text or more, each behind its length: a long one is cut into several. */
function readTexts(message: Buffer, start: number): Read {
  const parts: string[] = [];
  let at = start;
  do {
    const length = take(message, at, 1).readUInt8();
    parts.push(showText(take(message, at + 1, length)));
    at += 1 + length;
  } while (at < message.length);
  return { parts, end: at };
}

/** https://www.rfc-editor.org/rfc/rfc8659#section-4.1 */
function readCaa(message: Buffer, start: number): Read {
  const head = take(message, start, 2);
  const tagLength = head.readUInt8(1);
  const tag = take(message, start + 2, tagLength).toString('latin1');
  if (!/^[A-Za-z0-9]+$/.test(tag)) throw new DnsFormatError('a record of type CAA has no tag');
  const valueAt = start + 2 + tagLength;
  return { parts: [head.readUInt8(0), tag, showText(message.subarray(valueAt))], end: message.length };
}

function showIpv6(bytes: Buffer): string {
  const address = new ipaddr.IPv6([...bytes]);
  return address.isIPv4MappedAddress() ? `::ffff:${address.toIPv4Address()}` : address.toRFC5952String();
}
