import type { Link } from './link.ts';

/** A link that was clicked: with `createdAt`, since another one may get its code. */
export type ClickedLink = Pick<Link, 'code' | 'createdAt'>;

/** Clicks of one link on one day that are written together. */
export type ClickBatch = ClickedLink & {
  /** The UTC day on which it was clicked, by its number since 1970. */
  readonly day: number;
  readonly count: number;
  /** Unique to this batch: the link keeps it, so that a batch that is sent again can be told from another. */
  readonly mark: string;
};

export type ClickBook = {
  /** Counts one click of a day; whether there was room for it. */
  add(link: ClickedLink, day: number): boolean;
  /**
   * At most `most` batches to write, of the links that wait longest; `isAll` when they hold every click. Until it is
   * settled, a batch comes again as it was.
   */
  take(most: number): { readonly batches: readonly ClickBatch[]; readonly isAll: boolean };
  /** Takes a batch as written, or as never to be written. */
  settle(batch: ClickBatch): void;
  /** Links with clicks that are not written. */
  readonly size: number;
};

type Entry = ClickedLink & {
  readonly day: number;
  /** Clicks that are in no batch yet. */
  count: number;
  /** What was given out to be written. What came of it may be unknown, so it must not change. */
  batch?: ClickBatch | undefined;
};

/** The clicks of at most `mostLinks` links that are not written yet. `draw` makes a mark that no other book makes. */
export function createClickBook(mostLinks: number, draw: () => string): ClickBook {
  const entries = new Map<string, Entry>();
  const keyOf = ({ code, createdAt }: ClickedLink, day: number) => `${code} ${createdAt} ${day}`;

  const batchOf = (entry: Entry): ClickBatch => {
    if (entry.batch) return entry.batch;
    const { code, createdAt, day, count } = entry;
    entry.batch = { code, createdAt, day, count, mark: draw() };
    entry.count = 0;
    return entry.batch;
  };

  return {
    add: (link, day) => {
      const key = keyOf(link, day);
      const entry = entries.get(key);
      if (!entry && entries.size >= mostLinks) return false;
      if (entry) entry.count += 1;
      else entries.set(key, { code: link.code, createdAt: link.createdAt, day, count: 1 });
      return true;
    },
    take: (most) => {
      const taken = [...entries.entries().take(most)];
      let isAll = taken.length === entries.size;
      const batches = taken.map(([key, entry]) => {
        entries.delete(key);
        entries.set(key, entry); // should it fail, the others have their turn first
        const batch = batchOf(entry);
        isAll &&= entry.count === 0;
        return batch;
      });
      return { batches, isAll };
    },
    settle: (batch) => {
      const key = keyOf(batch, batch.day);
      const entry = entries.get(key);
      if (entry?.batch?.mark !== batch.mark) return;
      entry.batch = undefined;
      if (entry.count === 0) entries.delete(key);
    },
    get size() {
      return entries.size;
    },
  };
}
