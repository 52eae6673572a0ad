import { count, paint, renderTable, widthOf } from '../../../infra/cli/terminal.ts';

const red = '\u001B[31mfailed\u001B[0m';

describe('the terminal', () => {
  it('is painted only where there is somebody who sees it', () => {
    expect(paint('failed', 'red', { hasColors: true })).toBe(red);
    expect(paint('failed', 'red', { hasColors: false })).toBe('failed');
  });

  it('aligns columns, whatever their cells are painted with', () => {
    expect(
      renderTable([
        ['a', red, 'x'],
        ['long', 'ok', 'y'],
      ]),
    ).toBe(`a     ${red}  x\nlong  ok      y`);
  });

  it('puts numbers to the right', () => {
    expect(
      renderTable(
        [
          ['a', '5'],
          ['b', '500'],
        ],
        { rightAligned: [1] },
      ),
    ).toBe('a    5\nb  500');
  });

  it('cuts a line at the width of the terminal, without its colours', () => {
    expect(renderTable([['name', red]], { columns: 9 })).toBe('name  fa…');
    expect(renderTable([['name', red]], { columns: 12 })).toBe(`name  ${red}`);
  });

  it.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['e\u0301', 1],
    ['🔥', 2],
    [red, 6],
  ])('%j takes %d columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  it('counts in words', () => {
    expect([count(0, 'monitor'), count(1, 'monitor'), count(10_000, 'monitor')]).toEqual([
      '0 monitors',
      '1 monitor',
      '10,000 monitors',
    ]);
  });
});
