import { element, setAttribute, setSlot, setText } from './dom.ts';
import { type IconName, icon } from './icons.ts';

export type Tone = 'good' | 'warn' | 'bad' | 'odd' | 'calm' | 'info';
export type BadgeView = { readonly icon: IconName; readonly tone: Tone; readonly word: string };

/** A state as word, shape and colour: colour alone never tells it. */
export function badge(className = ''): { readonly element: HTMLElement; readonly update: (view: BadgeView) => void } {
  const slot = element('span', { class: 'badge-icon' });
  const word = element('span');
  const node = element('span', { class: `badge ${className}`.trim() }, slot, word);
  return {
    element: node,
    update: (view) => {
      setAttribute(node, 'data-tone', view.tone);
      setSlot(slot, view.icon, () => icon(view.icon));
      setText(word, view.word);
    },
  };
}
