import type { Io } from './command.ts';

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Style = keyof typeof styles;

/** The text in a colour, where there is somebody who can see it: a terminal, and no NO_COLOR. */
export function paint(text: string, style: Style, { hasColors }: Pick<Io, 'hasColors'>): string {
  return hasColors ? `\u001B[${styles[style]}m${text}\u001B[0m` : text;
}

/**
 * Rows in columns that align, two spaces apart. `rightAligned` are the indexes of columns of numbers. With `columns`
 * the last column is cut to the width of the terminal. Text in a cell may be painted; escapes take no room.
 */
export function renderTable(
  rows: readonly (readonly string[])[],
  {
    rightAligned = [],
    columns = Number.POSITIVE_INFINITY,
  }: { rightAligned?: readonly number[]; columns?: number } = {},
): string {
  const widths = rows.reduce<number[]>(
    (most, row) => row.map((cell, index) => Math.max(widthOf(cell), most[index] ?? 0)),
    [],
  );
  return rows.map((row) => renderRow(row, widths, rightAligned, columns)).join('\n');
}

function renderRow(
  row: readonly string[],
  widths: readonly number[],
  rightAligned: readonly number[],
  columns: number,
): string {
  const line = row
    .map((cell, index) => {
      const gap = ' '.repeat(Math.max(0, (widths[index] ?? 0) - widthOf(cell)));
      return rightAligned.includes(index) ? `${gap}${cell}` : `${cell}${gap}`;
    })
    .join('  ')
    .trimEnd();
  return widthOf(line) <= columns ? line : cut(line, columns);
}

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

/** Columns that a text takes on a terminal: escapes take none, wide characters (as in CJK) two, combining ones none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const { segment } of segmenter().segment(text.replaceAll(escapes, ''))) {
    width +=
      /^[\p{Emoji_Presentation}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uFF01-\uFF60]/u.test(
        segment,
      )
        ? 2
        : 1;
  }
  return width;
}

let shared: Intl.Segmenter | undefined;
function segmenter(): Intl.Segmenter {
  shared ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return shared;
}

/** A painted line loses its colours when it is cut. */
function cut(line: string, columns: number): string {
  const plain = [...segmenter().segment(line.replaceAll(escapes, ''))].map(({ segment }) => segment);
  let width = 0;
  const kept = plain.filter((segment) => {
    width += widthOf(segment);
    return width < columns;
  });
  return `${kept.join('')}…`;
}

/** `1 monitor`, `2 monitors`, `10,000 monitors`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
