import type { ProbeRow } from '../../../shared/probe/row.ts';
import { element } from './dom.ts';
import { icon } from './icons.ts';

/** What was asserted of a probe or of a step of a flow, and its outcome. */
export type Asserted = Pick<ProbeRow, 'assertions'> & { readonly outcome: string };

/** Every assertion with its result; one that did not hold says what was expected and what was found. */
export function assertionList({ assertions, outcome }: Asserted): HTMLElement | null {
  if (assertions.length === 0) return null;
  // Only what lowers to degraded can have been missed where the outcome is degraded.
  const missed = outcome === 'degraded' ? 'degraded' : 'failed';
  return element('ul', { class: 'assertions' }, ...assertions.map((assertion) => assertionLine(assertion, missed)));
}

function assertionLine(result: ProbeRow['assertions'][number], missed: 'degraded' | 'failed'): HTMLElement {
  const mark = element('span', {
    class: 'badge',
    'data-tone': result.passed ? 'good' : missed === 'failed' ? 'bad' : 'warn',
  });
  mark.append(icon(result.passed ? 'passed' : missed), element('span', {}, result.passed ? 'holds' : 'does not hold'));
  return element(
    'li',
    { class: 'assertion', 'data-passed': String(result.passed) },
    mark,
    element('code', {}, result.assertion),
    result.passed
      ? null
      : element(
          'span',
          {},
          'expected ',
          element('code', {}, result.expected),
          ', got ',
          element('code', {}, result.actual ?? 'nothing'),
        ),
  );
}
