import { element, show } from './dom.ts';
import { icon } from './icons.ts';
import type { HistoryEntry } from './latency-series.ts';

type Item = { readonly element: HTMLElement; readonly isIn: (entry: HistoryEntry) => boolean };

/** What the marks in a latency chart mean: only those that are there. */
export function chartLegend(): {
  readonly element: HTMLElement;
  readonly update: (history: readonly HistoryEntry[]) => void;
} {
  const items: readonly Item[] = [
    { element: item('bad', 'cross', 'failed'), isIn: (entry) => entry.outcome === 'failed' },
    { element: item('warn', 'triangle', 'degraded'), isIn: (entry) => entry.outcome === 'degraded' },
    {
      element: item('odd', 'square', 'not judged'),
      isIn: (entry) => entry.outcome === 'unknown' || entry.outcome === 'blocked',
    },
    { element: item('info', 'swatch', 'maintenance'), isIn: (entry) => entry.isMaintenance },
  ];
  return {
    element: element('ul', { class: 'chart-legend', 'aria-hidden': 'true' }, ...items.map((each) => each.element)),
    update: (history) => {
      for (const each of items) show(each.element, history.some(each.isIn));
    },
  };
}

function item(tone: string, shape: 'cross' | 'triangle' | 'square' | 'swatch', word: string): HTMLElement {
  return element('li', { 'data-tone': tone }, icon(shape), word);
}
