import { element, keyedList, type Part, setAttribute, setText } from './dom.ts';

/** A number that matters, with what it is. `key` tells it from those beside it where its label changes. */
export type FigureView = {
  readonly key?: string;
  readonly label: string;
  readonly value: string;
  readonly tone: string;
};

/** Numbers in a row, brought up to date in their places. */
export function figureRow(): Part<readonly FigureView[]> {
  const node = element('div', { class: 'figures' });
  const update = keyedList<FigureView>(node, ({ key, label }) => key ?? label, figure);
  return { element: node, update };
}

function figure(): Part<FigureView> {
  const value = element('span', { class: 'figure-value' });
  const label = element('span', { class: 'figure-label' });
  const node = element('p', { class: 'figure' }, value, label);
  return {
    element: node,
    update: (view) => {
      setAttribute(node, 'data-tone', view.tone);
      setText(value, view.value);
      setText(label, view.label);
    },
  };
}
