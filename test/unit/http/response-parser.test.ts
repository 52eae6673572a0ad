import fc from 'fast-check';
import { createResponseParser } from '../../../shared/http/response-parser.ts';

type Read = {
  statusCode?: number;
  headers?: Readonly<Record<string, string>>;
  body: string;
  firstBytes: number;
  isEnded: boolean;
  error?: string;
};

/** Feeds the pieces one after the other; `close` ends the connection then. */
function read(pieces: readonly (string | Buffer)[], { method = 'GET', close = false } = {}): Read {
  const found: Read = { body: '', firstBytes: 0, isEnded: false };
  const parser = createResponseParser(method, {
    onFirstByte: () => {
      found.firstBytes += 1;
    },
    onHead: ({ statusCode, headers }) => Object.assign(found, { statusCode, headers: { ...headers } }),
    onData: (chunk) => {
      found.body += chunk.toString('latin1');
    },
    onEnd: () => {
      found.isEnded = true;
    },
  });
  try {
    for (const piece of pieces) parser.feed(Buffer.from(piece as string, 'latin1'));
    if (close && !parser.end()) found.error = 'cut';
  } catch (error) {
    found.error = String(error);
  }
  return found;
}

const invalid = 'AttemptError: the answer is not valid HTTP/1.1';

describe('a response', () => {
  it.each<[string, string, Partial<Read>]>([
    [
      'of a length',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokrest',
      { statusCode: 200, body: 'ok', isEnded: true },
    ],
    ['of no length at all', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nrest', { body: '', isEnded: true }],
    [
      'in chunks',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2\r\nab\r\n03;x=y\r\ncde\r\n0\r\nx: y\r\n\r\nrest',
      { body: 'abcde', isEnded: true },
    ],
    [
      'in chunks, with a length beside them',
      'HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n',
      { body: 'a', isEnded: true },
    ],
    ['until the end of the connection', 'HTTP/1.0 200 OK\r\n\r\nok', { body: 'ok', isEnded: false }],
    ['with lone line feeds', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', { body: 'ok', isEnded: true }],
    ['without a reason', 'HTTP/1.1 404\r\ncontent-length: 0\r\n\r\n', { statusCode: 404, isEnded: true }],
    [
      'with the same length twice',
      'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\na',
      { body: 'a', isEnded: true },
    ],
    [
      'after interim ones',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nx: y\r\n\r\nHTTP/1.1 204 No\r\n\r\n',
      { statusCode: 204, headers: {}, firstBytes: 3, isEnded: true },
    ],
    ['204 has no body', 'HTTP/1.1 204 No\r\ncontent-length: 5\r\n\r\n', { isEnded: true }],
    ['304 has no body', 'HTTP/1.1 304 No\r\ntransfer-encoding: chunked\r\n\r\n', { isEnded: true }],
  ])('%s is read to its end, and no further', (_name, text, expected) => {
    const found = read([text]);
    expect(found).toMatchObject(expected);
    expect(found).not.toHaveProperty('error');
    // The same when it comes byte for byte.
    expect(read([...text])).toEqual(found);
  });

  it('to HEAD has no body', () => {
    expect(read(['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n'], { method: 'HEAD' })).toMatchObject({ isEnded: true });
  });

  it('until the end of the connection is whole when the target closes', () => {
    expect(read(['HTTP/1.1 200 OK\r\n\r\nok'], { close: true })).toMatchObject({ body: 'ok', isEnded: true });
  });

  it('has its headers by name, in lower case, joined and unfolded, byte for byte', () => {
    const lines = [
      'X-A: 1',
      'x-a:2',
      'X-Empty:',
      'x-fold: a',
      '\t b ',
      'constructor: c',
      '__proto__: d',
      'x-b: caf\xe9  ',
    ];
    const { headers } = read([`HTTP/1.1 204 No\r\n${lines.join('\r\n')}\r\n\r\n`]);
    expect(Object.entries(headers ?? {})).toEqual([
      ['x-a', '1, 2'],
      ['x-empty', ''],
      ['x-fold', 'a b'],
      ['constructor', 'c'],
      ['__proto__', 'd'],
      ['x-b', 'caf\xe9'],
    ]);
  });

  const ok = 'HTTP/1.1 200 OK\r\n';
  const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`;
  it.each([
    ['a greeting', 'SSH'],
    ['another version', 'HTTP/2.0 200 OK\r\n'],
    ['no version', '<html>'],
    ['a blank line first', '\r\nHTTP/1.1 200 OK\r\n'],
    ['a status of two digits', 'HTTP/1.1 99 Odd\r\n'],
    ['a header without a colon', `${ok}oops\r\n`],
    ['a header without a name', `${ok}: a\r\n`],
    ['a space in a name', `${ok}a b: c\r\n`],
    ['a space after a name', `${ok}a : c\r\n`],
    ['a fold before any header', `${ok} a\r\n`],
    ['a NUL in a header', `${ok}a: \0\r\n`],
    ['a lone CR in a header', `${ok}a: b\rc\r\n`],
    ['a negative length', `${ok}content-length: -1\r\n\r\n`],
    ['an empty length', `${ok}content-length:\r\n\r\n`],
    ['two lengths', `${ok}content-length: 1\r\ncontent-length: 2\r\n\r\n`],
    ['a length that no number holds', `${ok}content-length: 9999999999999999\r\n\r\n`],
    ['a chunk size that is no number', `${chunked}zz\r\n`],
    ['an empty chunk size', `${chunked}\r\n`],
    ['a negative chunk size', `${chunked}-1\r\n`],
    ['a chunk size that no number holds', `${chunked}ffffffffffffffff\r\n`],
    ['a chunk that is longer than its size', `${chunked}1\r\nab`],
    ['a chunk whose end is late', `${chunked}1\r\nab\r\n`],
    ['a chunk size line without end', chunked + '0'.repeat(40_000)],
  ])('with %s is no HTTP', (_name, text) => {
    expect(read([text])).toMatchObject({ error: invalid, isEnded: false });
    expect(read([...text])).toMatchObject({ error: invalid, isEnded: false });
  });

  it.each([
    ['nothing', ''],
    ['half a status', 'HTTP/1.'],
    ['half of the headers', `${ok}a: b\r\n`],
    ['an interim one', 'HTTP/1.1 100 Continue\r\n\r\n'],
    ['half of its length', `${ok}content-length: 2\r\n\r\na`],
    ['half a chunk', `${chunked}2\r\na`],
    ['a chunk without its end', `${chunked}1\r\na`],
    ['chunks without the last one', `${chunked}1\r\na\r\n`],
    ['the last chunk without its end', `${chunked}0\r\n`],
  ])('that ends after %s is not whole', (_name, text) => {
    expect(read([text], { close: true })).toMatchObject({ error: 'cut', isEnded: false });
  });

  it.each([
    ['headers above 32 kB', `${ok}a: ${'x'.repeat(33_000)}`, 'the headers of the answer are larger than 32 kB'],
    [
      'many headers above 32 kB',
      `${ok}${`a: ${'x'.repeat(1_000)}\r\n`.repeat(40)}`,
      'the headers of the answer are larger than 32 kB',
    ],
    [
      'trailers above 32 kB',
      `${chunked}0\r\n${`a: ${'x'.repeat(1_000)}\r\n`.repeat(40)}`,
      'the headers of the answer are larger than 32 kB',
    ],
    ['more than 500 headers', `${ok}${'a: b\r\n'.repeat(501)}`, 'the target sent more than 500 headers'],
    [
      'interim responses without end',
      'HTTP/1.1 103 Early\r\n\r\n'.repeat(21),
      'the target sent interim responses without end',
    ],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n',
      'the target switched to a protocol that was not asked for',
    ],
    [
      'another transfer encoding',
      `${ok}transfer-encoding: gzip, chunked\r\n\r\n`,
      'the target uses a transfer encoding that was not asked for',
    ],
  ])('with %s is refused', (_name, text, message) => {
    expect(read([text])).toMatchObject({ error: `AttemptError: ${message}`, isEnded: false });
  });

  it('has room for 500 headers and almost 32 kB', () => {
    const lines = `a: ${'x'.repeat(55)}\r\n`.repeat(500);
    expect(read([`${ok}${lines}content-length: 0\r\n\r\n`.replace('a: ', 'b: ')]).error).toMatch(/more than 500/);
    expect(read([`HTTP/1.1 204 No\r\n${lines}\r\n`])).toMatchObject({ isEnded: true });
  });
});

describe('however a response is cut into pieces', () => {
  const name = fc.stringMatching(/^[a-z][a-z-]{0,8}$/).map((text) => `x-${text}`);
  const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
  const body = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1'));
  const cuts = fc.array(fc.nat({ max: 600 }), { maxLength: 12 });

  const framed = (text: string, framing: string, sizes: readonly number[]) => {
    if (framing === 'length') return `content-length: ${text.length}\r\n\r\n${text}`;
    if (framing === 'close') return `\r\n${text}`;
    let rest = text;
    let chunks = '';
    for (let index = 0; rest !== ''; index += 1) {
      const size = Math.max(1, sizes[index % Math.max(1, sizes.length)] ?? 7);
      chunks += `${Math.min(size, rest.length).toString(16)}\r\n${rest.slice(0, size)}\r\n`;
      rest = rest.slice(size);
    }
    return `transfer-encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
  };

  it('it is read the same', () => {
    const framing = fc.constantFrom('length', 'close', 'chunked');
    const law = fc.property(fc.dictionary(name, value), body, framing, cuts, (headers, text, how, places) => {
      const lines = Object.entries(headers).map(([key, each]) => `${key}: ${each}\r\n`);
      const whole = `HTTP/1.1 200 OK\r\n${lines.join('')}${framed(text, how, places)}`;
      const at = [0, ...places.map((place) => place % (whole.length + 1)), whole.length].sort((a, b) => a - b);
      const pieces = at.slice(1).map((end, index) => whole.slice(at[index], end));
      const found = read(pieces, { close: true });
      expect(found).toMatchObject({ statusCode: 200, body: text, firstBytes: 1, isEnded: true });
      expect(found.headers).toMatchObject(headers);
    });
    fc.assert(law, { numRuns: 300 });
  });

  it('bytes of any kind end in an answer, in one of our errors, or in waiting for more', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        'HTTP/1.1 200 OK\r\n',
        'HTTP/1.1 103 E\r\n\r\n',
        '\r\n',
        '\r\n\r\n',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
      ),
      fc.constantFrom('content-length: 5\r\n', 'transfer-encoding: chunked\r\n', ' fold\r\n', 'a: b\n', '\n', '\r'),
      fc.uint8Array({ maxLength: 8 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    );
    const law = fc.property(fc.array(piece, { maxLength: 14 }), fc.boolean(), (pieces, close) => {
      const found = read(pieces, { close });
      expect(found.error ?? 'cut').toMatch(/^(AttemptError: |cut$)/);
      if (close) expect(found.isEnded).toBe(found.error === undefined);
      // Bytes that came in one piece say the same, but for where an error was met.
      const whole = read([pieces.join('')], { close });
      expect([whole.isEnded, whole.error, whole.body]).toEqual([found.isEnded, found.error, found.body]);
    });
    fc.assert(law, { numRuns: 1_000 });
  });
});
