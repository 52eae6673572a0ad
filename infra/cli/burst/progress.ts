import type { Progress } from '../../../shared/burst/model.ts';
import type { Io } from '../command.ts';
import { countText, durationText, rateText, spanText } from '../numbers.ts';

/** A line on a terminal that is written over again and again, and wiped away in the end. */
export type ProgressLine = { show(progress: Progress): void; end(): void };

const clearLine = '\r\u001b[K';

/** Draws on standard error where that is a terminal; elsewhere it does nothing. */
export function startProgress(io: Pick<Io, 'stderr' | 'progressColumns'>): ProgressLine {
  if (io.progressColumns === 0) return { show: () => {}, end: () => {} };
  const rates: number[] = [];
  let newestMs = -1;
  io.stderr(`${clearLine}starting`);
  return {
    show: (progress) => {
      const second = Math.floor(progress.elapsedMs / 1_000);
      if (second > newestMs) rates.push(progress.lastSecond.requests);
      newestMs = second;
      // The width is asked for anew, since people resize their terminals.
      io.stderr(`${clearLine}${renderProgress(progress, rates, io.progressColumns)}`);
    },
    end: () => io.stderr(clearLine),
  };
}

/** Spark lines show at most so many seconds. */
const mostSparks = 30;
const leastSparks = 5;

/**
 * One line of at most `columns` − 1, so that no terminal wraps it: elapsed of total, the rates of the last seconds drawn, and
 * numbers, as many as there is room for. `rates`: requests of each second so far, oldest first.
 */
export function renderProgress(progress: Progress, rates: readonly number[], columns: number): string {
  const most = columns - 1;
  const [time = '', ...parts] = partsOf(progress);
  let line = time;
  let isFull = false;
  for (const part of parts) {
    isFull ||= line.length + 2 + part.length > most - leastSparks - 2;
    if (!isFull) line = `${line}  ${part}`;
  }
  const room = Math.min(mostSparks, most - line.length - 2);
  const sparks = room < leastSparks ? '' : `  ${sparkline(rates.slice(-room))}`;
  return `${time}${sparks}${line.slice(time.length)}`.slice(0, Math.max(0, most));
}

/** The most important first: what there is no room for is left out from the end. */
function partsOf({
  elapsedMs,
  durationMs,
  requests,
  scheduled,
  failures,
  underWay,
  waiting,
  lastSecond,
  ratePerSecond,
}: Progress) {
  const total = durationMs === undefined ? '' : `/${durationText(durationMs)}`;
  return [
    `${(elapsedMs / 1_000).toFixed(0)} s${total}`,
    ...(ratePerSecond === undefined ? [] : [`at ${rateText(ratePerSecond)}`]),
    `${countText(requests)}${scheduled === undefined ? '' : `/${countText(scheduled)}`} sent`,
    `${countText(failures)} failed`,
    `p99 ${lastSecond.requests === 0 ? '–' : spanText(lastSecond.p99Ms)}`,
    `${countText(underWay)} under way`,
    `${countText(waiting)} waiting`,
  ];
}

const levels = '▁▂▃▄▅▆▇█';

/** Rates as bars of eight heights, the greatest of them the highest. */
export function sparkline(rates: readonly number[]): string {
  const most = Math.max(1, ...rates);
  return rates.map((rate) => levels[Math.min(7, Math.max(0, Math.ceil((rate / most) * 8) - 1))] ?? '').join('');
}
