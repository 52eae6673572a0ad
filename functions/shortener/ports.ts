import type { ClickBatch } from './click-book.ts';
import type { Fault } from './fault.ts';
import type { Answer } from './http.ts';
import type { Link } from './link.ts';
import type { ProblemName } from './problem.ts';

/**
 * What the shortener needs of its database. Instants are epoch ms. Every function rejects with a `StoreError` when the
 * database cannot be asked, and when `signal` is aborted.
 */
export type Store = {
  /** Keeps a link unless its code is taken by one that is still alive at `now`. `writer` is unique for this request. */
  createLink(link: Link, writer: string, now: number, signal: AbortSignal): Promise<'created' | 'taken'>;
  /** The link with this code, if it is alive at `now`; strongly consistent. */
  loadLink(code: string, now: number, signal: AbortSignal): Promise<Link | undefined>;
  /** Adds clicks to the link that was clicked; where it is gone, or has just this batch already, nothing happens. */
  countClicks(batch: ClickBatch, signal: AbortSignal): Promise<void>;
  /** The same with its clicks of each day that has any, by the number of the day since 1970 (UTC): at least the last 60. */
  loadClicks(code: string, now: number, signal: AbortSignal): Promise<LinkClicks | undefined>;
  /** Disables or enables a link that is alive at `now`, and shows it as it is then. */
  changeLink(code: string, isDisabled: boolean, now: number, signal: AbortSignal): Promise<Link | undefined>;
  /** Deletes a link; whether there was one alive at `now`. */
  deleteLink(code: string, now: number, signal: AbortSignal): Promise<boolean>;
  /** Links alive at `now`, in an order of the database's own that does not change; `next` is where to go on after. */
  listLinks(limit: number, after: string | undefined, now: number, signal: AbortSignal): Promise<LinkPage>;
  /**
   * Keeps an idempotency key unless it is kept already at `now`; then what is kept of it. A record of the same holder
   * is the one that was just put.
   */
  putKey(record: KeyRecord, now: number, signal: AbortSignal): Promise<KeyRecord | undefined>;
  /** Takes an unanswered key over from another holder; false where that one is not its holder any more. */
  takeKey(record: KeyRecord, former: string, signal: AbortSignal): Promise<boolean>;
  /** Keeps the answer with the key, unless somebody else holds it by now. */
  finishKey(record: KeyRecord, answer: KeptAnswer, signal: AbortSignal): Promise<void>;
  /** Lets the next request with this key have it at once, unless somebody else holds it by now. */
  unlockKey(record: KeyRecord, signal: AbortSignal): Promise<void>;
  loadFault(signal: AbortSignal): Promise<Fault | undefined>;
  saveFault(fault: Fault, signal: AbortSignal): Promise<void>;
  deleteFault(signal: AbortSignal): Promise<void>;
  /** One strongly consistent read, for its success alone. */
  ping(signal: AbortSignal): Promise<void>;
};

/** An answer that is kept with its key. */
export type KeptAnswer = Answer;

/** What is kept of an idempotency key. Instants are epoch ms. */
export type KeyRecord = {
  /** A digest of the key: it may hold what its sender would not want to be kept. */
  readonly key: string;
  /** A digest of the request: the same key must not come with another one. */
  readonly fingerprint: string;
  /** Whoever works on it: a draw of its own. */
  readonly holder: string;
  /** From then on another request may take it over: the holder cannot live any more. */
  readonly lockedUntil: number;
  /** From this and from `claimedAt` everything follows that a repetition has to do in the same way. */
  readonly seed: string;
  readonly claimedAt: number;
  readonly expiresAt: number;
  readonly answer?: KeptAnswer;
};

export type LinkClicks = { readonly link: Link; readonly byDay: ReadonlyMap<number, number> };

export type LinkPage = { readonly links: readonly Link[]; readonly next?: string };

/** What is known of an answer once it is ready to leave: nothing of who asked, nor of what was in it. */
export type Answered = {
  /** The path of the route with its `{code}`, never the path that was asked for; `unmatched` where there is no route. */
  readonly route: string;
  /** As it was asked for where HTTP knows it, otherwise `_OTHER`, as in OpenTelemetry. */
  readonly method: string;
  readonly status: number;
  readonly durationMs: number;
  /** Whether the sandbox knew the code itself, where a route asked it. */
  readonly cache?: CacheUse;
  /** The name of the problem that was answered. */
  readonly errorType?: ProblemName;
};

export type CacheUse = 'hit' | 'miss';

/** Everything from outside, so that tests can hold it still. */
export type Dependencies = {
  readonly store: Store;
  /** The value of an SSM parameter, undefined when it is not there. */
  readonly readParameter: (name: string, signal: AbortSignal) => Promise<string | undefined>;
  /** Epoch ms. */
  readonly now: () => number;
  /** Rejects when the signal is aborted first. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 up to, not including, 1: for jitter and drills. */
  readonly random: () => number;
  /** A file of the web page, as it was built. */
  readonly readAsset: (name: string) => Promise<string>;
  /** A CSPRNG: for codes. */
  readonly randomBytes: (size: number) => Uint8Array;
  /** Hears of every answer before it leaves, and of the invocation that gave it. It must neither throw nor take time. */
  readonly onAnswered?: (answered: Answered, invocationId: string) => void;
};

/** The database did not do what it was asked. */
export class StoreError extends Error {
  readonly code = 'BURN_SHORTENER_DATABASE';
  readonly reason: 'timeout' | 'unavailable';

  constructor(reason: 'timeout' | 'unavailable', cause: unknown) {
    super(reason === 'timeout' ? 'the database did not answer in time' : 'the database refused or was not there', {
      cause,
    });
    this.name = 'StoreError';
    this.reason = reason;
  }
}
