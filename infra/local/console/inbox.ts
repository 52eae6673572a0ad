import { byId, element, keyedList, setAttribute, setText, show } from './dom.ts';
import { inboxMessage } from './inbox-message.ts';
import {
  type InboxModel,
  mostRows,
  neighbour,
  readMark,
  unreadCount,
  withAllRead,
  withMessages,
  withSelection,
} from './inbox-model.ts';
import { inboxRow, type RowView, rowId } from './inbox-row.ts';
import { recallIds, remember } from './memory.ts';
import type { ConsoleState, InboxMessage } from './state.ts';
import { plural } from './words.ts';

/** The inbox: every message as its reader would see it. `onUnread` hears how many are unread. */
export function inboxSection(onUnread: (count: number) => void): (state: ConsoleState, now: number) => void {
  const parts = buildInbox();
  let model: InboxModel = { selected: null, read: recallIds('read') };
  let messages: readonly InboxMessage[] = [];

  const draw = (now: number) => {
    drawInbox(parts, model, messages, now);
    onUnread(unreadCount(model, messages));
  };
  const change = (next: InboxModel) => {
    model = next;
    remember('read', JSON.stringify([...model.read]));
    draw(Date.now());
  };
  parts.list.addEventListener('click', (event) => {
    const id = clickedId(event.target);
    const message = messages.find((each) => each.id === id);
    if (message !== undefined) change(withSelection(model, message));
  });
  parts.list.addEventListener('keydown', (event) => {
    const next =
      event.key === 'Enter' || event.key === ' '
        ? messages.find((message) => message.id === model.selected)
        : neighbour(messages.slice(0, mostRows), model.selected, event.key);
    if (next === undefined) return;
    event.preventDefault();
    change(withSelection(model, next));
    document.getElementById(rowId(next.id))?.scrollIntoView({ block: 'nearest' });
  });
  const pickLinked = () => {
    const linked = messages.find((message) => `#${rowId(message.id)}` === location.hash);
    if (linked !== undefined) change(withSelection(model, linked));
  };
  addEventListener('hashchange', pickLinked);
  parts.allRead.addEventListener('click', () => change(withAllRead(model, messages)));
  return (state, now) => {
    messages = state.inbox;
    model = withMessages(model, messages);
    draw(now);
  };
}

type InboxParts = ReturnType<typeof buildInbox>;

function buildInbox() {
  const list = element('ul', {
    class: 'inbox-list',
    role: 'listbox',
    tabindex: '0',
    'aria-label': 'Messages, the newest first',
  });
  const updateList = keyedList<RowView>(list, (row) => row.message.id, inboxRow);
  const message = inboxMessage();
  const allRead = element('button', { type: 'button', class: 'button button-small', hidden: '' }, 'Mark all read');
  const older = element('p', { class: 'quiet inbox-older', hidden: '' });
  const filled = element('div', { class: 'card card-flush', hidden: '' }, list, older, message.element);
  const empty = element(
    'p',
    { class: 'empty' },
    'No message yet, and that is good news. When an alert fires, what SNS would mail and what goes to other channels lands here.',
  );
  byId('inbox-title').after(allRead);
  byId('inbox').append(filled, empty);
  return { list, updateList, message, allRead, older, filled, empty };
}

function drawInbox(parts: InboxParts, model: InboxModel, messages: readonly InboxMessage[], now: number): void {
  const unread = unreadCount(model, messages);
  show(parts.filled, messages.length > 0);
  show(parts.empty, messages.length === 0);
  show(parts.allRead, unread > 0);
  show(parts.older, messages.length > mostRows);
  setText(parts.older, `${plural(messages.length - mostRows, 'older message')} in /api/state`);
  parts.updateList(
    messages.slice(0, mostRows).map((message) => ({
      message,
      isSelected: message.id === model.selected,
      isRead: model.read.has(readMark(message)),
    })),
    now,
  );
  setAttribute(parts.list, 'aria-activedescendant', model.selected === null ? null : rowId(model.selected));
  const selected = messages.find((message) => message.id === model.selected);
  if (selected !== undefined) parts.message.update(selected, now);
  for (const id of ['inbox-unread', 'nav-unread']) drawCount(byId(id), unread);
}

function drawCount(node: HTMLElement, unread: number): void {
  show(node, unread > 0);
  setText(node, `${unread}`);
  setAttribute(node, 'title', `${unread} unread`);
  setAttribute(node, 'aria-label', `${unread} unread`);
  setAttribute(node, 'role', 'img');
}

function clickedId(target: EventTarget | null): string | null {
  const row = target instanceof Element ? target.closest('[data-message]') : null;
  return row?.getAttribute('data-message') ?? null;
}
