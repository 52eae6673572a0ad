import type { Findings } from './compare.ts';
import { columns, type Target } from './target.ts';

type Row = { readonly target: Target; readonly ours: Findings; readonly theirs: Findings };

const times = ['connect', 'tls', 'processing', 'transfer', 'request', 'total'] as const;

/** One line a target: what both say, ours before theirs where they differ; times in ms as ours/theirs. */
export function renderTable(rows: readonly Row[]): string {
  const head = ['target', ...columns, ...times];
  const lines = rows.map(({ target, ours, theirs }) => [
    target.name,
    ...columns.map((column) => pair(ours.values[column], theirs.values[column])),
    ...times.map((name) => timePair(ours.times[name], theirs.times[name])),
  ]);
  const widths = head.map((title, index) => Math.max(title.length, ...lines.map((line) => line[index]?.length ?? 0)));
  const render = (cells: readonly string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd();
  const reasons = rows.flatMap(({ target }) => (target.differs ? [`${target.name}: ${target.differs.why}`] : []));
  return [render(head), ...lines.map(render), '', 'On purpose:', ...reasons].join('\n');
}

function pair(ours: unknown, theirs: unknown): string {
  const show = (value: unknown) =>
    value === undefined ? '-' : value === true ? 'yes' : value === false ? 'no' : String(value);
  return show(ours) === show(theirs) ? show(ours) : `${show(ours)}|${show(theirs)}`;
}

function timePair(ours: number | undefined, theirs: number | undefined): string {
  return theirs === undefined ? '' : `${(ours ?? 0).toFixed(1)}/${theirs.toFixed(1)}`;
}
