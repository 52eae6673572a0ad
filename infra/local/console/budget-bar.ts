import type { SloView } from '../../../shared/app/overview/model.ts';
import { element, type Part, setAttribute } from './dom.ts';
import { budgetText } from './words.ts';

/** What is left as a bar; an overspent budget reaches to the left of a zero mark, as far as it is overspent. */
export function budgetBar(): Part<SloView> {
  const fill = element('span', { class: 'bar-fill' });
  const zero = element('span', { class: 'bar-zero' });
  const node = element('div', { class: 'bar', role: 'img' }, fill, zero);
  return {
    element: node,
    update: (slo) => {
      const left = slo.budgetLeftRatio;
      const zeroShare = left < 0 ? -left / (1 - left) : 0;
      setAttribute(node, 'aria-label', `Budget left: ${budgetText(left)}`);
      setAttribute(node, 'data-tone', left <= 0 ? 'bad' : left < 0.25 ? 'warn' : 'good');
      fill.style.width = `${(left < 0 ? zeroShare : Math.min(1, left)) * 100}%`;
      zero.style.left = `${zeroShare * 100}%`;
      zero.hidden = left >= 0;
    },
  };
}
