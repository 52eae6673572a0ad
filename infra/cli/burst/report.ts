import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { BurnwatchError } from '../../../shared/config/model.ts';
import type { Io } from '../command.ts';
import { codeOf } from '../node-error.ts';
import { renderReport } from './report/page.ts';
import type { Finished } from './text.ts';

/** Throws BURN_REPORT_UNWRITABLE where a report could not be written to this file, before anything is sent. */
export function checkReport(file: string, { cwd }: Pick<Io, 'cwd'>): void {
  const path = resolve(cwd, file);
  try {
    accessSync(dirname(path), constants.W_OK);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw unwritable(file, 'EISDIR');
  } catch (cause) {
    throw cause instanceof BurnwatchError ? cause : unwritable(file, codeOf(cause), cause);
  }
}

function unwritable(file: string, code: string | undefined, cause?: unknown): BurnwatchError {
  const why = code === 'ENOENT' ? 'there is no such folder' : code === 'EISDIR' ? 'it is a folder' : code;
  return new BurnwatchError('BURN_REPORT_UNWRITABLE', `--report ${file} cannot be written: ${why}`, { cause });
}

/** Writes a run as one HTML file, named relative to the current folder. Throws BURN_REPORT_UNWRITABLE. */
export async function writeReport(file: string, finished: Finished, { cwd }: Pick<Io, 'cwd'>): Promise<void> {
  const page = renderReport({ ...finished, origin: readOrigin() }, readStyle());
  try {
    await writeFile(resolve(cwd, file), page);
  } catch (cause) {
    throw unwritable(file, codeOf(cause), cause);
  }
}

function readOrigin() {
  const { platform, arch, version } = process;
  const { version: own } = JSON.parse(read('../../../package.json')) as { version: string };
  const system = `${platform} ${arch}, ${availableParallelism()} CPUs, Node ${version}`;
  return { host: hostname(), system, version: own };
}

/** The colours of the console, and what the report does with them; without comments. */
export function readStyle(): string {
  const text = `${read('../../local/console/css/palette.css')}${read('./report/style.css')}`;
  return text.replaceAll(/\/\*.*?\*\//gs, '');
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
