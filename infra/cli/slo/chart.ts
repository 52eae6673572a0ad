import type { TextStyle } from '../burst/lines.ts';
import { paint, type Style, widthOf } from '../terminal.ts';

/** A line under the chart: in which minutes something was, both ends included. */
export type Lane = {
  readonly name: string;
  readonly spans: readonly (readonly [from: number, to: number])[];
  readonly style: Style;
};

export type BudgetChart = {
  /** The chart spans minutes 1 to this one. */
  readonly minutes: number;
  /** What is left of the budget at the end of a minute, 1 being all of it. */
  readonly leftRatio: (minute: number) => number;
  readonly lanes: readonly Lane[];
  /** What stands under the area in place of the numbers of the minutes: its name, its left and its right end. */
  readonly axis?: readonly [name: string, from: string, to: string];
};

const height = 8;
const mostWidth = 100;
const leastWidth = 16;
const gap = '  ';

/**
 * The budget over time as an area that ends at nothing, or at its lowest point below, and under it the lanes. A column stands
 * for as many minutes as it takes: it shows what was left at their end, and a lane whatever was in any of them.
 */
export function renderBudgetChart(chart: BudgetChart, style: TextStyle): string {
  const nameWidth = Math.max(8, ...chart.lanes.map(({ name }) => widthOf(name)));
  const columns = (style.isTerminal ? style.columns : 80) - nameWidth - gap.length;
  const width = Math.max(leastWidth, Math.min(mostWidth, columns));
  const ends = Array.from({ length: width }, (_, column) => Math.ceil(((column + 1) * chart.minutes) / width));
  const indent = (name: string) => `${name.padEnd(nameWidth)}${gap}`;
  const [title, from, to] = chart.axis ?? ['minute', '1', `${chart.minutes.toLocaleString('en-US')} min`];
  const axis = `${from}${to.padStart(width - from.length)}`;
  return [
    ...renderArea(ends.map(chart.leftRatio), nameWidth, style),
    indent(title) + paint(axis, 'dim', style),
    ...chart.lanes.map((lane) => indent(lane.name) + renderLane(lane, ends, style)),
  ].join('\n');
}

function renderArea(lefts: readonly number[], nameWidth: number, style: TextStyle): readonly string[] {
  const [bottom, top] = [Math.min(0, ...lefts), Math.max(1, ...lefts)];
  const step = (top - bottom) / height;
  const labels = new Map([
    [0, top],
    [height / 2, (top + bottom) / 2],
    [height - 1, bottom],
  ]);
  return Array.from({ length: height }, (_, fromTop) => {
    const label = labels.get(fromTop);
    const name = label === undefined ? '' : `${Math.round(label * 100)} %`.replace('-', '−');
    const floor = bottom + (height - 1 - fromTop) * step;
    const cells = lefts.map((left) => ({
      text: eighths[Math.max(0, Math.min(8, Math.round(((left - floor) / step) * 8)))] ?? ' ',
      style: left < 0 ? ('red' as const) : ('cyan' as const),
    }));
    return `${name.padStart(nameWidth)}${gap}${paintRuns(cells, style)}`.trimEnd();
  });
}

const eighths = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

function renderLane({ spans, style: color }: Lane, ends: readonly number[], style: TextStyle): string {
  const cells = ends.map((end, column) => {
    const begin = Math.min(end, (ends[column - 1] ?? 0) + 1);
    const isOn = spans.some(([from, to]) => from <= end && to >= begin);
    return isOn ? { text: '█', style: color } : { text: '·', style: 'dim' as const };
  });
  return paintRuns(cells, style);
}

/** Cells that stand beside one another in one colour are painted together. */
function paintRuns(cells: readonly { readonly text: string; readonly style: Style }[], style: TextStyle): string {
  const runs: { text: string; style: Style }[] = [];
  for (const cell of cells) {
    const last = runs.at(-1);
    if (last?.style === cell.style) last.text += cell.text;
    else runs.push({ ...cell });
  }
  return runs.map((run) => paint(run.text, run.style, style)).join('');
}
