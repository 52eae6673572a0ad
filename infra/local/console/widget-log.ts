import type { LogProperties } from '../../template/dashboards/model.ts';
import type { Span } from './dashboard-model.ts';
import { element } from './dom.ts';

/** The query of a log widget. */
export function logView({ query }: LogProperties): {
  readonly element: HTMLElement;
  readonly refresh: (span: Span) => Promise<void>;
} {
  const text = element('pre', { class: 'widget-query', tabindex: '0' }, query);
  const note = element(
    'p',
    { class: 'quiet' },
    'In AWS, Logs Insights answers this query. Local mode does not run it.',
  );
  return { element: element('div', { class: 'widget-body' }, note, text), refresh: async () => {} };
}
