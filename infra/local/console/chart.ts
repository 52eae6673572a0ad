import uPlot from 'uplot';
import { element } from './dom.ts';

/** The colours of the page, as charts draw them. */
export type Theme = Readonly<
  Record<
    'text' | 'muted' | 'surface' | 'grid' | 'line' | 'fill' | 'accent' | 'bad' | 'badFill' | 'warn' | 'odd' | 'info',
    string
  >
>;

export type ChartOptions = Omit<uPlot.Options, 'width' | 'height'>;
export type Chart = {
  readonly element: HTMLElement;
  /** Draws these points; a chart that nobody has scrolled to yet waits until somebody does. */
  readonly setData: (data: uPlot.AlignedData) => void;
};

/** A chart that follows the width of its place and the reader's colour scheme, and is only drawn once it is near the view. */
export function createChart(height: number, options: (theme: Theme) => ChartOptions): Chart {
  const host = element('div', { class: 'chart', role: 'img' });
  host.style.height = `${height}px`;
  let data: uPlot.AlignedData | null = null;
  let chart: uPlot | null = null;
  let isNear = false;

  const draw = () => {
    if (data === null || !isNear || host.clientWidth === 0) return;
    if (chart !== null) chart.setData(data);
    else chart = new uPlot({ ...options(readTheme(host)), width: host.clientWidth, height }, data, host);
  };
  const redraw = () => {
    chart?.destroy();
    chart = null;
    draw();
  };
  whenNear(host, () => {
    isNear = true;
    draw();
  });
  const forgetTheme = whenThemeChanges(redraw);
  whenResized(host, (width) => {
    if (width === null) forgetTheme();
    if (width === null) chart?.destroy();
    else if (chart === null) draw();
    else chart.setSize({ width, height });
  });
  return {
    element: host,
    setData: (next) => {
      data = next;
      draw();
    },
  };
}

function readTheme(host: Element): Theme {
  const style = getComputedStyle(host);
  const read = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: read('text'),
    muted: read('muted'),
    surface: read('surface'),
    grid: read('grid'),
    line: read('line'),
    fill: read('line-fill'),
    accent: read('accent'),
    bad: read('bad'),
    badFill: read('bad-fill'),
    warn: read('warn'),
    odd: read('odd'),
    info: read('info-fill'),
  };
}

function whenNear(host: Element, callback: () => void): void {
  const observer = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      callback();
    },
    { rootMargin: '300px' },
  );
  observer.observe(host);
}

/** Hears the new width, and null once the host has left the page for good. */
function whenResized(host: Element, callback: (width: number | null) => void): void {
  let known = 0;
  const observer = new ResizeObserver(() => {
    if (!host.isConnected) observer.disconnect();
    const width = host.isConnected ? host.clientWidth : null;
    if (width === 0 || width === known) return;
    known = width ?? 0;
    callback(width);
  });
  observer.observe(host);
}

function whenThemeChanges(callback: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)');
  query.addEventListener('change', callback);
  return () => query.removeEventListener('change', callback);
}

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** A quiet time axis in the reader's zone: seconds, minutes or days, whatever tells the ticks apart. */
export function timeAxis(theme: Theme): uPlot.Axis {
  return {
    stroke: theme.muted,
    font,
    size: 22,
    gap: 2,
    space: 70,
    grid: { show: false },
    ticks: { show: false },
    values: (_, splits, _axis, _space, increment) => {
      const format = increment >= 86_400 ? day : increment < 60 ? clockWithSeconds : clock;
      return splits.map((seconds) => format.format(seconds * 1000));
    },
  };
}

/** The axis of what is counted from a begin: `text` says where. */
export function plainAxis(theme: Theme, text: (value: number) => string): uPlot.Axis {
  return { ...timeAxis(theme), size: 26, gap: 6, values: (_, splits) => splits.map(text) };
}

export function valueAxis(theme: Theme, text: (value: number) => string): uPlot.Axis {
  return {
    stroke: theme.muted,
    font,
    size: 58,
    gap: 4,
    space: 28,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
    values: (_, splits) => splits.map(text),
  };
}

/** A time scale that shows at least `leastSeconds`, the newest point at its right edge. */
export function timeRange(leastSeconds: number): uPlot.Scale.Range {
  return (_, min, max) => [Math.min(min, max - leastSeconds), max];
}
