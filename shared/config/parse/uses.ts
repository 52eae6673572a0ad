import { isPlainMap, type Plain } from './plain.ts';
import type { Path } from './problem.ts';
import { type Environment, expandText } from './reference.ts';

/** A reference by name in a text of the file as it was written, and where it stands. */
export type Use = { readonly name: string; readonly path: Path };

/** Every `${vars.name}`, or every `${data.name}`, at any depth. Texts whose references cannot be read use none. */
export function usesIn(value: Plain, kind: 'vars' | 'data', path: Path, env: Environment): Use[] {
  if (typeof value === 'string') return value.includes('${') ? usesInText(value, kind, path, env) : [];
  if (Array.isArray(value)) return value.flatMap((each, index) => usesIn(each, kind, [...path, index], env));
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => usesIn(each, kind, [...path, key], env));
}

function usesInText(raw: string, kind: 'vars' | 'data', path: Path, env: Environment): Use[] {
  const expansion = expandText(raw, env);
  if (!expansion.ok || typeof expansion.text === 'string') return [];
  return expansion.text.flatMap((part) => {
    if (typeof part === 'string') return [];
    if (kind === 'vars') return 'vars' in part ? [{ name: part.vars, path }] : [];
    return 'data' in part ? [{ name: part.data, path }] : [];
  });
}

/** Whether a text at any depth takes something from the environment, which no message shows. */
export function usesEnvironment(value: Plain | undefined): boolean {
  if (typeof value === 'string') return /\$\{\s*env/.test(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(usesEnvironment);
}
