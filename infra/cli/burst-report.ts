import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { BurnwatchError } from '../../shared/config/model.ts';
import type { Finished } from './burst-text.ts';
import type { Io } from './command.ts';
import { codeOf } from './node-error.ts';
import { renderReport } from './report/page.ts';

/** Writes a run as one HTML file, named relative to the current folder. Throws BURN_REPORT_UNWRITABLE. */
export async function writeReport(file: string, finished: Finished, { cwd }: Pick<Io, 'cwd'>): Promise<void> {
  const page = renderReport({ ...finished, origin: readOrigin() }, readStyle());
  try {
    await writeFile(resolve(cwd, file), page);
  } catch (cause) {
    throw new BurnwatchError('BURN_REPORT_UNWRITABLE', `${file} cannot be written (${codeOf(cause)})`, { cause });
  }
}

function readOrigin() {
  const { platform, arch, version } = process;
  const { version: own } = JSON.parse(read('../../package.json')) as { version: string };
  const system = `${platform} ${arch}, ${availableParallelism()} CPUs, Node ${version}`;
  return { host: hostname(), system, version: own };
}

/** The colours of the console, and what the report does with them; without comments. */
export function readStyle(): string {
  const text = `${read('../local/console/css/palette.css')}${read('./report/style.css')}`;
  return text.replaceAll(/\/\*.*?\*\//gs, '');
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');
