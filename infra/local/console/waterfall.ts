import type { Phases } from '../../../shared/probe/result.ts';
import type { ProbeRow } from '../../../shared/probe/row.ts';
import { element } from './dom.ts';
import { latencyText } from './words.ts';

const phases: readonly (readonly [keyof Phases, string])[] = [
  ['resolveMs', 'resolve'],
  ['connectMs', 'connect'],
  ['tlsMs', 'TLS'],
  ['processingMs', 'processing'],
  ['transferMs', 'transfer'],
];

/** Which colour is which phase. */
export function waterfallLegend(): HTMLElement {
  const items = phases.map(([key, word]) =>
    element('li', {}, element('span', { class: 'phase-key', 'data-phase': key }), word),
  );
  return element('ul', { class: 'legend', 'aria-hidden': 'true' }, ...items);
}

/** The five phases of one request, one after the other, to the scale of the slowest request beside it. */
export function waterfall(result: Pick<ProbeRow, 'phases'>, longestMs: number): HTMLElement {
  const bars = phases.map(([key, word]) => bar(key, word, result.phases[key], longestMs));
  const spoken = phases.map(([key, word]) => `${word} ${latencyText(result.phases[key])}`).join(', ');
  return element(
    'div',
    { class: 'waterfall-box' },
    element('div', { class: 'waterfall', role: 'img', 'aria-label': spoken }, ...bars),
    element('p', { class: 'meta', 'aria-hidden': 'true' }, spoken),
  );
}

function bar(phase: keyof Phases, word: string, spanMs: number, longestMs: number): HTMLElement {
  const node = element('span', { class: 'phase', 'data-phase': phase, title: `${word}: ${latencyText(spanMs)}` });
  node.style.width = `${Math.min(100, (spanMs / longestMs) * 100)}%`;
  return node;
}
