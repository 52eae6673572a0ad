import type { BurstChartModel } from './burst-model.ts';
import { element, show } from './dom.ts';

/** What is drawn in the charts of a run: only what is there. */
export function burstLegend(): {
  readonly element: HTMLElement;
  readonly update: (model: BurstChartModel) => void;
} {
  const requests = item('bar', 'requests a second');
  const failed = item('failed', 'failed');
  const asked = item('asked', 'asked for');
  const p50 = item('p50', 'p50');
  const p99 = item('p99', 'p99');
  return {
    element: element('ul', { class: 'chart-legend', 'aria-hidden': 'true' }, requests, failed, asked, p50, p99),
    update: ({ seconds, rates }) => {
      show(
        failed,
        seconds.some(({ failures }) => failures > 0),
      );
      show(asked, rates.length > 0);
    },
  };
}

function item(kind: string, word: string): HTMLElement {
  return element('li', {}, element('span', { class: 'chart-key', 'data-key': kind }), word);
}
