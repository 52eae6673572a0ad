import { isExpired, type Link } from './link.ts';
import { type Dependencies, StoreError } from './ports.ts';

/** A link as a cache knows it: its clicks may have grown since. */
export type KnownLink = Omit<Link, 'clicks'>;

/** What a cache may keep, and for how long after the read began. */
export type CacheBounds = {
  /** Codes, with and without a link. */
  readonly most: number;
  readonly linkMs: number;
  /** That a code has no link. */
  readonly absenceMs: number;
};

export type LinkCache = {
  /** The link of a code, `none` when it has none, undefined when that is not known at `now` and has to be read. */
  find(code: string, now: number): KnownLink | 'none' | undefined;
  /** Keeps what a read that began at `readAt` found, in place of what was used longest ago when there is no room. */
  keep(code: string, link: KnownLink | undefined, readAt: number): void;
  forget(code: string): void;
  /** Codes that are kept. */
  readonly size: number;
};

/** At most 2 KB a URL: 20 MB when each is as long as may be. */
const usualBounds: CacheBounds = { most: 10_000, linkMs: 10_000, absenceMs: 1_000 };

/** The store bounds its calls itself; this is for one that does not. */
const readMs = 3_000;

/**
 * What is known of codes, bounded in number and age. An expired link is not known, however young the entry: its code is
 * free, so another sandbox may have given it away. Nor is anything known that was read after `now`: a clock that was
 * put back must not make it stay.
 */
export function createLinkCache({ most, linkMs, absenceMs }: CacheBounds = usualBounds): LinkCache {
  const kept = new Map<string, { readonly link: KnownLink | undefined; readonly readAt: number }>();
  return {
    find: (code, now) => {
      const entry = kept.get(code);
      if (!entry) return undefined;
      kept.delete(code);
      const { link, readAt } = entry;
      const isFresh = now >= readAt && now < readAt + (link ? linkMs : absenceMs);
      if (!isFresh || (link && isExpired(link, now))) return undefined;
      kept.set(code, entry); // a map keeps the order of insertion: now this one is the last to go
      return link ?? 'none';
    },
    keep: (code, link, readAt) => {
      kept.delete(code);
      kept.set(code, { link, readAt });
      for (const oldest of kept.keys()) {
        if (kept.size <= most) break;
        kept.delete(oldest);
      }
    },
    forget: (code) => {
      kept.delete(code);
    },
    get size() {
      return kept.size;
    },
  };
}

export type LinkReader = {
  /** What is known without asking the database: the link, `none`, or undefined when that has to be found. */
  recall(code: string): KnownLink | 'none' | undefined;
  /** The link with this code, if it is alive, as it was at most ten seconds ago. Rejects with a `StoreError`. */
  find(code: string, signal: AbortSignal): Promise<KnownLink | undefined>;
  /** To be called when a link was made or deleted, or may have been: what is read from then on is read anew. */
  forget(code: string): void;
};

/**
 * Reads links through a cache. Those who ask for one code at the same time share one read; what fails is told to them
 * and not kept. A read that began before `forget` is neither kept nor shared any more.
 */
export function createLinkReader(
  { store, now }: Pick<Dependencies, 'store' | 'now'>,
  cache: LinkCache = createLinkCache(),
): LinkReader {
  const underWay = new Map<string, Promise<KnownLink | undefined>>();

  const begin = (code: string): Promise<KnownLink | undefined> => {
    const readAt = now();
    const read = store
      .loadLink(code, readAt, AbortSignal.timeout(readMs))
      .then((link) => {
        if (underWay.get(code) === read) cache.keep(code, link, readAt);
        return link;
      })
      .finally(() => {
        if (underWay.get(code) === read) underWay.delete(code);
      });
    underWay.set(code, read);
    return read;
  };

  return {
    recall: (code) => cache.find(code, now()),
    find: async (code, signal) => {
      const known = cache.find(code, now());
      if (known !== undefined) return known === 'none' ? undefined : known;
      const link = await unlessAborted(signal, underWay.get(code) ?? begin(code));
      return link && !isExpired(link, now()) ? link : undefined;
    },
    forget: (code) => {
      underWay.delete(code);
      cache.forget(code);
    },
  };
}

/** What others wait for too goes on without the one whose time is over. */
function unlessAborted<Value>(signal: AbortSignal, shared: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new StoreError('timeout', signal.reason));
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
