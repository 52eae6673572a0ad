import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { BurnwatchError, type Monitor } from '../../shared/config/model.ts';
import { type ParseResult, parseConfig } from '../../shared/config/parse/index.ts';
import { longestFileBytes } from '../../shared/config/parse/yaml.ts';
import type { Io } from './command.ts';
import { readConfig } from './config-file.ts';

/** What a configuration was before, and what to call it. */
export type Earlier = { readonly name: string; readonly monitors: readonly Monitor[] };

const run = promisify(execFile);
const lastCommit = 'HEAD';
/** Names of revisions, and nothing that git could take for an option or a path: https://git-scm.com/docs/gitrevisions */
const revision = /^[A-Za-z0-9_@][\w./@{}^~+-]{0,199}$/;

/**
 * An earlier version of a configuration file: another file, or a revision of git that has it; of the last commit where
 * nothing is named, or undefined where there is none, or none that can be read. Throws BURN_USAGE for one that is named and cannot be.
 */
export async function readEarlier(file: string, against: string | undefined, io: Io): Promise<Earlier | undefined> {
  const name = against ?? lastCommit;
  const parsed = await readVersion(file, name, against !== undefined, io);
  if (parsed?.ok) return { name, monitors: parsed.config.monitors };
  if (against === undefined) return undefined;
  const why = parsed ? 'has errors' : `is neither a file nor a revision of git that has ${file}`;
  throw new BurnwatchError(
    'BURN_USAGE',
    `--against ${against.slice(0, 200)} ${why}, so nothing can be compared with it`,
  );
}

async function readVersion(file: string, name: string, isNamed: boolean, io: Io): Promise<ParseResult | undefined> {
  if (isNamed && existsSync(resolve(io.cwd, name))) return readConfig(name, io);
  const bytes = await readCommitted(file, name, io);
  return bytes && parseConfig(bytes, { file, env: io.env });
}

/** Undefined where git is not there, or knows no such revision, or has no such file in it. */
async function readCommitted(file: string, name: string, { cwd, env, signal }: Io): Promise<Uint8Array | undefined> {
  if (!revision.test(name)) return undefined;
  const path = resolve(cwd, file);
  const limits = { signal, timeout: 10_000, maxBuffer: longestFileBytes + 1 };
  const options = { cwd: dirname(path), env: { ...env }, encoding: 'buffer', ...limits } as const;
  try {
    return (await run('git', ['cat-file', 'blob', `${name}:./${basename(path)}`], options)).stdout;
  } catch {
    return undefined; // said by who asks, where somebody named it
  }
}
