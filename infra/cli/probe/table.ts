import type { MonitorType } from '../../../shared/config/model.ts';
import type { ProbeResult, StepResult } from '../../../shared/probe/result.ts';
import { type Colors, paint, renderBar, renderLegend } from './bar.ts';
import { renderDetails, renderStepDetails } from './details.ts';

export type TableStyle = Colors & {
  readonly columns: number;
  /** Nothing is wider than `columns`. Elsewhere, as in a pipe, sentences stay in one line. */
  readonly isTerminal: boolean;
  /** Epoch ms: certificates expire in so many days from here. */
  readonly now: number;
};

/** A probe as it was run: what was found, and what kind of monitor it was. */
export type Probed = { readonly type: MonitorType; readonly result: ProbeResult };

/**
 * Results as a table: a line for each monitor with its phases as a small waterfall, under it what was wrong, and the steps
 * of a flow as a tree. Phases start where the one before ended; the slowest probe fills the column.
 */
export function renderTable(probed: readonly Probed[], style: TableStyle): string {
  const layout = layOut(probed, style);
  return [
    paint(renderHead(layout), 1, style),
    ...probed.flatMap((each) => renderProbe(each, layout, style)),
    '',
    ...renderLegend(style),
    '',
  ].join('\n');
}

type Layout = {
  readonly nameWidth: number;
  /** 0 where all monitors are of one type, which then goes without saying. */
  readonly typeWidth: number;
  readonly columnsPerMs: number;
  /** The bars have lines of their own: there is no room for them beside the rest. */
  readonly isNarrow: boolean;
};

const gap = '  ';
const leastBar = 12;
const mostBar = 48;
const leastName = 12;
const branchWidth = 4;

function layOut(probed: readonly Probed[], { columns, isTerminal }: TableStyle): Layout {
  const types = new Set(probed.map(({ type }) => type));
  const typeWidth = types.size > 1 ? Math.max(4, ...[...types].map((type) => type.length)) : 0;
  const steps = probed.flatMap(({ result }) => result.steps ?? []).map(({ step }) => step.length + branchWidth);
  const longest = Math.max(7, ...probed.map(({ result }) => result.monitor.length), ...steps);
  const rest = renderHead({ nameWidth: 0, typeWidth, isNarrow: true, columnsPerMs: 1 }).length;
  const nameWidth = isTerminal ? Math.max(leastName, Math.min(longest, columns - rest)) : longest;
  const room = columns - rest - Math.min(nameWidth, longest) - gap.length;
  const isNarrow = room < leastBar;
  const slowest = Math.max(0.001, ...probed.map(({ result }) => result.latencyMs));
  const barWidth = Math.min(mostBar, isNarrow ? columns - 2 * branchWidth : room);
  return { nameWidth: Math.min(nameWidth, longest), typeWidth, isNarrow, columnsPerMs: barWidth / slowest };
}

function renderHead({ nameWidth, typeWidth, isNarrow }: Layout): string {
  const cells = [
    nameWidth === 0 ? '' : 'MONITOR'.padEnd(nameWidth),
    ...(typeWidth === 0 ? [] : ['TYPE'.padEnd(typeWidth)]),
    'OUTCOME ',
    'STATUS',
    'LATENCY'.padStart(10),
    ...(isNarrow ? [] : ['PHASES']),
  ];
  return cells.join(gap);
}

function renderProbe({ type, result }: Probed, layout: Layout, style: TableStyle): readonly string[] {
  const { monitor, outcome, latencyMs, attempts, steps = [] } = result;
  const row = {
    name: monitor,
    type,
    outcome,
    status: statusOf(result),
    latencyMs: attempts === 0 ? undefined : latencyMs,
  };
  const details = renderDetails(result, detailStyle(style, gap.length));
  let startMs = 0;
  const tree = steps.flatMap((step, index) => {
    const lines = renderStep(step, index === steps.length - 1, startMs, layout, style);
    startMs += step.latencyMs;
    return lines;
  });
  return [
    ...withBar(renderRow(row, layout, style), renderBar(result.phases, 0, layout.columnsPerMs, style), gap, layout),
    ...details.map((line) => gap + line),
    ...tree,
  ];
}

function renderStep(
  step: StepResult,
  isLast: boolean,
  startMs: number,
  layout: Layout,
  style: TableStyle,
): readonly string[] {
  const { outcome, statusCode, latencyMs, phases } = step;
  const name = `  ${isLast ? '└' : '├'} ${step.step}`;
  const row = { name, type: '', outcome, status: statusCode, latencyMs: latencyMs === 0 ? undefined : latencyMs };
  const below = `  ${isLast ? ' ' : '│'} `;
  return [
    ...withBar(renderRow(row, layout, style), renderBar(phases, startMs, layout.columnsPerMs, style), below, layout),
    ...renderStepDetails(step, detailStyle(style, 2 * branchWidth - 2)).map((line) => `${below}  ${line}`),
  ];
}

function detailStyle({ hasColors, columns, isTerminal, now }: TableStyle, indent: number) {
  return { hasColors, now, width: isTerminal ? columns - indent : Number.POSITIVE_INFINITY };
}

function withBar(row: string, bar: string, indent: string, { isNarrow }: Layout): readonly string[] {
  if (!isNarrow) return [`${row}${gap}${bar}`.trimEnd()];
  return bar === '' ? [row] : [row, indent + bar];
}

/** A flow says how many of its steps passed; other protocols than HTTP have no status. */
function statusOf({ statusCode, steps }: ProbeResult): number | string | undefined {
  if (steps === undefined) return statusCode;
  const good = steps.filter(({ outcome }) => outcome === 'passed' || outcome === 'degraded').length;
  return `${good}/${steps.length}`;
}

type Row = {
  readonly name: string;
  readonly type: string;
  readonly outcome: StepResult['outcome'];
  readonly status: number | string | undefined;
  readonly latencyMs: number | undefined;
};

const colorOf: Readonly<Record<StepResult['outcome'], number>> = {
  passed: 32,
  degraded: 33,
  failed: 31,
  blocked: 35,
  unknown: 35,
  skipped: 2,
};

function renderRow(row: Row, { nameWidth, typeWidth }: Layout, style: Colors): string {
  const name = row.name.length > nameWidth ? `${row.name.slice(0, nameWidth - 1)}…` : row.name.padEnd(nameWidth);
  return [
    name,
    ...(typeWidth === 0 ? [] : [row.type.padEnd(typeWidth)]),
    paint(row.outcome.padEnd(8), colorOf[row.outcome], style),
    String(row.status ?? '–').padStart(6),
    (row.latencyMs === undefined ? '–' : `${row.latencyMs.toFixed(1)} ms`).padStart(10),
  ].join(gap);
}
