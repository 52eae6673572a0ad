import fc from 'fast-check';
import { redact, redactShort } from '../../../shared/assertion/redact.ts';

describe('redact', () => {
  it.each([
    ['token abc here', ['abc'], 'token *** here'],
    ['abcdef', ['abc', 'abcdef'], '***'],
    ['a/b?c', [], 'a/b?c'],
    ['nothing', [''], 'nothing'],
    ['x=a%2Fb%20c', ['a/b c'], 'x=***'],
    ['{"a":"q\\"q"}', ['q"q'], '{"a":"***"}'],
  ])('%j without %j is %j', (text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected);
  });

  it('leaves no secret anywhere', () => {
    const secret = fc.string({ minLength: 4 }).filter((text) => !'***'.includes(text) && !text.includes('*'));
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.constant('S'))), secret, (parts, hidden) => {
        const text = parts.map((part) => (part === 'S' ? hidden : part)).join('');
        expect(redact(text, [hidden])).not.toContain(hidden);
      }),
    );
  });

  it('cuts after it has redacted, and takes control characters out', () => {
    expect(redactShort(`${'a'.repeat(250)}secret-value`, ['secret-value'])).toBe(`${'a'.repeat(250)}***`);
    expect(redactShort('a'.repeat(300), [])).toHaveLength(256);
    expect(redactShort('a\u001b[31m\nb\u202e', [])).toBe('a [31m b ');
  });
});
