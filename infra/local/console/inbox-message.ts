import { element, type Part, setAttribute, setText, show } from './dom.ts';
import type { InboxMessage } from './state.ts';
import { setTime, timeElement } from './time.ts';

/** The message that is open, as its reader would see its text; of what went to a channel, what came of it. */
export function inboxMessage(): Part<InboxMessage> {
  const subject = element('h3', { class: 'message-subject' });
  const to = element('dd');
  const time = timeElement();
  const outcomeName = element('dt', { hidden: '' }, 'Outcome');
  const outcome = element('dd', { class: 'message-outcome', hidden: '' });
  const text = element('pre', { class: 'message-text', tabindex: '0', 'aria-label': 'Text of the message' });
  const head = element(
    'dl',
    { class: 'message-head' },
    element('dt', {}, 'To'),
    to,
    element('dt', {}, 'Sent'),
    element('dd', {}, time),
    outcomeName,
    outcome,
  );
  let shown: string | null = null;
  return {
    element: element('article', { class: 'message' }, subject, head, text),
    update: (message, now) => {
      setText(subject, message.subject);
      setText(to, message.to);
      setTime(time, message.at, now, true);
      const { delivery } = message;
      for (const node of [outcomeName, outcome]) show(node, delivery !== undefined);
      setText(outcome, delivery?.detail ?? '');
      setAttribute(outcome, 'data-state', delivery?.state ?? null);
      setText(text, message.text);
      if (shown !== message.id) text.scrollTop = 0;
      shown = message.id;
    },
  };
}
