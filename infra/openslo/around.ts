import type { Path } from './problem.ts';
import type { Found } from './read.ts';

/** What an object refers to, and where it says what cannot be carried over. */
export type Around = {
  /** The object of a kind and name, in the same file. */
  readonly find: (kind: string, name: string) => Found | undefined;
  readonly note: (path: Path, message: string) => void;
  /** Judged in place of sources that are not known here. */
  readonly monitors: readonly string[];
};
