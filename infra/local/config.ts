import { readFileSync } from 'node:fs';
import type { Config } from '../../shared/config/model.ts';
import { parseConfig, renderProblem } from '../../shared/config/parse/index.ts';

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  /** One rendered problem a line. */
  | { readonly ok: false; readonly errors: readonly string[] };

/** Reads the configuration; what is wrong with it, or with reading it, comes back as lines. */
export function loadConfig(file: string, env: NodeJS.ProcessEnv, intervalMs?: number): LoadedConfig {
  try {
    const parsed = parseConfig(readFileSync(file), { file, env, ...(intervalMs === undefined ? {} : { intervalMs }) });
    if (!parsed.ok) return { ok: false, errors: parsed.errors.map(renderProblem) };
    return { ok: true, config: parsed.config, warnings: parsed.warnings.map(renderProblem) };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it cannot be read';
    return { ok: false, errors: [`${file}: cannot be read (${code}): name another with --config <file>`] };
  }
}
