import type { ProbeRow } from '../../../shared/probe/row.ts';
import { assertionList } from './assertion-list.ts';
import { badge } from './badge.ts';
import { byId, element } from './dom.ts';
import { icon } from './icons.ts';
import { monitorBadge } from './monitor-card.ts';
import type { ProbeAnswer } from './state.ts';
import { setTime, timeElement } from './time.ts';
import { waterfall, waterfallLegend } from './waterfall.ts';
import { errorWords, latencyText, plural } from './words.ts';

/** What the manual probe found, phase by phase. Built anew for every probe; closed by its reader. */
export function probeResultSection(): (answer: ProbeAnswer) => void {
  const section = byId('probe-result');
  return ({ results }) => {
    const close = element(
      'button',
      { type: 'button', class: 'button button-small button-icon' },
      icon('close'),
      'Close',
    );
    close.addEventListener('click', () => {
      section.hidden = true;
    });
    const title = element('h2', { id: 'probe-result-title' }, 'What this probe found');
    const sentAt = timeElement();
    setTime(sentAt, Date.now(), Date.now());
    const about = element(
      'p',
      { class: 'quiet' },
      'Sent at ',
      sentAt,
      ' for your eyes: it counts for no budget and no alert.',
    );
    const longest = results.reduce((most, result) => Math.max(most, result.latencyMs), 1);
    section.replaceChildren(
      element('div', { class: 'section-head' }, title, close),
      about,
      waterfallLegend(),
      element('ul', { class: 'stack' }, ...results.map((result) => resultCard(result, longest))),
      ...(results.length === 0 ? [element('p', { class: 'empty' }, 'There is no monitor to probe.')] : []),
    );
    section.hidden = false;
  };
}

function resultCard(result: ProbeRow, longestMs: number): HTMLElement {
  const state = badge();
  state.update(monitorBadge(result.outcome));
  const head = element(
    'div',
    { class: 'card-head' },
    state.element,
    element('h3', { class: 'card-name' }, result.monitor),
    element('span', { class: 'quiet' }, factsText(result)),
    element('span', { class: 'latency' }, latencyText(result.latencyMs)),
  );
  const reason = [result.errorType === undefined ? '' : errorWords[result.errorType], result.message ?? '']
    .filter((part) => part !== '')
    .join(': ');
  return element(
    'li',
    { class: 'result', 'data-outcome': result.outcome },
    head,
    reason === '' ? null : element('p', { class: 'reason' }, reason),
    waterfall(result, longestMs),
    assertionList(result),
  );
}

function factsText(result: ProbeRow): string {
  return [result.statusCode === undefined ? '' : `status ${result.statusCode}`, plural(result.attempts, 'attempt')]
    .filter((part) => part !== '')
    .join(', ');
}
