import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, watch } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';

export type ConfigWatch = { close(): void };

const settleMs = 150;
/** Some file systems tell nothing. */
const pollMs = 2_000;

/**
 * Calls `onChange` when the file's content has changed and stayed so for a moment, however an editor writes it: its
 * folder is watched, because many replace the file by another. A file that is gone for a while is no change.
 */
export function watchConfig(file: string, onChange: () => void): ConfigWatch {
  const path = resolve(file);
  let seen = hashOf(path);
  let timer: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;

  const look = (): void => {
    const hash = hashOf(path);
    if (hash === undefined || hash === seen) return;
    seen = hash;
    onChange();
  };
  const lookSoon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(look, settleMs);
  };
  const poll = setInterval(lookSoon, pollMs);
  try {
    watcher = watch(dirname(path), (_, name) => {
      if (name === null || name === basename(path)) lookSoon();
    });
    watcher.on('error', () => watcher?.close()); // polling goes on
  } catch {
    // Nothing to watch with, as when the system's watches are used up: polling does.
  }
  return {
    close: () => {
      clearInterval(poll);
      clearTimeout(timer);
      watcher?.close();
    },
  };
}

function hashOf(path: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(path)).digest('hex');
  } catch {
    return undefined;
  }
}
