import { didYouMean } from '../suggest.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { type Fault, type Path, quote } from './problem.ts';
import type { Environment } from './reference.ts';
import { type Use, usesIn } from './uses.ts';

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
    const used = request === undefined ? [] : usesIn(request, 'vars', [...path, index, 'request'], env);
    return used
      .filter(({ name }) => !before.includes(name))
      .map((use) => unknown(use, before, extracted.slice(index).flat()));
  });
}

function namesIn(step: Plain): string[] {
  const extract = isPlainMap(step) ? step['extract'] : undefined;
  return isPlainMap(extract) ? Object.keys(extract) : [];
}

function unknown({ name, path }: Use, before: readonly string[], later: readonly string[]): Fault {
  const why = later.includes(name)
    ? 'which is extracted too late: this step or a later one does'
    : `which no earlier step extracts${didYouMean(name, before)}`;
  const message = `uses \${vars.${quote(name).slice(1, -1)}}, ${why}`;
  return { code: 'BURN_CONFIG_UNKNOWN_VARIABLE', path, message };
}
