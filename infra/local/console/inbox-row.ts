import { element, type Part, setAttribute, setText, show } from './dom.ts';
import type { InboxMessage } from './state.ts';
import { setTime, timeElement } from './time.ts';

export type RowView = { readonly message: InboxMessage; readonly isSelected: boolean; readonly isRead: boolean };

/** What is worth saying in the list: not that all went well. */
const stateWords = {
  sending: ', on its way',
  delivered: '',
  skipped: ', nothing to tell',
  failed: ', not told',
} as const;

/** The id of a message's row in the page. */
export function rowId(id: string): string {
  return `message-${id}`;
}

/** One message in the list: unread is told by weight, by a dot and by a word for those who hear the page. */
export function inboxRow(): Part<RowView> {
  const unread = element('span', { class: 'hidden-text' }, 'Unread: ');
  const subject = element('span', { class: 'inbox-subject' });
  const to = element('span', { class: 'quiet inbox-to' });
  const time = timeElement('quiet');
  const node = element(
    'li',
    { class: 'inbox-row', role: 'option' },
    element('span', { class: 'unread-dot', 'aria-hidden': 'true' }),
    element('span', { class: 'inbox-line' }, unread, subject),
    element('span', { class: 'inbox-line inbox-line-small' }, to, time),
  );
  return {
    element: node,
    update: ({ message, isSelected, isRead }, now) => {
      setAttribute(node, 'id', rowId(message.id));
      setAttribute(node, 'data-message', message.id);
      setAttribute(node, 'data-unread', String(!isRead));
      setAttribute(node, 'aria-selected', String(isSelected));
      show(unread, !isRead);
      setText(subject, message.subject);
      setText(to, `${message.to}${stateWords[message.delivery?.state ?? 'delivered']}`);
      setAttribute(to, 'data-state', message.delivery?.state ?? null);
      setTime(time, message.at, now, true);
    },
  };
}
