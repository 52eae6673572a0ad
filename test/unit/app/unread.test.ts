import { createUnread } from '../../../shared/app/unread.ts';

it('what could not be read is told once, however many rows there were, and nothing where all was read', () => {
  const unread = createUnread();
  const told: (readonly [number, unknown])[] = [];
  const tell = () => unread.tell((count, first) => void told.push([count, first]));
  tell();
  for (const each of ['first', 'second', 'third']) unread.note(each);
  tell();
  tell();
  unread.note('fourth');
  tell();
  expect(told).toEqual([
    [3, 'first'],
    [1, 'fourth'],
  ]);
});
