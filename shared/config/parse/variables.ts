import { didYouMean } from '../suggest.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { type Fault, type Path, quote } from './problem.ts';
import { type Environment, expandText } from './reference.ts';

/**
 * Variables that a step of a flow uses before any step has extracted them. Looks at the file as it was written, so that
 * other faults of the flow hide none of these.
 */
export function checkVariables(root: Readonly<Record<string, Plain>>, env: Environment): Fault[] {
  const monitors = isPlainMap(root['monitors']) ? Object.entries(root['monitors']) : [];
  return monitors.flatMap(([id, monitor]) => {
    if (!isPlainMap(monitor) || monitor['type'] !== 'flow' || !Array.isArray(monitor['steps'])) return [];
    return checkSteps(monitor['steps'], ['monitors', id, 'steps'], env);
  });
}

function checkSteps(steps: readonly Plain[], path: Path, env: Environment): Fault[] {
  const extracted = steps.map(namesIn);
  return steps.flatMap((step, index) => {
    const request = isPlainMap(step) ? step['request'] : undefined;
    const before = extracted.slice(0, index).flat();
    const used = request === undefined ? [] : usesIn(request, [...path, index, 'request'], env);
    return used
      .filter(({ name }) => !before.includes(name))
      .map((use) => unknown(use, before, extracted.slice(index).flat()));
  });
}

function namesIn(step: Plain): string[] {
  const extract = isPlainMap(step) ? step['extract'] : undefined;
  return isPlainMap(extract) ? Object.keys(extract) : [];
}

type Use = { readonly name: string; readonly path: Path };

function usesIn(value: Plain, path: Path, env: Environment): Use[] {
  if (typeof value === 'string') return value.includes('${') ? usesInText(value, path, env) : [];
  if (Array.isArray(value)) return value.flatMap((each, index) => usesIn(each, [...path, index], env));
  if (!isPlainMap(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => usesIn(each, [...path, key], env));
}

function usesInText(raw: string, path: Path, env: Environment): Use[] {
  const expansion = expandText(raw, env);
  if (!expansion.ok || typeof expansion.text === 'string') return [];
  return expansion.text.flatMap((part) =>
    typeof part === 'object' && 'vars' in part ? [{ name: part.vars, path }] : [],
  );
}

function unknown({ name, path }: Use, before: readonly string[], later: readonly string[]): Fault {
  const why = later.includes(name)
    ? 'which is extracted too late: this step or a later one does'
    : `which no earlier step extracts${didYouMean(name, before)}`;
  const message = `uses \${vars.${quote(name).slice(1, -1)}}, ${why}`;
  return { code: 'BURN_CONFIG_UNKNOWN_VARIABLE', path, message };
}
