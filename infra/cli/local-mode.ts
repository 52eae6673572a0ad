import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { codeOf } from '../../shared/net/error.ts';
import type { Io } from './command.ts';

/** What a running local mode says of itself in `<data>/local.json`. */
export type LocalMode = {
  readonly file: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly awsEndpoint?: string;
  /** The origin of its console. */
  readonly console?: string;
  /** Every monitor is probed so often there, whatever the configuration says. */
  readonly intervalMs?: number;
};

/**
 * The local mode that keeps its data in `.burnwatch` of one of these folders, if its process is alive; or the one that keeps it
 * where BURNWATCH_DATA says, and no other.
 */
export function findLocalMode(
  folders: readonly string[],
  { cwd, env }: Pick<Io, 'cwd' | 'env'>,
): LocalMode | undefined {
  const own = env['BURNWATCH_DATA'];
  const data = own ? [resolve(cwd, own)] : folders.map((folder) => join(folder, '.burnwatch'));
  for (const folder of new Set(data)) {
    const found = readLocal(join(folder, 'local.json'));
    if (found) return found;
  }
  return undefined;
}

function readLocal(file: string): LocalMode | undefined {
  const said = parse(file);
  if (typeof said !== 'object' || said === null) return undefined;
  const { pid, outputs, intervalMs, ...others } = said as Readonly<Record<string, unknown>>;
  if (typeof pid !== 'number' || !isAlive(pid)) return undefined;
  const texts = Object.entries(outputs ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const origins = (['awsEndpoint', 'console'] as const).flatMap((name) => {
    const value = others[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  const interval = Number.isSafeInteger(intervalMs) && Number(intervalMs) > 0 ? { intervalMs: Number(intervalMs) } : {};
  return { file, outputs: Object.fromEntries(texts), ...Object.fromEntries(origins), ...interval };
}

function parse(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // No such file, or one that is being written: no local mode that could be used.
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user cannot be signalled, but it is there.
    return codeOf(error) === 'EPERM';
  }
}
