import type { InboxMessage } from './state.ts';

/** More rows than this are not drawn: the rest is in /api/state. */
export const mostRows = 200;

/** Which message is shown (its id), and which were read (their marks). Nothing here knows a page. */
export type InboxModel = { readonly selected: string | null; readonly read: ReadonlySet<string> };

/** What a read message is remembered by: ids may begin anew with a new data folder, instants do not. */
export function readMark({ id, at }: InboxMessage): string {
  return `${at} ${id}`;
}

/**
 * Takes a new list in: the first message ever is shown by itself, and never replaced by a newer one. Ids of messages
 * that are gone are forgotten.
 */
export function withMessages(model: InboxModel, messages: readonly InboxMessage[]): InboxModel {
  const ids = new Set(messages.map((message) => message.id));
  const marks = new Set(messages.map(readMark));
  const isStillThere = model.selected !== null && ids.has(model.selected);
  return {
    selected: isStillThere ? model.selected : (messages[0]?.id ?? null),
    read: new Set([...model.read].filter((mark) => marks.has(mark))),
  };
}

/** What the reader picks is read. */
export function withSelection(model: InboxModel, message: InboxMessage): InboxModel {
  return { selected: message.id, read: new Set([...model.read, readMark(message)]) };
}

export function withAllRead(model: InboxModel, messages: readonly InboxMessage[]): InboxModel {
  return { ...model, read: new Set(messages.map(readMark)) };
}

export function unreadCount(model: InboxModel, messages: readonly InboxMessage[]): number {
  return messages.filter((message) => !model.read.has(readMark(message))).length;
}

/** The message that a key leads to from the selected one; undefined where the key means nothing here. */
export function neighbour(
  messages: readonly InboxMessage[],
  selected: string | null,
  key: string,
): InboxMessage | undefined {
  const last = messages.length - 1;
  const at = messages.findIndex((message) => message.id === selected);
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(last, at + 1),
    ArrowUp: Math.max(0, at - 1),
    PageDown: Math.min(last, at + 8),
    PageUp: Math.max(0, at - 8),
    Home: 0,
    End: last,
  };
  const index = Object.hasOwn(steps, key) ? steps[key] : undefined;
  return index === undefined ? undefined : messages[index];
}
