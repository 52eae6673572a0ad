import type { LinkCache } from './cache.ts';
import { type Store, StoreError } from './ports.ts';

/** What a drill itself needs, also while it plays that the database is down. */
const spared: readonly (keyof Store)[] = ['loadFault', 'saveFault', 'deleteFault'];

/** The same store; while `isDown` says so it refuses everything but the drill itself, without being asked. */
export function refusing(store: Store, isDown: () => boolean): Store {
  const wrapped = (Object.keys(store) as (keyof Store)[]).map((name) => {
    const ask = async (...args: unknown[]): Promise<unknown> => {
      if (isDown() && !spared.includes(name)) throw new StoreError('unavailable', new Error(reason));
      return (store[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    };
    return [name, ask];
  });
  return Object.fromEntries(wrapped) as Store; // the same names, each with the arguments and the result it had
}

const reason = 'a drill plays that the database is down';

/** The same cache; while `isCold` says so it knows nothing, forgets what it is asked for, and keeps nothing. */
export function forgetting(cache: LinkCache, isCold: () => boolean): LinkCache {
  return {
    find: (code, now) => {
      if (!isCold()) return cache.find(code, now);
      cache.forget(code);
      return undefined;
    },
    keep: (code, link, readAt) => {
      if (!isCold()) cache.keep(code, link, readAt);
    },
    forget: cache.forget,
    get size() {
      return cache.size;
    },
  };
}
