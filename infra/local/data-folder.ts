import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { BurnwatchError } from '../../shared/config/model.ts';
import { type Lock, lockFolder } from './lock.ts';

/** Where everything is that local mode remembers. Absolute paths. */
export type DataFolder = {
  readonly path: string;
  readonly build: string;
  readonly logs: string;
  readonly dynamodb: string;
  readonly cloudwatch: string;
  readonly sns: string;
  readonly parameters: string;
  /** What runs, for other programs; there only while it runs. */
  readonly local: string;
  readonly lock: Lock;
};

const marker = '.burnwatch-data';
const databases = ['cloudwatch.db', 'sns.db'].flatMap((file) => [file, `${file}-wal`, `${file}-shm`]);
/** All that local mode ever makes in its folder, and so all that it ever deletes. */
const own = ['build', 'logs', 'dynamodb', ...databases, 'parameters.json', 'local.json'];

/**
 * Opens and locks the folder, making it where it is not there. `isFresh` deletes what local mode made in it before.
 * Throws LOCAL_DATA_FOREIGN for a folder with anything in it that local mode did not make, LOCAL_DATA_LOCKED, and
 * LOCAL_DATA_UNUSABLE.
 */
export function openDataFolder(folder: string, isFresh: boolean): DataFolder {
  const path = resolve(folder);
  prepare(path, folder);
  const lock = lockFolder(path);
  if (isFresh) for (const name of own) rmSync(join(path, name), { recursive: true, force: true });
  mkdirSync(join(path, 'logs'), { recursive: true });
  return {
    path,
    build: join(path, 'build'),
    logs: join(path, 'logs'),
    dynamodb: join(path, 'dynamodb'),
    cloudwatch: join(path, 'cloudwatch.db'),
    sns: join(path, 'sns.db'),
    parameters: join(path, 'parameters.json'),
    local: join(path, 'local.json'),
    lock,
  };
}

function prepare(path: string, given: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const isOurs = existsSync(join(path, marker));
    if (!isOurs && readdirSync(path).length > 0) throw foreign(given);
    if (isOurs) return;
    writeFileSync(
      join(path, marker),
      'Burnwatch keeps what its local mode remembers here. `npm start -- --fresh` empties it.\n',
    );
    writeFileSync(join(path, '.gitignore'), '*\n');
  } catch (error) {
    if (error instanceof BurnwatchError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new BurnwatchError(
      'LOCAL_DATA_UNUSABLE',
      `${given} cannot be used, choose another with --data <folder>: ${reason}`,
    );
  }
}

const foreign = (given: string) =>
  new BurnwatchError(
    'LOCAL_DATA_FOREIGN',
    `${given} holds files that are not local mode's own, so nothing in it is touched: choose an empty or new folder with --data <folder>`,
  );
