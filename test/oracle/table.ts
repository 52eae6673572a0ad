import { scenarios } from './scenarios.ts';
import { type Mode, minutesOf, modes, type Timelines } from './timeline.ts';
import { variants } from './variants.ts';

/**
 * What was compared, as a table: a row a scenario, a column a variant. `=` stands for all four rules in both modes, with the minutes in
 * which any of them fired; otherwise for the first rule and minute that differ.
 */
export function renderTable(ours: Record<Mode, Timelines>, theirs: Record<Mode, Timelines>): string {
  const head = ['scenario', 'minutes', ...variants.map(({ name }) => name)];
  const rows = scenarios.map(({ name, series }) => [
    name,
    series.length.toLocaleString('en-US'),
    ...variants.map((variant) => cellOf(ours, theirs, name, variant.name)),
  ]);
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return [...lines, '', `${comparedMinutes.toLocaleString('en-US')} minutes of rules compared`].join('\n');
}

/** Each minute of each scenario counts for each rule, in both modes. */
export const comparedMinutes =
  scenarios.reduce((sum, { series }) => sum + series.length, 0) *
  variants.reduce((sum, { rules }) => sum + rules.length, 0) *
  modes.length;

function cellOf(
  ours: Record<Mode, Timelines>,
  theirs: Record<Mode, Timelines>,
  scenario: string,
  variant: string,
): string {
  const counts = modes.map((mode) => {
    const [mine, yours] = [ours[mode][scenario]?.[variant] ?? {}, theirs[mode][scenario]?.[variant] ?? {}];
    const odd = Object.keys(mine).find((rule) => mine[rule] !== yours[rule]);
    if (odd !== undefined) return `${mode} ${odd} differs: ${mine[odd]} against ${yours[odd]}`;
    const fired = Object.values(mine).reduce((sum, spans) => sum + minutesOf(spans).length, 0);
    return `= ${fired.toLocaleString('en-US')}`;
  });
  return counts.join(', ');
}
