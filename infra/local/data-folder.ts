import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { BurnwatchError } from '../../shared/config/model.ts';
import { codeOf } from '../cli/node-error.ts';
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
  const lock = orUnusable(folder, () => {
    prepare(path, folder);
    return lockFolder(path);
  });
  orUnusable(folder, () => {
    if (isFresh) for (const name of own) rmSync(join(path, name), { recursive: true, force: true });
    makeFolder(join(path, 'logs'));
  });
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
  makeFolder(path);
  const isOurs = existsSync(join(path, marker));
  if (!isOurs && readdirSync(path).length > 0) throw foreign(given);
  if (isOurs) return;
  writeFileSync(
    join(path, marker),
    'Burnwatch keeps what its local mode remembers here. `npm start -- --fresh` empties it.\n',
  );
  writeFileSync(join(path, '.gitignore'), '*\n');
}

/** With the folders above it. Not Node's own recursion, which never ends in a folder such as /proc that refuses by ENOENT. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EEXIST' && statSync(path).isDirectory()) return;
    if (code !== 'ENOENT' || existsSync(dirname(path))) throw error;
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it may not be written',
  EPERM: 'it may not be written',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EEXIST: 'it is a file',
  ENOTDIR: 'a file is in its way',
  ENOENT: 'it cannot be made',
};

/** What the system refuses becomes one line; our own errors pass as they are. */
function orUnusable<T>(given: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof BurnwatchError) throw error;
    const reason = reasons[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
    throw new BurnwatchError(
      'LOCAL_DATA_UNUSABLE',
      `${given} cannot be used, choose another with --data <folder>: ${reason}`,
      { cause: error },
    );
  }
}

const foreign = (given: string) =>
  new BurnwatchError(
    'LOCAL_DATA_FOREIGN',
    `${given} holds files that are not local mode's own, so nothing in it is touched: choose an empty or new folder with --data <folder>`,
  );
