import { formatCount } from './format.ts';

/** Of each kind of detail a message shows at most so many. */
export const mostDetailed = 5;
export const columns = 78;

/** Not before a unit or a time of day: `2 min` and `2026-11-20 10:01:00 UTC` stay together. */
const breakable = / (?!(?:s|min|h|d|%|UTC)\b|%|\d\d:\d\d)/;

/** Lines of at most 78 columns, broken at spaces; a longer word (an address) stays whole. Later lines are indented further. */
export function wrap(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(breakable)) {
    if (line === '') line = indent + word;
    else if (line.length + 1 + word.length <= columns) line += ` ${word}`;
    else {
      lines.push(line);
      line = `${indent}  ${word}`;
    }
  }
  return [...lines, line];
}

/** A title over its lines; nothing where there are none. */
export function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [title, ...lines];
}

/** The first few paragraphs, and how many were left out; empty ones do not count. */
export function bounded(paragraphs: readonly (readonly string[])[]): string[] {
  const shown = paragraphs.filter((lines) => lines.length > 0);
  const rest = shown.length - mostDetailed;
  return [...shown.slice(0, mostDetailed).flat(), ...(rest > 0 ? [`  and ${formatCount(rest)} more`] : [])];
}
