import { createHash } from 'node:crypto';
import { idPattern } from './fields.ts';
import { most } from './limits.ts';
import { isPlainMap, type Plain } from './plain.ts';
import { type Fault, type Path, quote } from './problem.ts';

/** uint32 of a name: the first four bytes of its SHA-256. Swapped in tests, where a collision has to happen. */
export type Hash = (name: string) => number;
export const hashName: Hash = (name) => createHash('sha256').update(name).digest().readUInt32BE(0);

/** The names in a section; none when it is not a map. */
export function namesIn(section: Plain | undefined): ReadonlySet<string> {
  return new Set(isPlainMap(section) ? Object.keys(section) : []);
}

const sections = ['channels', 'monitors', 'slos', 'bursts', 'alarms'] as const;

/** Names that are no names, and sections with too many of them. */
export function checkNames(root: Readonly<Record<string, Plain>>): Fault[] {
  return sections.flatMap((section) => {
    const names = [...namesIn(root[section])];
    const bad = names.filter((name) => !new RegExp(idPattern).test(name));
    return [...checkCount(section, names, isPlainMap(root[section])), ...bad.map((name) => badName([section, name]))];
  });
}

function checkCount(section: (typeof sections)[number], names: readonly string[], isMap: boolean): Fault[] {
  const code = 'BURN_CONFIG_COUNT';
  if (names.length > most[section]) {
    const message = `must have at most ${most[section].toLocaleString('en-US')} entries, got ${names.length}`;
    return [{ code, path: [section], message }];
  }
  const isEmpty = section === 'monitors' && isMap && names.length === 0;
  return isEmpty ? [{ code, path: [section], message: 'must have at least 1 entry, got 0' }] : [];
}

function badName(path: Path): Fault {
  return { code: 'BURN_CONFIG_ID', path, message: 'a name must be 1 to 64 small letters, digits and dashes' };
}

/** The same entry twice in one of the lists of names. */
export function checkRepeats(root: Readonly<Record<string, Plain>>): Fault[] {
  return listsOfNames(root).flatMap(({ path, list }) =>
    list.flatMap((entry, index) => {
      if (typeof entry !== 'string' || list.indexOf(entry) === index) return [];
      return [
        {
          code: 'BURN_CONFIG_REPEATED' as const,
          path: [...path, index],
          message: `${quote(entry)} is in this list twice`,
        },
      ];
    }),
  );
}

type List = { readonly path: Path; readonly list: readonly Plain[] };

function listsOfNames(root: Readonly<Record<string, Plain>>): List[] {
  return [
    ...select(root, ['monitors', '*', 'alerts', '*', 'notify']),
    ...select(root, ['monitors', '*', 'dependsOn']),
    ...select(root, ['slos', '*', 'alerts', '*', 'notify']),
    ...select(root, ['slos', '*', 'indicator', 'monitors']),
    ...select(root, ['slos', '*', 'indicator', 'bursts']),
    ...select(root, ['slos', '*', 'notify']),
    ...select(root, ['bursts', '*', 'alerts', '*', 'notify']),
    ...select(root, ['bursts', '*', 'requireBudget', 'slos']),
    ...select(root, ['bursts', '*', 'thresholds']),
    ...select(root, ['alarms', '*', 'notify']),
    ...select(root, ['allow']),
    ...select(root, ['dashboards']),
    ...select(root, ['drill', 'notify']),
    ...select(root, ['maintenance', '*', 'monitors']),
    ...select(root, ['maintenance', '*', 'every']),
  ];
}

/** Every list that a pattern leads to, `*` being any key or index. */
function select(value: Plain | undefined, pattern: readonly string[], path: Path = []): List[] {
  const [next, ...rest] = pattern;
  if (next === undefined) return Array.isArray(value) && value.length <= most.monitors ? [{ path, list: value }] : [];
  if (Array.isArray(value))
    return next === '*' ? value.flatMap((each, index) => select(each, rest, [...path, index])) : [];
  if (!isPlainMap(value)) return [];
  const keys = next === '*' ? Object.keys(value) : [next];
  return keys.flatMap((key) => select(value[key], rest, [...path, key]));
}

/**
 * Keys of monitors by their names, from the name that each was born with. Two that share a key would share a history:
 * a fault, as is a `formerly` that names a monitor which is still there, or one that two of them claim.
 */
export function assignKeys(
  monitors: Readonly<Record<string, Plain>>,
  hash: Hash,
): { keys: ReadonlyMap<string, number>; faults: Fault[] } {
  const keys = new Map<string, number>();
  const owners = new Map<number, { id: string; born: string }>();
  const faults: Fault[] = [];
  for (const id of Object.keys(monitors)) {
    const former = formerName(monitors[id]);
    const born = former ?? id;
    const key = hash(born);
    const owner = owners.get(key);
    if (former !== undefined && former in monitors)
      faults.push(
        wrongFormer(
          id,
          former === id ? 'names the monitor itself' : `names ${quote(former)}, which is still a monitor here`,
        ),
      );
    else if (owner) faults.push(owner.born === born ? claimedTwice(id, owner.id, former) : collision(id, owner.id));
    owners.set(key, { id, born });
    keys.set(id, key);
  }
  return { keys, faults };
}

function formerName(monitor: Plain | undefined): string | undefined {
  const former = isPlainMap(monitor) ? monitor['formerly'] : undefined;
  return typeof former === 'string' ? former : undefined;
}

function wrongFormer(id: string, message: string): Fault {
  return { code: 'BURN_CONFIG_FORMERLY', path: ['monitors', id, 'formerly'], message };
}

function claimedTwice(id: string, other: string, former: string | undefined): Fault {
  return wrongFormer(id, `names ${quote(former ?? id)}, whose history ${quote(other)} carries on already`);
}

function collision(id: string, other: string): Fault {
  return {
    code: 'BURN_CONFIG_KEY_COLLISION',
    path: ['monitors', id],
    message: `has the same key in the ledger as ${quote(other)}, by chance: give it another name`,
  };
}
