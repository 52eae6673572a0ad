import { thereAre } from '../../../infra/cli/there-are.ts';

const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `n${index}`);

describe('what could have been named', () => {
  it.each([
    [0, 'there are none'],
    [1, 'there is n0'],
    [2, 'there are n0, n1'],
    [10, 'there are n0, n1, n2, n3, n4, n5, n6, n7, n8, n9'],
    [13, 'there are n0, n1, n2, n3, n4, n5, n6, n7, n8, n9 and 3 more'],
  ])('of %i names reads: %s', (count, text) => {
    expect(thereAre(names(count))).toBe(text);
  });
});
