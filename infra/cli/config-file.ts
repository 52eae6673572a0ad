import { BurnwatchError } from '../../shared/config/model.ts';
import {
  type ParseOptions,
  type ParseResult,
  type Problem,
  parseConfig,
  renderProblem,
} from '../../shared/config/parse/index.ts';
import { longestFileBytes } from '../../shared/config/parse/yaml.ts';
import type { Io } from './command.ts';
import { codeOf } from './node-error.ts';
import { readBytes } from './read-bytes.ts';
import { count, paint } from './terminal.ts';

export const defaultFile = 'monitors.yml';

/**
 * Reads and parses a configuration file, named relative to the current folder; `monitors.yml` when none is named.
 * Throws BURN_CONFIG_UNREADABLE when there is no such file or it cannot be read.
 */
export async function readConfig(
  file: string,
  io: Io,
  options: Pick<ParseOptions, 'intervalMs' | 'isTrial' | 'before'> = {},
): Promise<ParseResult> {
  const bytes = await read(file, io);
  return parseConfig(bytes, { file, env: io.env, ...options });
}

async function read(file: string, io: Io): Promise<Uint8Array> {
  try {
    return await readBytes(file, longestFileBytes, io);
  } catch (cause) {
    throw new BurnwatchError('BURN_CONFIG_UNREADABLE', explain(file, cause), { cause });
  }
}

function explain(file: string, cause: unknown): string {
  const code = codeOf(cause);
  if (code === 'EISDIR') return `${file} is a folder: name a file with --config FILE`;
  if (code !== 'ENOENT') return `${file} cannot be read (${code})`;
  const hint =
    file === defaultFile ? 'npx burnwatch init writes one, --config FILE names another' : 'check --config FILE';
  return `there is no file ${file}: ${hint}`;
}

/** Errors and warnings, one a line, on stderr. */
export function printProblems(result: ParseResult, io: Io): void {
  const errors = result.ok ? [] : result.errors;
  for (const problem of errors) io.stderr(`${paint('error', 'red', io)} ${renderProblem(problem)}\n`);
  for (const problem of result.warnings) io.stderr(`${paint('warning', 'yellow', io)} ${renderProblem(problem)}\n`);
  if (errors.length > 0) io.stderr(`${count(errors.length, 'error')} in ${file(errors)}\n`);
}

function file([first]: readonly Problem[]): string {
  return first?.file ?? defaultFile;
}
