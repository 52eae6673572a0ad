import { didYouMean } from '../suggest.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { type Fault, type Path, quote } from './problem.ts';
import type { Environment } from './reference.ts';
import { type Use, usesIn } from './uses.ts';

type Root = Readonly<Record<string, Plain>>;

/**
 * What is wrong between the data of bursts and the requests that use them: rows with other columns than the first, names that
 * are in no row, and as warnings columns that nothing uses. Looks at the file as it was written, so that other faults of a
 * burst hide none of these.
 */
export function checkData(root: Root, env: Environment): { readonly faults: Fault[]; readonly warnings: Fault[] } {
  const bursts = isPlainMap(root['bursts']) ? Object.entries(root['bursts']) : [];
  const found = bursts.flatMap(([id, burst]) => (isPlainMap(burst) ? [checkBurst(burst, ['bursts', id], env)] : []));
  return { faults: found.flatMap(({ faults }) => faults), warnings: found.flatMap(({ warnings }) => warnings) };
}

function checkBurst(
  burst: Root,
  path: Path,
  env: Environment,
): { readonly faults: Fault[]; readonly warnings: Fault[] } {
  const rows = Array.isArray(burst['data']) ? burst['data'] : [];
  const first = rows.find(isPlainMap);
  const columns = Object.keys(first ?? {});
  const uses = (['request', 'mix'] as const).flatMap((key) => {
    const value = burst[key];
    return value === undefined ? [] : usesIn(value, 'data', [...path, key], env);
  });
  const lost = uses.filter(({ name }) => !columns.includes(name)).map((use) => unknown(use, columns, burst['data']));
  const unused = columns.filter((column) => !uses.some(({ name }) => name === column));
  return {
    faults: [
      ...rows.flatMap((row, index) => (isPlainMap(row) ? checkRow(row, columns, [...path, 'data', index]) : [])),
      ...lost,
    ],
    warnings: unused.map((column) => ({
      code: 'BURN_CONFIG_UNUSED_DATA',
      path: [...path, 'data', rows.indexOf(first ?? null), column],
      message: `is used by no request: write \${data.${quote(column).slice(1, -1)}} where it belongs, or take it out`,
    })),
  };
}

function checkRow(row: Root, columns: readonly string[], path: Path): Fault[] {
  const own = Object.keys(row);
  const lacks = columns.find((column) => !own.includes(column));
  const extra = own.find((column) => !columns.includes(column));
  if (own.length === 0 || (lacks === undefined && extra === undefined)) return [];
  const what =
    lacks === undefined ? `has ${quote(extra)}, which the first row has not` : `lacks ${quote(lacks)} of the first row`;
  return [{ code: 'BURN_CONFIG_DATA', path, message: `${what}: every row must have the same names` }];
}

function unknown({ name, path }: Use, columns: readonly string[], data: Plain | undefined): Fault {
  const why = data === undefined ? 'and there is no data' : `which is in no row of data${didYouMean(name, columns)}`;
  const message = `uses \${data.${quote(name).slice(1, -1)}}, ${why}`;
  return { code: 'BURN_CONFIG_UNKNOWN_DATA', path, message };
}
