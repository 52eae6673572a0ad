import { element, type Part, setText } from './dom.ts';
import type { InboxMessage } from './state.ts';
import { setTime, timeElement } from './time.ts';

/** The message that is open, as an e-mail program would show its text. */
export function inboxMessage(): Part<InboxMessage> {
  const subject = element('h3', { class: 'message-subject' });
  const to = element('dd');
  const time = timeElement();
  const text = element('pre', { class: 'message-text', tabindex: '0', 'aria-label': 'Text of the message' });
  const head = element(
    'dl',
    { class: 'message-head' },
    element('dt', {}, 'To'),
    to,
    element('dt', {}, 'Sent'),
    element('dd', {}, time),
  );
  let shown: string | null = null;
  return {
    element: element('article', { class: 'message' }, subject, head, text),
    update: (message, now) => {
      setText(subject, message.subject);
      setText(to, message.to);
      setTime(time, message.at, now, true);
      setText(text, message.text);
      if (shown !== message.id) text.scrollTop = 0;
      shown = message.id;
    },
  };
}
