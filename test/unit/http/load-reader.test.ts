import fc from 'fast-check';
import { AnswerReader } from '../../../shared/http/load-reader.ts';
import { createResponseParser, type ResponseHead } from '../../../shared/http/response-parser.ts';

/** How far a reader came: the status of the final head, and whether the answer is whole or none. */
type Found = { readonly statusCode: number; readonly state: 'reading' | 'whole' | 'broken' };

const latin1 = (text: string) => Buffer.from(text, 'latin1');

/** What a reader found after each of the pieces, and at last when the connection has ended. */
function read(
  pieces: readonly Buffer[],
  isHead: boolean,
): { readonly found: readonly Found[]; readonly taken: number } {
  const reader = new AnswerReader();
  reader.start(isHead);
  let taken = 0;
  const look = (): Found => {
    const state = reader.isBroken ? 'broken' : reader.isWhole ? 'whole' : 'reading';
    return { statusCode: reader.statusCode, state };
  };
  const found = pieces.map((piece) => {
    taken += reader.read(piece, piece.length);
    return look();
  });
  reader.end();
  return { found: [...found, look()], taken };
}

/** The same by the parser of single answers, but for a length beside chunks, which it reads. */
function readByParser(pieces: readonly Buffer[], isHead: boolean): readonly Found[] {
  let found: Found = { statusCode: 0, state: 'reading' };
  const parser = createResponseParser(isHead ? 'HEAD' : 'GET', {
    onFirstByte: () => {},
    onHead: (head) => {
      if (isTwoAnswers(head, isHead)) throw new Error('a length beside chunks');
      found = { ...found, statusCode: head.statusCode };
    },
    onData: () => {},
    onEnd: () => {
      found = { ...found, state: 'whole' };
    },
  });
  const take = (step: () => void): Found => {
    try {
      if (found.state === 'reading') step();
    } catch {
      found = { ...found, state: 'broken' };
    }
    return found;
  };
  return [...pieces.map((piece) => take(() => parser.feed(piece))), take(() => parser.end())];
}

function isTwoAnswers({ statusCode, headers }: ResponseHead, isHead: boolean): boolean {
  const hasBody = !isHead && statusCode !== 204 && statusCode !== 304;
  const isChunked = headers['transfer-encoding']?.toLowerCase() === 'chunked';
  return hasBody && isChunked && headers['content-length'] !== undefined;
}

function cut(bytes: Buffer, places: readonly number[]): readonly Buffer[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...sorted].map((from, index) => bytes.subarray(from, sorted[index])).filter(({ length }) => length > 0);
}

const oneOf = (...texts: readonly string[]) => fc.constantFrom(...texts);
const lineEnd = fc.oneof({ weight: 20, arbitrary: fc.constant('\r\n') }, oneOf('\n', '\r', '\r\r\n', '\n\r', ''));
const noise = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 6 }),
  oneOf('\0', '\r', '\n', '\xa0', '\xff', ':', ' ', '\t', ';', ','),
);
const status = fc.oneof(
  {
    weight: 12,
    arbitrary: oneOf('HTTP/1.1 200 OK', 'HTTP/1.0 200 OK', 'HTTP/1.1 204 x', 'HTTP/1.1 304 ', 'HTTP/1.1 301'),
  },
  {
    weight: 2,
    arbitrary: oneOf('HTTP/1.1 100 Continue', 'HTTP/1.1 103 Early', 'HTTP/1.1 101 Switching', 'HTTP/1.1 199'),
  },
  oneOf(
    'HTTP/1.1 99 x',
    'HTTP/1.1 2000',
    'HTTP/1.2 200 OK',
    'HTTP/2 200',
    'http/1.1 200 OK',
    'HTTP/1.1 200OK',
    'HTTP',
    '',
  ),
);
const length = fc.oneof(
  { weight: 6, arbitrary: fc.nat({ max: 12 }).map(String) },
  oneOf(
    '5, 5',
    '5,6',
    '05',
    '+5',
    '-1',
    '',
    ' ',
    '5 ',
    '\xa05',
    '5;',
    '1e1',
    '1234567x',
    '12345 67',
    '00012',
    '999999999999999',
    '9999999999999999',
  ),
);
const coding = fc.oneof(
  { weight: 3, arbitrary: oneOf('chunked', 'Chunked', ' chunked ') },
  oneOf('identity', 'gzip', '', 'chunked, chunked'),
);
const header = fc.oneof(
  { weight: 6, arbitrary: length.map((value) => `content-length: ${value}`) },
  { weight: 4, arbitrary: coding.map((value) => `Transfer-Encoding:${value}`) },
  {
    weight: 2,
    arbitrary: oneOf(
      'server: x',
      'Content-LENGTH:3',
      'connection: close',
      'x-\xe9: y',
      'X_y: \xe9\xa0',
      ' 5',
      '\tchunked',
    ),
  },
  oneOf(
    ': x',
    'x',
    'x : y',
    '  ',
    'content-length',
    'location: /a',
    'content-lengtH\0: 3',
    'transfer\renc: a',
    `a:${'b'.repeat(40_000)}`,
  ),
);
const chunk = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 12 }).map((size) => `${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`) },
  oneOf(
    '0',
    '00000000000000000000',
    '2;a=b\r\nab\r\n',
    '2 \t;\r\nab\n',
    '\r\n',
    'g\r\n',
    '0x2\r\nab\r\n',
    '2\r\nabc\r\n',
  ),
  oneOf(
    'fffffffffffff\r\n',
    'ffffffffffffff\r\n',
    '000fffffffffffff',
    'A\r\n0123456789\r\n',
    `1;${'e'.repeat(33_000)}\r\nx\r\n`,
  ),
);
const body = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 15 }),
  fc
    .tuple(fc.array(chunk, { maxLength: 4 }), oneOf('0\r\n\r\n', '0\r\nx: y\r\n\r\n', '0\n\n', ''))
    .map(([all, last]) => all.join('') + last),
);
const head = fc
  .tuple(status, fc.array(header, { maxLength: 4 }), fc.array(lineEnd, { minLength: 6, maxLength: 6 }))
  .map(([first, headers, ends]) => `${[first, ...headers].map((line, at) => line + ends[at]).join('')}${ends[5]}`);
/** Answers as servers send them, and near them. */
const answer = fc
  .tuple(fc.array(head, { minLength: 1, maxLength: 3 }), body, fc.option(noise, { freq: 3 }), fc.nat())
  .map(([heads, rest, more, at]) => {
    const text = heads.join('') + rest;
    const place = at % (text.length + 1);
    return latin1(more === null ? text : text.slice(0, place) + more + text.slice(place + (at % 2)));
  });
const places = fc.array(fc.nat({ max: 100_000 }), { maxLength: 12 });

describe('a reader of many answers', () => {
  it('says the same as the parser of one of any bytes, wherever they are cut', () => {
    fc.assert(
      fc.property(answer, places, fc.boolean(), (bytes, at, isHead) => {
        const pieces = cut(bytes, at);
        expect(read(pieces, isHead).found).toEqual(readByParser(pieces, isHead));
      }),
      { numRuns: 3_000 },
    );
  });

  it('takes the same bytes for the answer wherever they are cut, and none beyond it', () => {
    fc.assert(
      fc.property(answer, places, fc.boolean(), (bytes, at, isHead) => {
        const together = read([bytes], isHead);
        const apart = read(cut(bytes, at), isHead);
        const isWhole = together.found[0]?.state === 'whole';
        expect(isWhole ? apart.taken : together.taken).toBe(together.taken);
      }),
    );
  });

  it.each([
    ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', false],
    ['HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\na: b\r\n\r\n', false],
    ['HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', false],
    ['HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n', true],
  ])('ends %j where it ends, at every cut', (text, isHead) => {
    const bytes = latin1(`${text}HTTP/1.1 500 surplus`);
    for (let at = 0; at < text.length; at += 1) expect(read(cut(bytes, [at]), isHead).taken).toBe(text.length);
    expect(
      read(
        [...bytes].map((byte) => Buffer.of(byte)),
        isHead,
      ).taken,
    ).toBe(text.length);
  });

  it('reads one answer after the other', () => {
    const reader = new AnswerReader();
    for (const [text, status] of [
      ['HTTP/1.0 404 x\r\ntransfer-encoding: chunked\r\nlocation: /a\r\n\r\n0\r\n\r\n', 404],
      ['HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', 200],
    ] as const) {
      reader.start(false);
      expect([reader.statusCode, reader.isWhole]).toEqual([0, false]);
      expect(reader.read(latin1(text), text.length)).toBe(text.length);
      expect([reader.statusCode, reader.isWhole]).toEqual([status, true]);
    }
    expect(reader.head.location).toBeUndefined();
  });
});

describe('a head', () => {
  function headOf(version: string, ...headers: readonly string[]) {
    const reader = new AnswerReader();
    reader.start(false);
    const text = [`HTTP/${version} 200 OK`, 'content-length: 0', ...headers, '', ''].join('\r\n');
    reader.read(latin1(text), text.length);
    expect(reader.isWhole).toBe(true);
    return reader.head;
  }

  it.each<[string, readonly string[], number]>([
    ['1.1', [], 4_000],
    ['1.1', ['connection: keep-alive'], 4_000],
    ['1.1', ['connection: close'], 0],
    ['1.1', ['Connection: Upgrade,  CLOSE'], 0],
    ['1.1', ['connection: a', 'connection: close'], 0],
    ['1.1', ['connection: a', ' , close'], 0],
    ['1.1', ['connection: closed'], 4_000],
    ['1.0', [], 0],
    ['1.0', ['connection: foo'], 0],
    ['1.0', ['Connection: Keep-Alive'], 4_000],
    ['1.0', ['connection: keep-alive, foo'], 4_000],
    ['1.1', ['keep-alive: timeout=5, max=100'], 4_000],
    ['1.1', ['Keep-Alive: max=100, timeout=3'], 2_000],
    ['1.1', ['keep-alive: timeout=1'], 0],
    ['1.1', ['keep-alive: timeout=0'], 0],
    ['1.1', ['keep-alive: timeout=75'], 4_000],
    ['1.1', ['keep-alive: xtimeout=2'], 4_000],
    ['1.1', ['keep-alive: timeout=abc'], 4_000],
  ])('by HTTP/%s with %j lets a connection be idle for %d ms', (version, headers, expected) => {
    expect(headOf(version, ...headers).idleLimitMs()).toBe(expected);
  });

  it.each([
    [['location: /a'], '/a'],
    [['LOCATION:  http://a/\xe9  '], 'http://a/\xe9'],
    [['location: /a', 'location: /b'], '/a, /b'],
    [['x-location: /a'], undefined],
    [['locatioN: /a', '\tb'], '/a b'],
  ])('with %j leads to %j', (headers, expected) => {
    expect(headOf('1.1', ...headers).location).toBe(expected);
  });
});
