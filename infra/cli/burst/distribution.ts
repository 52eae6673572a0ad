import type { Bucket } from '../../../shared/stats/histogram.ts';
import { type Bin, binSpans } from '../distribution.ts';
import { countText, percentText, roundSpanText } from '../numbers.ts';
import { paint } from '../terminal.ts';
import type { TextStyle } from './lines.ts';

const mostBins = 22;
const leastBar = 8;
const mostBar = 60;
const gap = '  ';

/** Shares of all whose bin is marked. */
const marks = [
  [0.5, 'p50'],
  [0.9, 'p90'],
  [0.99, 'p99'],
  [0.999, 'p99.9'],
] as const;

/**
 * How latencies are spread, on a logarithmic scale: a line for each bin with its bar, its count, the share that is no longer
 * than its end, and which quantiles lie in it. Empty for nothing.
 */
export function renderDistribution(buckets: readonly Bucket[], style: TextStyle): string {
  const bins = binSpans(buckets, mostBins);
  if (bins.length === 0) return '';
  const cells = bins.map((bin, index) => ({ bin, ...textsOf(bin, bins[index - 1]) }));
  const layout = layOut(cells, style);
  const head = renderLine({ span: 'UP TO', bar: 'LATENCY', count: 'COUNT', share: 'SO FAR', mark: '' }, layout);
  const most = Math.max(...bins.map(({ count }) => count));
  const lines = foldEmpty(cells).map((cell) => {
    if (cell === undefined) return paint('⋮'.padStart(layout.spanWidth), 'dim', style);
    const bar = barOf(cell.bin.count / most, layout.barWidth);
    return renderLine({ ...cell, bar, mark: cell.mark }, layout, style);
  });
  return [paint(head, 'dim', style), ...lines].join('\n');
}

type Cells = { readonly span: string; readonly count: string; readonly share: string; readonly mark: string };
type Cell = Cells & { readonly bin: Bin };
type Layout = {
  readonly spanWidth: number;
  readonly countWidth: number;
  readonly shareWidth: number;
  readonly barWidth: number;
  /** On a narrow terminal there is no room for the names of quantiles. */
  readonly hasMarks: boolean;
};

function layOut(cells: readonly Cell[], { columns }: TextStyle): Layout {
  const widest = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length));
  const spanWidth = widest(['UP TO', ...cells.map(({ span }) => span)]);
  const countWidth = widest(['COUNT', ...cells.map(({ count }) => count)]);
  const shareWidth = widest(['SO FAR', ...cells.map(({ share }) => share)]);
  const markWidth = widest(cells.map(({ mark }) => mark));
  const room = columns - spanWidth - countWidth - shareWidth - 3 * gap.length;
  const roomBesideMarks = room - markWidth - gap.length;
  const hasMarks = roomBesideMarks >= leastBar;
  const barWidth = Math.max(1, Math.min(mostBar, hasMarks ? roomBesideMarks : room));
  return { spanWidth, countWidth, shareWidth, barWidth, hasMarks };
}

function renderLine(
  { span, bar, count, share, mark }: Cells & { readonly bar: string },
  { spanWidth, countWidth, shareWidth, barWidth, hasMarks }: Layout,
  style: TextStyle = plain,
): string {
  const cells = [
    span.padStart(spanWidth),
    (bar === '' ? '' : paint(bar, 'cyan', style)) + ' '.repeat(barWidth - bar.length),
    count.padStart(countWidth),
    share.padStart(shareWidth),
    mark === '' || !hasMarks ? '' : paint(mark, 'dim', style),
  ];
  return cells.join(gap).trimEnd();
}

const plain: TextStyle = { hasColors: false, isTerminal: false, columns: 80 };

/** Three empty lines in a row and more are one, undefined: the gap can be seen, and what is around it too. */
function foldEmpty(cells: readonly Cell[]): readonly (Cell | undefined)[] {
  const isEmpty = (cell: Cell | undefined) => cell?.bin.count === 0;
  const runOf = (index: number) => {
    const from = cells.findLastIndex((cell, before) => before < index && !isEmpty(cell));
    const to = cells.findIndex((cell, after) => after > index && !isEmpty(cell));
    return { isFirst: from === index - 1, length: to - from - 1 };
  };
  return cells.flatMap((cell, index) => {
    if (!isEmpty(cell)) return [cell];
    const { isFirst, length } = runOf(index);
    if (length < 3) return [cell];
    return isFirst ? [undefined] : [];
  });
}

function textsOf({ toMs, count, cumulativeRatio }: Bin, before: Bin | undefined) {
  const from = before?.cumulativeRatio ?? 0;
  const inside = marks.filter(([share]) => share > from && share <= cumulativeRatio).map(([, name]) => name);
  return {
    span: roundSpanText(toMs),
    count: countText(count),
    share: percentText(cumulativeRatio),
    mark: inside.join(' '),
  };
}

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** What is not nothing has at least the thinnest bar. */
function barOf(ratio: number, width: number): string {
  const parts = ratio === 0 ? 0 : Math.max(1, Math.round(ratio * width * 8));
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '');
}
