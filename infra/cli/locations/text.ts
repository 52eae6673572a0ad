import { formatShortDuration } from '../../../shared/message/format.ts';
import { isWell, oldRowMs } from '../../doctor/checks-locations.ts';
import type { LocationSeen, Look, StackState } from '../../doctor/model.ts';
import { renderTitled, type TextStyle } from '../burst/lines.ts';
import { minuteText } from '../slo/words.ts';
import { paint } from '../terminal.ts';
import type { LocationCommands } from './commands.ts';

/** One location: what there is of it, and the names of the schedules that there should be. */
export type LocationRow = LocationSeen &
  LocationCommands & { readonly isHome: boolean; readonly expected: readonly string[] };

/** A table of what there is, the commands in their order, and what could not be looked at. */
export function renderLocations(rows: readonly LocationRow[], where: string, style: TextStyle): string {
  const title = (text: string) => paint(text, 'bold', style);
  const blocks = [
    renderTitled(
      ['LOCATION', 'STACK', 'CHANGED', 'SCHEDULES', 'NEWEST ROW'],
      rows.map((row) => cellsOf(row, style)),
      [],
      style,
    ),
    [title(`To deploy ${where}, home first:`), ...rows.map(({ deploy }) => `  ${deploy}`)].join('\n'),
    [title('To remove it, home last:'), ...rows.toReversed().map(({ remove }) => `  ${remove}`)].join('\n'),
    unseenLines(rows).join('\n'),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function cellsOf(row: LocationRow, style: TextStyle): readonly string[] {
  const { location, isHome, stack, newestRowAgeMs } = row;
  const state = 'value' in stack ? stack.value : undefined;
  return [
    `${location}${isHome ? ' (home)' : ''}`,
    cell(stack, (there) => stateText(there, style), style),
    state?.changedAt === undefined ? '–' : `${minuteText(state.changedAt)} UTC`,
    cell(row.schedules, (seen) => schedulesText(seen, row.expected, style), style),
    cell(newestRowAgeMs, (ageMs) => ageText(ageMs, style), style),
  ];
}

function cell<Value>(look: Look<Value>, text: (value: Value) => string, style: TextStyle): string {
  return 'value' in look ? text(look.value) : paint('not looked at', 'dim', style);
}

function stateText(state: StackState | undefined, style: TextStyle): string {
  if (state === undefined) return paint('none', 'red', style);
  return paint(state.status, isWell(state) ? 'green' : 'yellow', style);
}

function schedulesText(seen: Schedules, expected: readonly string[], style: TextStyle): string {
  const enabled = countEnabled(seen, expected);
  const [there, all] = [enabled, expected.length].map((count) => count.toLocaleString('en-US'));
  return paint(`${there} of ${all}`, enabled === expected.length ? 'green' : 'red', style);
}

type Schedules = readonly { readonly name: string; readonly isEnabled: boolean }[];

/** How many of the schedules that there should be are there, and enabled. */
export function countEnabled(seen: Schedules, expected: readonly string[]): number {
  return seen.filter(({ name, isEnabled }) => isEnabled && expected.includes(name)).length;
}

function ageText(ageMs: number | undefined, style: TextStyle): string {
  if (ageMs === undefined) return paint('none within a day', 'red', style);
  return paint(`${formatShortDuration(ageMs)} ago`, ageMs <= oldRowMs ? 'green' : 'red', style);
}

function unseenLines(rows: readonly LocationRow[]): readonly string[] {
  const said = rows.flatMap(({ location, stack, schedules, newestRowAgeMs }) =>
    [stack, schedules, newestRowAgeMs].flatMap((look) => ('unseen' in look ? [{ location, why: look.unseen }] : [])),
  );
  return [...Map.groupBy(said, ({ why }) => why)].map(([why, same]) => {
    const where = [...new Set(same.map(({ location }) => location))].join(', ');
    return `not looked at in ${where}: ${why}`;
  });
}
