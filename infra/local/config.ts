import { readFileSync } from 'node:fs';
import { atOneLocation, type Config, locationNames } from '../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../shared/config/parse/index.ts';
import { codeOf } from '../cli/node-error.ts';

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  /** One rendered problem a line. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads the configuration, as one location alone sees it; what is wrong with it, or with reading it, comes back as lines. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv, intervalMs?: number): LoadedConfig {
  try {
    const parsed = parseConfig(readFileSync(file), { file, env, ...(intervalMs === undefined ? {} : { intervalMs }) });
    if (!parsed.ok) return { ok: false, errors: parsed.errors.map(renderProblem) };
    const { config } = parsed;
    const warnings = [...parsed.warnings.map(renderProblem), ...oneLocation(config, file)];
    return { ok: true, config: atOneLocation(config), warnings };
  } catch (error) {
    return { ok: false, errors: [`${explainUnreadable(file, codeOf(error))}: name another with --config <file>`] };
  }
}

/** Several locations are several stacks: here is one. */
function oneLocation(config: Config, file: string): readonly string[] {
  const { length } = locationNames(config);
  if (length === 0) return [];
  return [`${file} names ${length} locations: local mode is one, and what it sees is the verdict`];
}

function explainUnreadable(file: string, code: string | undefined): string {
  if (code === 'ENOENT') return `there is no file ${file}`;
  return code === 'EISDIR' ? `${file} is a folder` : `${file} cannot be read (${code})`;
}
