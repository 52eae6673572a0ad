import type { Io } from '../command.ts';
import { paint, renderTable } from '../terminal.ts';
import { wrap } from '../wrap.ts';

/** On a terminal nothing is wider than `columns`; elsewhere, as in a pipe, sentences stay in one line. */
export type TextStyle = Pick<Io, 'hasColors' | 'columns' | 'isTerminal'>;

/** A sentence in as many lines as it takes. */
export function wrapLines(text: string, { isTerminal, columns }: TextStyle): readonly string[] {
  return isTerminal ? wrap(text, columns) : [text];
}

/** Parts with a dot between them, in as many lines as that takes; no part is cut. */
export function joinLines(parts: readonly string[], { isTerminal, columns }: TextStyle): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1) ?? ''} · ${part}`;
    if (lines.length > 0 && (!isTerminal || longer.length <= columns)) lines[lines.length - 1] = longer;
    else lines.push(part);
  }
  return lines;
}

/** A table under its titles; `rightAligned` are the indexes of columns of numbers. */
export function renderTitled(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[],
  style: TextStyle,
): string {
  const head = titles.map((title) => (title === '' ? '' : paint(title, 'dim', style)));
  return renderTable([head, ...rows], { rightAligned, ...(style.isTerminal ? { columns: style.columns } : {}) });
}

/** Whether something held. */
export function tick(passed: boolean, style: TextStyle): string {
  return passed ? paint('✓', 'green', style) : paint('✗', 'red', style);
}
