/** What of the ledger nobody here could read, gathered until it is told. */
export type Unread = {
  note(error: unknown): void;
  /** Tells of all that came since it was last told: how much, and what was said of the first. Nothing where all was read. */
  tell(say: (count: number, first: unknown) => void): void;
};

/** One line tells of however many rows there are: after a rollback they may be those of days. */
export function createUnread(): Unread {
  let noted: { count: number; readonly first: unknown } | undefined;
  return {
    note: (error) => {
      if (noted === undefined) noted = { count: 1, first: error };
      else noted.count += 1;
    },
    tell: (say) => {
      if (noted !== undefined) say(noted.count, noted.first);
      noted = undefined;
    },
  };
}
