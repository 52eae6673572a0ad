import { element } from './dom.ts';
import { colorsOf } from './widget-colors.ts';
import { factsOf, valueText } from './widget-data.ts';
import type { DrawnSeries } from './widget-queries.ts';

/** The legend of a graph, as a table that says in numbers what its lines show. */
export function seriesTable(title: string): {
  readonly element: HTMLElement;
  readonly update: (series: readonly DrawnSeries[]) => void;
} {
  const body = element('tbody');
  const head = element(
    'tr',
    {},
    ...['Series', 'Newest', 'Least', 'Most'].map((word) => element('th', { scope: 'col' }, word)),
  );
  const caption = element('caption', { class: 'hidden-text' }, `What “${title}” shows, in numbers`);
  const table = element('table', { class: 'series' }, caption, element('thead', {}, head), body);
  let shown = '';
  return {
    element: element(
      'div',
      { class: 'series-box', role: 'region', 'aria-label': `${title} In numbers`, tabindex: '0' },
      table,
    ),
    update: (series) => {
      const colors = colorsOf(series);
      const rows = series.map((each, index) => [each.label, colors[index] ?? '', ...textsOf(each)]);
      const key = JSON.stringify(rows);
      if (key !== shown) body.replaceChildren(...rows.map(rowOf));
      shown = key;
    },
  };
}

function textsOf(series: DrawnSeries): readonly string[] {
  const { newest, least, most } = factsOf(series);
  return [newest, least, most].map(valueText);
}

function rowOf([label = '', color = '', ...texts]: readonly string[]): HTMLElement {
  const key = element('span', { class: 'series-key', 'aria-hidden': 'true' });
  key.style.backgroundColor = color;
  return element(
    'tr',
    {},
    element('th', { scope: 'row' }, key, label),
    ...texts.map((text) => element('td', {}, text)),
  );
}
