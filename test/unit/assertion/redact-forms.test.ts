import fc from 'fast-check';
import { redact } from '../../../shared/assertion/redact.ts';

const secret = 'p@ss "wörd"/+1';

describe('a secret', () => {
  it.each([
    ['as it is', `Bearer ${secret}!`, 'Bearer ***!'],
    ['twice', `${secret} ${secret}`, '*** ***'],
    ['percent-encoded', `?t=${encodeURIComponent(secret)}&x`, '?t=***&x'],
    ['percent-encoded in lower case', `?t=${encodeURIComponent(secret).toLowerCase()}&x`, '?t=***&x'],
    ['as a form field', `t=${encodeURIComponent(secret).replaceAll('%20', '+')}`, 't=***'],
    ['inside JSON', JSON.stringify({ t: secret }), '{"t":"***"}'],
    ['in Base64', `Basic ${Buffer.from(secret).toString('base64')}`, 'Basic ***'],
    ['in Base64 for URLs', Buffer.from(secret).toString('base64url'), '***'],
    ['in a header, whose bytes are kept as Latin-1', `x ${Buffer.from(secret).toString('latin1')}`, 'x ***'],
    ['inside JSON in a header', `x ${Buffer.from(JSON.stringify(secret)).toString('latin1')}`, 'x "***"'],
    ['in a body that repeats the bytes of a header', `x ${Buffer.from(secret, 'latin1').toString('utf8')}`, 'x ***'],
  ])('is taken out %s', (_, text, expected) => {
    expect(redact(text, [secret])).toBe(expected);
  });

  it('inside a longer one does not leave the rest of it', () => {
    expect(redact('token-abc-123', ['token-abc', 'token-abc-123'])).toBe('***');
  });

  it('that looks like a pattern is taken literally', () => {
    expect(redact('a.c abc (x|y)* [z]', ['a.c', '(x|y)*', '[z]'])).toBe('*** abc *** ***');
  });

  it('that occurs in the placeholder does not multiply', () => {
    expect(redact('redacted act', ['redacted', 'act'])).toBe('*** ***');
  });

  it('that is empty, or absent, leaves the text alone', () => {
    expect(redact('text', ['', 'other'])).toBe('text');
    expect(redact('text', [])).toBe('text');
  });

  it('of a few letters is not looked for in Base64, where any word might hold it', () => {
    expect(redact('YQ is fine, a is not', ['a'])).toBe('YQ is fine, *** is not');
  });

  it('never survives, whatever surrounds it', () => {
    const around = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
        around,
        around,
        (secrets, a, b) => {
          const clean = redact(`${a}${secrets.join(b)}${b}`, secrets).replaceAll('***', '\u0001');
          for (const each of secrets) expect(clean.includes(each)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
