import type { Drill } from '../../alert/drill.ts';
import type { Remembered } from '../notify/model.ts';

/** What became of one message of a drill: epoch ms, by the clock of `evaluate`. */
export type DrillNote = {
  /** Which of the two: that it fires, or that it is over. */
  readonly kind: 'fired' | 'resolved';
  /** The state was saved, and the message's turn had come. */
  readonly evaluatedAt: number;
} & (
  | {
      readonly outcome: 'published';
      readonly publishedAt: number;
      /** The message's own id. */
      readonly message: string;
      /** The id that SNS gave it. */
      readonly receipt?: string;
    }
  | { readonly outcome: 'refused'; readonly at: number; readonly problem: string }
);
export type KeptDrill = Drill & {
  /** When its row was written, by the clock of whoever wrote it. */
  readonly writtenAt: number;
  readonly notes: readonly DrillNote[];
};

/** The rows of drills, in the ledger. */
export type DrillStore = {
  save(drill: Drill): Promise<'saved' | 'duplicate'>;
  load(id: string): Promise<KeptDrill | undefined>;
  /** The newest first, as many as one evaluation looks at. */
  loadSince(fromAt: number): Promise<readonly KeptDrill[]>;
  /** Keeps the first publication of each message, and the last refusal. */
  saveNote(id: string, note: DrillNote): Promise<void>;
};

export type DrillSource = {
  readonly store: Pick<DrillStore, 'loadSince' | 'saveNote'>;
  /** What is known of a message, by the ids of its channels. */
  readonly loadTold: (messageId: string) => Promise<ReadonlyMap<string, Remembered>>;
  readonly now: () => number;
};
