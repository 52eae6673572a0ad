import fc from 'fast-check';
import { asciiText, cleanCommand, cleanText, cut, cutMiddle } from '../../../shared/message/clean.ts';
import { wrap } from '../../../shared/message/layout.ts';

describe('text from outside', () => {
  it.each([
    ['a\r\nSubject: b', 'a Subject: b'],
    ['a\u0000\u0007\u001b[31mb', 'a [31mb'],
    ['a\u0085\u2028\u2029b', 'a b'],
    ['\u202eabc\u202c \u2066x\u2069 \u200ey', 'abc x y'],
    ['a\u200b\u00ad\ufeffb', 'a b'],
    ['a\ud800b', 'a\ufffdb'],
    ['ünïcode stays ✓', 'ünïcode stays ✓'],
    ['  much   space ', 'much space'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text, 100)).toBe(clean);
  });

  it.each([
    ['ünïcode', 'unicode'],
    ['état 東京', 'etat ??'],
    ['smile 😀', 'smile ?'],
    ['a\nb', 'a b'],
  ])('%j becomes %j in ASCII', (text, ascii) => {
    expect(asciiText(text, 100)).toBe(ascii);
  });

  it('is one line without controls, at most as long as allowed, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.integer({ min: 4, max: 100 }), (text, longest) => {
        const clean = cleanText(text, longest);
        expect(clean.length).toBeLessThanOrEqual(longest);
        expect(clean).not.toMatch(/[\p{C}\u2028\u2029]/u);
        expect(clean.isWellFormed()).toBe(true);
        expect(asciiText(text, longest)).toMatch(/^[\x20-\x7e]*$/);
        expect(asciiText(text, longest).length).toBeLessThanOrEqual(longest);
      }),
      { numRuns: 500 },
    );
  });

  it('is cut between characters, not through one', () => {
    expect(cut('ab😀defgh', 6)).toBe('ab...');
    expect(cut('abcdef', 6)).toBe('abcdef');
    expect(cutMiddle('shortener-health-eu-west-1', 12)).toBe('short..est-1');
    expect(cutMiddle('short', 12)).toBe('short');
  });

  it('keeps the spaces of a command', () => {
    expect(cleanCommand("curl -H 'a:  b\n c'")).toBe("curl -H 'a:  b  c'");
  });
});

describe('wrapped text', () => {
  it('keeps a number with its unit, a date with its time, and a long word whole', () => {
    const address = `https://example.com/${'x'.repeat(80)}`;
    expect(wrap(`${'a'.repeat(70)} for 12 min ${address} then`, '  ')).toEqual([
      `  ${'a'.repeat(70)} for`,
      '    12 min',
      `    ${address}`,
      '    then',
    ]);
    expect(wrap(`${'a'.repeat(50)} since 2026-11-20 10:01:00 UTC`, '')[1]).toBe('  2026-11-20 10:01:00 UTC');
  });

  it('loses no word', () => {
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-z0-9]{1,90}$/), { minLength: 1, maxLength: 30 }), (words) => {
        expect(
          wrap(words.join(' '), '  ')
            .map((line) => line.trim())
            .join(' '),
        ).toBe(words.join(' '));
      }),
    );
  });
});
