import { type Answer, decode } from 'dns-packet';
import fc from 'fast-check';
import type { DnsRecordType } from '../../../shared/config/model.ts';
import { decodeAnswer, encodeQuestion, isAnswerTo } from '../../../shared/net/dns-message.ts';
import { DnsFormatError, encodeName } from '../../../shared/net/dns-name.ts';
import { ownNameServer } from '../../../shared/net/dns-query.ts';
import { answerTo } from '../../support/dns-server.ts';

function question(recordType: DnsRecordType, name = 'name.example'): Buffer {
  const query = encodeQuestion({ name, recordType }, 0x1234);
  if (!query) throw new Error('no question');
  return query;
}

/** A record in bytes: its owner is the name that was asked for. */
function record(type: number, data: string, ttl = 60, lengthOf = data.length / 2): string {
  return `c00c${hex(type, 4)}0001${hex(ttl, 8)}${hex(lengthOf, 4)}${data}`;
}
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');
const text = (value: string) => Buffer.from(value).toString('hex');

/** An answer whose records are given in bytes. */
function raw(query: Buffer, records: readonly string[], count = records.length): Buffer {
  const head = Buffer.from(answerTo(query));
  head.writeUInt16BE(count, 6);
  return Buffer.concat([head, Buffer.from(records.join(''), 'hex')]);
}

describe('a question', () => {
  it('is what another codec reads as this question, with recursion desired', () => {
    expect(decode(question('AAAA', '_sip._tcp.Name.example.'))).toMatchObject({
      id: 0x1234,
      type: 'query',
      flag_rd: true,
      questions: [{ name: '_sip._tcp.Name.example', type: 'AAAA', class: 'IN' }],
      answers: [],
      additionals: [],
    });
  });

  it('can be for the root', () => {
    expect(question('NS', '.').subarray(12).toString('hex')).toBe('0000020001');
  });

  it.each([
    ['an empty label', 'a..example'],
    ['no label', ''],
    ['a label of 64 bytes', `${'a'.repeat(64)}.example`],
    ['256 bytes', `${'a.'.repeat(127)}aa`],
    ['letters beyond ASCII', 'bücher.example'],
    ['a space', 'a b.example'],
  ])('cannot be for a name with %s', (_what, name) => {
    expect(encodeName(name)).toBeUndefined();
  });

  it('can be for the longest name', () => {
    expect(encodeName('a.'.repeat(127))).toHaveLength(255);
  });
});

describe('an answer', () => {
  const owner = 'name.example';
  it.each<[DnsRecordType, Answer, string]>([
    ['A', { type: 'A', name: owner, ttl: 60, data: '192.0.2.1' }, '192.0.2.1'],
    ['AAAA', { type: 'AAAA', name: owner, ttl: 60, data: '2001:db8:0:0:1:0:0:1' }, '2001:db8::1:0:0:1'],
    ['CNAME', { type: 'CNAME', name: owner, ttl: 60, data: 'other.example' }, 'other.example.'],
    ['NS', { type: 'NS', name: owner, ttl: 60, data: 'ns1.Example' }, 'ns1.Example.'],
    [
      'MX',
      { type: 'MX', name: owner, ttl: 60, data: { preference: 10, exchange: 'mail.example' } },
      '10 mail.example.',
    ],
    ['TXT', { type: 'TXT', name: owner, ttl: 60, data: ['v=spf1 -all', 'a"b\\c'] }, '"v=spf1 -all" "a\\"b\\\\c"'],
    [
      'SRV',
      { type: 'SRV', name: owner, ttl: 60, data: { priority: 1, weight: 2, port: 5060, target: 'sip.example' } },
      '1 2 5060 sip.example.',
    ],
    [
      'SOA',
      {
        type: 'SOA',
        name: owner,
        ttl: 60,
        data: { mname: 'ns1.example', rname: 'host.example', serial: 7, refresh: 1, retry: 2, expire: 3, minimum: 4 },
      },
      'ns1.example. host.example. 7 1 2 3 4',
    ],
    [
      'CAA',
      { type: 'CAA', name: owner, ttl: 60, data: { flags: 0, tag: 'issue', value: 'ca.example' } },
      '0 issue "ca.example"',
    ],
  ])('of type %s is written as dig writes it', (recordType, answer, expected) => {
    const query = question(recordType);
    expect(decodeAnswer(query, answerTo(query, { answers: [answer] }), recordType).answers).toEqual([expected]);
  });

  it.each<[string, DnsRecordType, string, string]>([
    ['bytes that are not printable', 'TXT', `03${'00c37f'}`, '"\\000\\195\\127"'],
    ['an empty text', 'TXT', '00', '""'],
    ['a dot inside a label', 'NS', `03${text('a.b')}00`, 'a\\.b.'],
    ['the root', 'NS', '00', '.'],
    ['an IPv4 address inside an IPv6 one', 'AAAA', '00000000000000000000ffffc0000201', '::ffff:192.0.2.1'],
    ['a mailbox with a dot', 'SOA', `00${`03${text('a.b')}00`}${'00000001'.repeat(5)}`, '. a\\.b. 1 1 1 1 1'],
  ])('with %s is written as dig writes it', (_what, recordType, data, expected) => {
    const types = { TXT: 16, NS: 2, AAAA: 28, SOA: 6 } as Readonly<Record<string, number>>;
    const query = question(recordType);
    const message = raw(query, [record(types[recordType] ?? 0, data)]);
    expect(decodeAnswer(query, message, recordType).answers).toEqual([expected]);
  });

  it('has the smallest TTL, its rcode as a word, and whether it is authoritative', () => {
    const query = question('A');
    const message = answerTo(query, {
      answers: [
        { type: 'A', name: owner, ttl: 60, data: '192.0.2.1' },
        { type: 'A', name: owner, ttl: 30, data: '192.0.2.2' },
      ],
      isAuthoritative: true,
    });
    expect(decodeAnswer(query, message, 'A')).toEqual({
      rcode: 'NOERROR',
      isAuthoritative: true,
      answers: ['192.0.2.1', '192.0.2.2'],
      ttl: 30,
    });
  });

  it.each([
    [2, 'SERVFAIL'],
    [3, 'NXDOMAIN'],
    [5, 'REFUSED'],
    [11, 'RESERVED11'],
  ])('with the code %i is %s, without a TTL', (rcode, word) => {
    const query = question('A');
    expect(decodeAnswer(query, answerTo(query, { rcode }), 'A')).toEqual({
      rcode: word,
      isAuthoritative: false,
      answers: [],
    });
  });

  it('has a TTL of 0 where the highest bit says that it is none', () => {
    const query = question('A');
    expect(decodeAnswer(query, raw(query, [record(1, 'c0000201', 0x80000000)]), 'A').ttl).toBe(0);
  });

  describe('behind a CNAME', () => {
    const chain: Answer[] = [
      { type: 'A', name: 'END.example', ttl: 9, data: '192.0.2.1' },
      { type: 'CNAME', name: 'middle.example', ttl: 5, data: 'end.example' },
      { type: 'CNAME', name: 'Name.Example', ttl: 7, data: 'middle.example' },
      { type: 'A', name: 'stranger.example', ttl: 1, data: '192.0.2.66' },
    ];

    it('holds the addresses at the end of the chain, and nothing of another name', () => {
      const query = question('A');
      const found = decodeAnswer(query, answerTo(query, { answers: chain }), 'A');
      expect(found).toMatchObject({ answers: ['192.0.2.1'], ttl: 9 });
    });

    it('holds the chain when CNAME was asked for', () => {
      const query = question('CNAME');
      const found = decodeAnswer(query, answerTo(query, { answers: chain }), 'CNAME');
      expect(found).toMatchObject({ answers: ['end.example.', 'middle.example.'], ttl: 5 });
    });

    it('holds nothing when the chain is a circle', () => {
      const query = question('A');
      const answers: Answer[] = [
        { type: 'CNAME', name: owner, ttl: 5, data: 'other.example' },
        { type: 'CNAME', name: 'other.example', ttl: 5, data: owner },
      ];
      expect(decodeAnswer(query, answerTo(query, { answers }), 'A').answers).toEqual([]);
    });
  });

  it.each<[string, DnsRecordType, readonly string[], number, string]>([
    ['fewer records than it says', 'A', [record(1, 'c0000201')], 2, 'it ends too early'],
    ['a record that ends behind the message', 'A', [record(1, 'c0000201', 1, 5)], 1, 'it ends too early'],
    ['an address of two bytes', 'A', [record(1, 'c000')], 1, 'it ends too early'],
    ['an address of five bytes', 'A', [record(1, 'c000020101')], 1, 'a record of type A is longer than what it holds'],
    ['a name behind the end of its record', 'MX', [record(15, `000a01${text('a')}00`, 1, 4)], 1, 'it ends too early'],
    ['a text that is longer than its record', 'TXT', [record(16, `05${text('ab')}`)], 1, 'it ends too early'],
    ['a TXT record without a text', 'TXT', [record(16, '')], 1, 'it ends too early'],
    ['a CAA record without a tag', 'CAA', [record(257, '0000')], 1, 'a record of type CAA has no tag'],
    ['a pointer to itself', 'NS', [record(2, 'c02a')], 1, 'a name has a pointer that leads nowhere'],
    ['a pointer forwards', 'NS', [record(2, 'c0ff')], 1, 'a name has a pointer that leads nowhere'],
    ['a label of an unknown kind', 'NS', [record(2, '4161')], 1, 'a name has a pointer that leads nowhere'],
    ['an owner of an unknown kind', 'A', ['8000'], 1, 'a name has a label of an unknown kind'],
    ['too many records', 'A', [], 501, 'it has more than 500 records'],
  ])('with %s cannot be read', (_what, recordType, records, count, message) => {
    const query = question(recordType);
    expect(() => decodeAnswer(query, raw(query, records, count), recordType)).toThrow(new DnsFormatError(message));
  });

  it('with a name of 256 bytes cannot be read', () => {
    const query = question('NS');
    const long = `3f${text('a'.repeat(63))}`.repeat(4);
    const message = raw(query, [record(2, `${long}00`)]);
    expect(() => decodeAnswer(query, message, 'NS')).toThrow(new DnsFormatError('a name is longer than 255 bytes'));
  });

  it('with the longest chain of pointers is refused soon, however many records lead into it', () => {
    const query = question('NS');
    const pointers = Array.from({ length: 8_000 }, (_, index) => hex(0xc000 | (query.length + 11 + 2 * index), 4));
    const chain = `00ffff0001${hex(0, 8)}${hex(2 + 2 * pointers.length, 4)}0000${pointers.join('')}`;
    const last = query.length + 11 + 2 * pointers.length;
    const records = Array.from(
      { length: 499 },
      () => `00000200010000000000${'02'}${hex(0xc000 | Math.min(last, 0x3ffe), 4)}`,
    );
    const message = raw(query, [chain, ...records]);
    const startedAt = performance.now();
    expect(() => decodeAnswer(query, message, 'NS')).toThrow(DnsFormatError);
    expect(performance.now() - startedAt).toBeLessThan(50);
  });

  it('with as many and as long names as fit is read within 100 ms', () => {
    const query = question('NS');
    const label = `3f${text('\x01'.repeat(63))}`;
    const first = `00ffff0001${hex(0, 8)}00ff${label.repeat(3)}3d${text('\x01'.repeat(61))}00`;
    const at = hex(0xc000 | (query.length + 11), 4);
    const records = Array.from({ length: 499 }, () => `${at}00020001000000000002${at}`);
    const message = raw(query, [first, ...records]);
    const startedAt = performance.now();
    decodeAnswer(query, message, 'NS');
    expect(performance.now() - startedAt).toBeLessThan(100);
  });

  it('is read, or refused as broken, whatever is in it', () => {
    const query = question('SOA');
    const whole = answerTo(query, {
      answers: [
        { type: 'CNAME', name: owner, ttl: 1, data: 'other.example' },
        { type: 'SOA', name: 'other.example', ttl: 1, data: { mname: 'a.example', rname: 'b.example' } },
        { type: 'TXT', name: owner, ttl: 1, data: 'text' },
      ],
    });
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 8 }), fc.nat(whole.length), (changes, length) => {
        const message = Buffer.from(whole.subarray(0, length));
        for (const { at, byte } of changes) if (at < length) message[at] = byte;
        if (!isAnswerTo(query, message)) return;
        try {
          decodeAnswer(query, message, 'SOA');
        } catch (error) {
          expect(error).toBeInstanceOf(DnsFormatError);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('means the same to us and to another codec', () => {
    const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?$/);
    const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
    const mx = fc.record({ preference: fc.nat(65_535), exchange: name });
    fc.assert(
      fc.property(name, fc.array(mx, { maxLength: 20 }), (asked, records) => {
        const query = question('MX', asked);
        const answers = records.map((data): Answer => ({ type: 'MX', name: asked, ttl: 1, data }));
        const found = decodeAnswer(query, answerTo(query, { answers }), 'MX').answers;
        expect(found).toEqual(records.map(({ preference, exchange }) => `${preference} ${exchange}.`));
      }),
    );
  });
});

describe('a message answers a question', () => {
  const query = question('A', 'Name.example');
  const changed = (change: (message: Buffer) => void) => {
    const message = Buffer.from(answerTo(query));
    change(message);
    return message;
  };
  it.each<[string, Buffer, boolean]>([
    ['when id and question are the same', changed(() => {}), true],
    ['when the letters have another case', changed((message) => message.write('nAME', 13)), true],
    ['but not with another id', changed((message) => message.writeUInt16BE(0x1235, 0)), false],
    ['but not when it is a question itself', query, false],
    ['but not with another operation', changed((message) => message.writeUInt8(0x91, 2)), false],
    ['but not for another name', changed((message) => message.write('mame', 13)), false],
    ['but not for another type', changed((message) => message.writeUInt16BE(28, message.length - 4)), false],
    ['but not for another class', changed((message) => message.writeUInt16BE(3, message.length - 2)), false],
    ['but not with two questions', changed((message) => message.writeUInt16BE(2, 4)), false],
    ['but not without its question', changed(() => {}).subarray(0, 12), false],
    ['but not when there is nothing of it', Buffer.alloc(0), false],
  ])('%s', (_when, message, expected) => {
    expect(isAnswerTo(query, message)).toBe(expected);
  });
});

describe("this machine's own name server", () => {
  it.each([
    [['192.0.2.1', '192.0.2.2'], { host: '192.0.2.1', port: 53 }],
    [['[2001:db8::1]:5353'], { host: '2001:db8::1', port: 5353 }],
    [['::1'], { host: '::1', port: 53 }],
  ])('of %j is the first', (servers, expected) => {
    expect(ownNameServer(servers)).toEqual(expected);
  });

  it('is a fault of our own where there is none', () => {
    const message = 'this machine has no name server: give the monitor a server';
    expect(() => ownNameServer([])).toThrow(expect.objectContaining({ errorType: 'monitor', message }));
  });
});
