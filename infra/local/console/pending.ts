import { type PendingAlert, pendingOf } from '../../../shared/app/overview/pending.ts';
import { badge } from './badge.ts';
import { element, keyedList, type Part, setAttribute, setText, show } from './dom.ts';
import { monitorAnchor } from './monitor-card.ts';
import { pageHref } from './route.ts';
import type { ConsoleState } from './state.ts';
import { plural } from './words.ts';

/** More than these are a number. */
const mostShown = 10;

/** Alerts that are on their way to fire; hidden where there are none. */
export function pendingCard(): Part<ConsoleState> {
  const list = element('ul', { class: 'lines' });
  const rest = element('p', { class: 'quiet' });
  const node = element('div', { class: 'card pending', hidden: '' }, element('h3', {}, 'Pending'), list, rest);
  const update = keyedList<PendingAlert>(list, ({ id }) => id, pendingLine);
  return {
    element: node,
    update: (state, now) => {
      const pending = pendingOf(state);
      show(node, pending.length > 0);
      update(pending.slice(0, mostShown), now);
      show(rest, pending.length > mostShown);
      setText(rest, `and ${plural(pending.length - mostShown, 'other')}`);
    },
  };
}

function pendingLine(): Part<PendingAlert> {
  const state = badge('badge-small');
  const link = element('a', { class: 'line-name' });
  const why = element('span', { class: 'quiet' });
  return {
    element: element('li', { class: 'line' }, state.element, link, why),
    update: (alert) => {
      const word = alert.severity === undefined ? 'Pending' : `Pending ${alert.severity}`;
      state.update({ icon: 'pending', tone: 'warn', word });
      setAttribute(link, 'href', hrefOf(alert));
      setText(link, alert.name);
      setText(why, alert.why);
    },
  };
}

function hrefOf({ kind, name }: PendingAlert): string {
  if (kind === 'slo') return pageHref('slo', name);
  return kind === 'burst' ? '#bursts' : `#${encodeURIComponent(monitorAnchor(name))}`;
}
