import { formatPercent } from '../../../shared/message/format.ts';
import { paint, type Style } from '../terminal.ts';

type Colors = Parameters<typeof paint>[2];

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** What is left of a budget as a bar of so many columns; an overspent one is empty. */
export function budgetBar(leftRatio: number, width: number, colors: Colors): string {
  const cells = Math.round(Math.max(0, Math.min(1, leftRatio)) * width * 8);
  // What is not nothing never looks like nothing.
  const shown = leftRatio > 0 ? Math.max(1, cells) : 0;
  const full = '█'.repeat(Math.floor(shown / 8)) + (eighths[shown % 8] ?? '');
  return paint(full, budgetColor(leftRatio), colors) + paint('░'.repeat(width - [...full].length), 'dim', colors);
}

/** `79 %`, `-3 %`: rounded down, so that nothing is flattered. */
export function leftText(leftRatio: number): string {
  return formatPercent(Math.round(leftRatio * 1_000_000)).replace('-', '−');
}

export function budgetColor(leftRatio: number): Style {
  if (leftRatio <= 0) return 'red';
  return leftRatio < 0.25 ? 'yellow' : 'green';
}
