import fc from 'fast-check';
import { loadExpressions } from '../../../shared/assertion/expression.ts';
import { isExpression } from '../../../shared/assertion/expression-syntax.ts';

const { test, find, longestText } = await loadExpressions();

describe('an expression', () => {
  it.each([
    '^a',
    '(?i)hello',
    '(?ms)^a.b$',
    '\\bword\\b',
    '(?P<code>\\d{3})',
    '(?<code>\\d{3})',
    '\\pL+',
    '[[:alpha:]]',
    'é{2,5}',
  ])('%s is taken', (pattern) => {
    expect(isExpression(pattern)).toBe(true);
  });

  it.each([
    ['', 'must not be empty'],
    ['a'.repeat(1_001), 'must have at most 1000 characters, has 1001'],
    ['(a{1,1000}){2}', 'is no regular expression (RE2): invalid repeat count at {2}'],
    ['a{1000}b{1000}', 'is too large: 2002 steps once its repetitions are written out, of at most 1000'],
    ['a{1001}', 'is no regular expression (RE2): invalid repeat count at {1001}'],
    ['(a', 'is no regular expression (RE2): missing closing ) at (a'],
    ['[a', 'is no regular expression (RE2): missing closing ] at [a'],
    [
      '(a)\\1',
      'must not hold a backreference (\\1), which RE2 has not, because the time that it takes could not be bounded',
    ],
    [
      '\\k<a>',
      'must not hold a backreference (\\k), which RE2 has not, because the time that it takes could not be bounded',
    ],
    ...['(?=', '(?!', '(?<=', '(?<!'].map((look) => [
      `a${look}b)`,
      `must not look ahead or behind (${look}), which RE2 has not, because the time that it takes could not be bounded`,
    ]),
  ])('%s is refused', (pattern, reason) => {
    expect(isExpression(pattern)).toBe(reason);
  });

  it('is searched for, and says its groups', () => {
    expect(test('b', 'abc')).toBe(true);
    expect(test('^b', 'abc')).toBe(false);
    expect(find('(\\d+)-(x)?', 'a 12-3')).toEqual(['12-', '12', null]);
    expect(find('z', 'abc')).toBeUndefined();
  });

  it('that is none matches nothing', () => {
    expect([test('(a', '(a'), find('(a', '(a'), longestText('(a')]).toEqual([false, undefined, 0]);
  });

  it('looks at a mebibyte where it is small, and at less the larger it is', () => {
    expect(longestText('(a+)+$')).toBeGreaterThan(2 ** 20);
    expect(longestText('a[ab]{900}$')).toBe(18_558);
    expect(longestText('b{400}')).toBe(41_734);
    expect(['b'.repeat(41_734), 'b'.repeat(41_735)].map((text) => test('b{400}', text))).toEqual([true, false]);
    expect(find('b{400}', 'b'.repeat(20_867))).toEqual(['b'.repeat(400)]);
    expect(find('b{400}', 'b'.repeat(20_868))).toBeUndefined();
  });

  it('is told apart from others, however many there are', () => {
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 150; n += 1) expect(test(`^x${n}$`, `x${n}`)).toBe(true);
    }
  });

  it('never throws, whatever it is and whatever it looks at', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ unit: 'binary' }), (pattern, text) => {
        const isFound = test(pattern, text);
        expect(isFound).toBe(find(pattern, text) !== undefined);
        if (isExpression(pattern) !== true) expect(isFound).toBe(false);
      }),
    );
  });

  it.each(['(a+)+$', '(a|a)*$', '(.*)(.*)x$', '(\\w+\\s?)*$', 'a[ab]{900}$', '(?:(?:a?){30}){30}$'])(
    '%s takes no time that is worth speaking of, in the most that it may look at',
    (pattern) => {
      const text = 'ab'.repeat(longestText(pattern) / 2);
      const startedAt = performance.now();
      test(pattern, text);
      find(pattern, text.slice(0, longestText(pattern) / 2));
      // A tenth of a second each; backtracking would not end.
      expect(performance.now() - startedAt).toBeLessThan(3_000);
    },
  );
});
