import { webcrypto } from 'node:crypto';
import fc from 'fast-check';
import { generateCode, isCode, isReserved, reservedCodes } from '../../../functions/shortener/code.ts';
import { findDuplicateKey } from '../../../functions/shortener/duplicate-key.ts';
import { isPublicAddress } from '../../../functions/shortener/host.ts';
import { parseInstant } from '../../../functions/shortener/instant.ts';
import { parsePageQuery, renderCursor } from '../../../functions/shortener/page.ts';
import { routes } from '../../../functions/shortener/route-table.ts';
import { readSettings } from '../../../functions/shortener/settings.ts';
import { faultItem, toFault } from '../../../functions/shortener/store/items.ts';
import { findUrlFault } from '../../../functions/shortener/url.ts';

const codes = fc.stringMatching(/^[0-9A-Za-z]{4,64}$/);

describe('A generated code', () => {
  it('has eight letters or digits, each as likely as any other', () => {
    const counts = new Map<string, number>();
    const draws = 20_000;
    for (let draw = 0; draw < draws; draw++) {
      const code = generateCode((size) => webcrypto.getRandomValues(new Uint8Array(size)));
      expect(code).toMatch(/^[0-9A-Za-z]{8}$/);
      for (const letter of code) counts.set(letter, (counts.get(letter) ?? 0) + 1);
    }
    const expected = (draws * 8) / 62;
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(counts.size).toBe(62);
    // 61 degrees of freedom: 125 is passed by chance once in half a million runs; wrapped bytes would give about 1,100.
    expect(chiSquare).toBeLessThan(125);
  });

  it('throws away the bytes that would favour the first letters', () => {
    const bytes = [248, 255, 0, 61, 62, 247];
    let at = 0;
    const code = generateCode((size) => Uint8Array.from({ length: size }, () => bytes[at++ % bytes.length] ?? 0));
    expect(code).toBe('0z0z0z0z');
  });

  it('is drawn again when it is a reserved word', () => {
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const word = [...'Incident'].map((letter) => alphabet.indexOf(letter));
    let isFirst = true;
    const code = generateCode((size) => {
      const bytes = new Uint8Array(size).fill(1);
      if (isFirst) bytes.set(word);
      isFirst = false;
      return bytes;
    });
    expect(code).toBe('11111111');
  });
});

describe('Reserved words', () => {
  it('hold whatever stands in a path where a code may stand, in any case', () => {
    const segments = routes.flatMap(({ path }) => /^\/(?:links\/)?(\w+)/.exec(path)?.[1] ?? []).filter(isCode);
    expect(segments).toEqual(expect.arrayContaining(['links', 'bulk', 'faults', 'health', 'demo', 'assets']));
    for (const segment of segments) expect(isReserved(segment.toUpperCase())).toBe(true);
    expect([...reservedCodes].every((word) => word === word.toLowerCase())).toBe(true);
  });
});

describe('The rules for URLs', () => {
  const hosts = fc
    .domain()
    .filter((name) => !/\.(?:local|lan|home|corp|test|invalid|alt|internal|private|svc|onion|me|io|goog)$/i.test(name));

  it('let every plain public web address pass', async () => {
    await fc.assert(
      fc.asyncProperty(hosts, fc.webPath(), fc.webQueryParameters(), async (host, path, query) => {
        expect(findUrlFault(`https://${host}${path}?${query}`, ['links.invalid'])).toBeUndefined();
      }),
    );
  });

  it('see the same private IPv4 address in every notation', () => {
    const privates = fc.constantFrom(
      [10, 8],
      [127, 8],
      [0, 8],
      [169 * 256 + 254, 16],
      [192 * 256 + 168, 16],
      [172 * 16 + 1, 12],
      [100 * 4 + 1, 10],
      [15, 4],
    );
    fc.assert(
      fc.property(privates, fc.nat(), fc.nat(7), ([prefix = 0, bits = 0], rest, notation) => {
        const address = (prefix * 2 ** (32 - bits) + (rest % 2 ** (32 - bits))) >>> 0;
        expect(findUrlFault(`http://${write(address, notation)}/`, [])?.code).toBe('url-private');
      }),
    );
  });

  it('judge an address as WHATWG URL understands it, whatever stands for it', () => {
    fc.assert(
      fc.property(fc.ipV4Extended(), (text) => {
        const host = new URL(`http://${text}/`).hostname;
        expect(findUrlFault(`http://${text}/`, []) === undefined).toBe(isPublicAddress(host));
      }),
    );
  });

  it('let nothing pass that could break out of a header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const url = `https://example.com/${text}`;
        if (findUrlFault(url, []) === undefined) expect(url).toMatch(/^[\u0021-\u007e]+$/);
      }),
    );
  });

  it('never throw', () => {
    fc.assert(
      fc.property(fc.anything(), fc.string({ unit: 'binary' }), fc.webUrl(), (anything, text, url) => {
        for (const input of [anything, text, url, url + text, text + url, `http://${text}/`])
          findUrlFault(input, [text, url]);
      }),
    );
  });
});

describe('An RFC 3339 instant', () => {
  it.each([
    ['2030-01-01T00:00:00Z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01t00:00:00z', '2030-01-01T00:00:00.000Z'],
    ['2030-01-01T00:00:00.9999999Z', '2030-01-01T00:00:00.999Z'],
    ['2030-01-01T00:00:00.5+05:30', '2029-12-31T18:30:00.500Z'],
    ['2030-01-01T00:00:00-00:00', '2030-01-01T00:00:00.000Z'],
    ['2032-02-29T23:59:59-23:59', '2032-03-01T23:58:59.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it('is read back from what Date writes', () => {
    const instants = fc.date({
      min: new Date('0100-01-01T00:00:00Z'),
      max: new Date('9999-12-31T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(fc.property(instants, (instant) => expect(parseInstant(instant.toISOString())).toBe(instant.getTime())));
  });

  it.each([
    '',
    'Z',
    '2030-1-1T00:00:00Z',
    '2030-00-01T00:00:00Z',
    '2030-01-00T00:00:00Z',
    '2030-04-31T00:00:00Z',
    '2100-02-29T00:00:00Z',
    '+2030-01-01T00:00:00Z',
    '02030-01-01T00:00:00Z',
    '2030-01-01T00:60:00Z',
    '2030-01-01T00:00:00+0100',
    '2030-01-01T00:00:00+01:60',
    '2030-01-01T00:00:00Z\n',
    `2030-01-01T00:00:00.${'0'.repeat(60)}Z`,
  ])('%j is none', (text) => expect(parseInstant(text)).toBeUndefined());
});

describe('A duplicate key', () => {
  it('is not found in what JSON.stringify writes', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(findDuplicateKey(text)).toBeUndefined()));
  });

  it('is found wherever it is put', () => {
    fc.assert(
      fc.property(fc.json(), fc.string({ unit: 'binary' }), fc.json(), (before, key, after) => {
        const name = JSON.stringify(key);
        expect(findDuplicateKey(`[${before}, {${name}:${before}, "\\u0000x":{${name}:0}, ${name} :${after}}]`)).toBe(
          key,
        );
      }),
      {
        examples: [
          ['[]', '"', '{}'],
          ['{}', '\\', '""'],
          ['0', '{', '1'],
          ['0', '', '1'],
        ],
      },
    );
  });
});

describe('A cursor', () => {
  it('leads back to the code that it was made of', () => {
    fc.assert(
      fc.property(codes, (code) => {
        expect(parsePageQuery(`cursor=${renderCursor(code)}`)).toEqual({ value: { limit: 50, after: code } });
      }),
    );
  });

  it('that was forged is refused, or names a code', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          codes.map((code) => `MTp${code}`),
        ),
        (cursor) => {
          const query = parsePageQuery(new URLSearchParams({ cursor }).toString());
          if ('value' in query) expect(isCode(query.value.after ?? '')).toBe(true);
          else expect(query.problem).toBe('invalid-input');
        },
      ),
    );
  });
});

describe('The settings', () => {
  it('are the safe ones where nothing is said', () => {
    expect(readSettings({ LINKS_TABLE: 'links' })).toEqual({
      table: 'links',
      writes: 'token',
      tokenParameter: '/burnwatch/write-token',
      corsOrigins: [],
      apiPerSecond: 20,
      missesPerSecond: 5,
      areFaultsOn: false,
    });
  });

  it.each([
    [{}, 'set LINKS_TABLE to the name of the table that holds the links'],
    [{ LINKS_TABLE: 'links', WRITES: 'opne' }, 'set WRITES to token or open'],
    [{ LINKS_TABLE: 'links', FAULTS: 'true' }, 'set FAULTS to off or on'],
  ])('%j are refused: %s', (env, message) => {
    expect(() => readSettings(env)).toThrow(message);
  });
});

/** One address in eight notations. */
function write(address: number, notation: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => (address >>> shift) & 255);
  const [a = 0, b = 0] = bytes;
  const forms = [
    () => bytes.join('.'),
    () => String(address),
    () => `0x${address.toString(16)}`,
    () => `0${address.toString(8)}`,
    () => bytes.map((byte) => `0${byte.toString(8)}`).join('.'),
    () => `${a}.${address % 2 ** 24}`,
    () => `0x${a.toString(16)}.${b}.${address % 2 ** 16}.`,
    () => `[::ffff:${bytes.join('.')}]`,
  ];
  return forms[notation]?.() ?? '';
}

describe('A drill in the database', () => {
  const fault = { errorRatio: 0.5, latencyMs: 7, isDatabaseDown: true, isCacheCold: true, cpuMs: 9, untilAt: 1_000 };

  it('is read as it was written', () => {
    expect(toFault(faultItem(fault))).toEqual(fault);
    const other = { ...fault, isDatabaseDown: false, isCacheCold: false };
    expect(toFault(faultItem(other))).toEqual(other);
  });

  it('of an earlier version is what that knew, and one that is no drill is none', () => {
    const { cpuMs: _, databaseDown: __, cacheCold: ___, ...earlier } = faultItem(fault);
    expect(toFault(earlier)).toEqual({ ...fault, isDatabaseDown: false, isCacheCold: false, cpuMs: 0 });
    expect(toFault({ ...faultItem(fault), cpuMs: { S: 'much' }, untilMs: { N: 'x' } })).toBeUndefined();
    expect(toFault(undefined)).toBeUndefined();
  });
});
