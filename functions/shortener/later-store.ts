import type { Store } from './ports.ts';

const names = [
  'createLink',
  'loadLink',
  'loadClicks',
  'changeLink',
  'countClicks',
  'deleteLink',
  'listLinks',
  'putKey',
  'takeKey',
  'finishKey',
  'unlockKey',
  'loadFault',
  'saveFault',
  'deleteFault',
  'ping',
] as const satisfies readonly (keyof Store)[];

/** A store that is opened at its first use, so that nobody who needs none waits for the SDK to load. */
export function laterStore(open: () => Promise<Store>): Store {
  let opened: Promise<Store> | undefined;
  const ask =
    (name: keyof Store) =>
    async (...args: unknown[]): Promise<unknown> => {
      opened ??= open();
      const store = await opened.catch((error: unknown) => {
        opened = undefined; // the next one tries anew
        throw error;
      });
      return (store[name] as (...args: unknown[]) => Promise<unknown>)(...args);
    };
  return Object.fromEntries(names.map((name) => [name, ask(name)])) as unknown as Store; // each name with what it had
}
