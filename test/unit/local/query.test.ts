import { escapeXml, parseQuery, renderXml } from '../../../infra/local/aws/query.ts';

describe('a Query form', () => {
  it.each([
    ['Action=X&A=1', { Action: 'X', A: '1' }],
    ['A.member.1.N=x&A.member.2.N=y', { A: [{ N: 'x' }, { N: 'y' }] }],
    ['A.member.10=b&A.member.9=a', { A: ['a', 'b'] }],
    ['M.entry.1.Name=k&M.entry.1.Value.StringValue=v', { M: [{ Name: 'k', Value: { StringValue: 'v' } }] }],
    ['S.A=1&S.B.C=2', { S: { A: '1', B: { C: '2' } } }],
    ['__proto__.x=1', { ['__proto__']: { x: '1' } }],
    ['A=%C3%A9+%26', { A: 'é &' }],
    ['', {}],
  ])('%s is read', (form, expected) => {
    expect(parseQuery(form)).toEqual(expected);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it.each([
    ['A=1&A=2', 'contradicts'],
    ['A=1&A.B=2', 'contradicts'],
    ['A.member.x=1', 'no number'],
    [`${'A.'.repeat(20)}B=1`, 'nested too deeply'],
    [Array.from({ length: 20_001 }, (_, n) => `p${n}=1`).join('&'), 'too many parameters'],
  ])('%.40s is refused', (form, message) => {
    expect(() => parseQuery(form)).toThrow(message);
  });
});

describe('XML', () => {
  it('has lists as members, instants in ISO 8601, and nothing for what is absent', () => {
    const value = { A: ['x', { B: 1 }], C: new Date(0), D: undefined, E: true };
    expect(renderXml(value)).toBe(
      '<A><member>x</member><member><B>1</B></member></A><C>1970-01-01T00:00:00.000Z</C><E>true</E>',
    );
  });

  it('cannot be broken out of', () => {
    expect(escapeXml('<a b="c">&\u0000\u001b\r\n\t')).toBe('&lt;a b=&quot;c&quot;&gt;&amp;\uFFFD\uFFFD&#xD;\n\t');
  });
});
