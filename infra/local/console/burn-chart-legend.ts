import type { BurnChartModel } from './burn-chart-model.ts';
import { element, show } from './dom.ts';

type Item = { readonly element: HTMLElement; readonly isIn: (model: BurnChartModel) => boolean };

/** What the marks in a burn-down mean: only those that are there. */
export function burnChartLegend(): {
  readonly element: HTMLElement;
  readonly update: (model: BurnChartModel, now: number) => void;
} {
  const items: readonly Item[] = [
    { element: item('ideal', 'even pace'), isIn: ({ data }) => data[0].length > 1 },
    { element: item('incident', 'incident'), isIn: ({ incidents }) => incidents.length > 0 },
    { element: item('maintenance', 'maintenance'), isIn: ({ maintenance }) => maintenance.length > 0 },
    { element: item('gap', 'nobody looked'), isIn: ({ gaps }) => gaps.length > 0 },
    { element: item('fan', 'what may come, 9 in 10'), isIn: ({ fan }) => fan !== null },
  ];
  return {
    element: element(
      'ul',
      { class: 'chart-legend burn-legend', 'aria-hidden': 'true' },
      ...items.map((each) => each.element),
    ),
    update: (model) => {
      for (const each of items) show(each.element, each.isIn(model));
    },
  };
}

function item(mark: string, word: string): HTMLElement {
  return element('li', {}, element('span', { class: 'swatch', 'data-mark': mark }), word);
}
