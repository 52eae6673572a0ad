import { type ClickBatch, type ClickedLink, createClickBook } from './click-book.ts';
import { dayOf } from './day.ts';
import type { Dependencies } from './ports.ts';

/** From the end of a round to the next that a visit may start. */
const pauseMs = 1_000;
/** The same after a round that failed: while the table takes no writes, visits must not pay for it each second. */
const pauseAfterFailureMs = 5_000;
/** How long a request waits for a round, a dead connection tried anew included, before it goes on without. */
const roundMs = 1_000;
/** Links whose clicks one round writes; the rest waits for the next. */
const mostPerRound = 100;
/** Writes at the same time; the SDK opens at most 50 connections. */
const mostAtOnce = 20;
/** Links with clicks that wait, some 100 bytes each. Further links' clicks are not counted. */
const mostWaiting = 10_000;

export type Clicks = {
  /** Counts one visit, in memory. */
  add(link: ClickedLink): void;
  /**
   * Writes what waits, at most once a second, for a request that awaits it before its answer: after its answer a
   * sandbox may be frozen. Never rejects: what could not be written waits for the next round.
   */
  writeWhenDue(signal: AbortSignal): Promise<void>;
  /** Writes all clicks that were counted before, so that who clicks and looks sees the click. Never rejects. */
  writeNow(signal: AbortSignal): Promise<void>;
};

/** What a round came to: `partial` when it left clicks for the next one. */
type Round = 'whole' | 'partial' | 'failed';

/**
 * Clicks counted in memory and written in batches. `onTrouble` hears of what was not written, at
 * most once a round.
 */
export function createClicks(
  { store, now, randomBytes }: Pick<Dependencies, 'store' | 'now' | 'randomBytes'>,
  onTrouble: (error: unknown) => void,
): Clicks {
  const book = createClickBook(mostWaiting, () => Buffer.from(randomBytes(9)).toString('base64url'));
  let underWay: Promise<Round> | undefined;
  let pause = { fromAt: Number.NEGATIVE_INFINITY, ms: 0 };
  let refused = 0;

  const write = async (signal: AbortSignal): Promise<Round> => {
    const { batches, isAll } = book.take(mostPerRound);
    const [error] = await writeAll(batches, signal, async (batch) => {
      await store.countClicks(batch, signal);
      book.settle(batch);
    });
    if (error !== undefined) onTrouble(error);
    if (refused > 0) onTrouble(new ClicksRefused(refused));
    refused = 0;
    pause = { fromAt: now(), ms: error === undefined ? pauseMs : pauseAfterFailureMs };
    if (error !== undefined) return 'failed';
    return isAll ? 'whole' : 'partial';
  };
  const round = (signal: AbortSignal): Promise<Round> => {
    underWay ??= write(signal).finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
  const isDue = (): boolean => {
    const passedMs = now() - pause.fromAt;
    return passedMs < 0 || passedMs >= pause.ms;
  };

  return {
    add: (link) => {
      if (!book.add(link, dayOf(now()))) refused += 1;
    },
    writeWhenDue: async (signal) => {
      if (underWay === undefined && book.size > 0 && isDue()) await round(bounded(signal));
    },
    writeNow: async (signal) => {
      const limit = bounded(signal);
      await underWay; // it may have begun before the last click
      let last: Round = 'partial';
      while (last === 'partial' && book.size > 0 && !limit.aborted) last = await round(limit);
    },
  };
}

/** Clicks of more links wait than may. */
class ClicksRefused extends Error {
  readonly code = 'BURN_SHORTENER_CLICKS';

  constructor(count: number) {
    super(`${count} clicks were not counted, because those of ${mostWaiting} other links wait`);
    this.name = 'ClicksRefused';
  }
}

function bounded(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(roundMs)]);
}

/** Writes batches, a few at a time, and answers what went wrong; once the signal is aborted, nothing more is begun. */
async function writeAll(
  batches: readonly ClickBatch[],
  signal: AbortSignal,
  write: (batch: ClickBatch) => Promise<void>,
): Promise<unknown[]> {
  const errors: unknown[] = [];
  const rest = batches.values();
  const writeRest = async (): Promise<void> => {
    for (const batch of rest) {
      try {
        signal.throwIfAborted();
        await write(batch);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: mostAtOnce }, writeRest));
  return errors;
}
