import type { Detail } from './detail.ts';
import { element, type Part, setAttribute, setText, show } from './dom.ts';

/** What stands in place of a page's parts while they are read, or where they cannot be; and that they are old. */
export function detailState(what: string): Part<Detail<unknown>> {
  const node = element('p', { class: 'empty', role: 'status' });
  return {
    element: node,
    update: (detail) => {
      const text = textOf(detail, what);
      show(node, text !== '');
      setText(node, text);
      setAttribute(node, 'data-state', detail.state);
    },
  };
}

function textOf(detail: Detail<unknown>, what: string): string {
  if (detail.state === 'loading') return `Reading ${what} …`;
  if (detail.state === 'none') return detail.why;
  return detail.trouble === null ? '' : `This is how it stood before: ${detail.trouble}`;
}
