import type { Plain } from '../../shared/config/parse/plain.ts';

export type Path = readonly (string | number)[];
/** What is wrong with an object, or with what becomes of it: where, and a sentence without its subject. */
export type Note = { readonly at: Path; readonly message: string };

/** `spec.objectives[0].target`. */
export function renderPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`;
    return text === '' ? key : `${text}.${key}`;
  }, '');
}

export type PlainMap = { readonly [key: string]: Plain };

export function isMap(value: Plain | undefined): value is PlainMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under a key of a map; undefined where there is none, or nothing stands there. */
export function get(value: Plain | undefined, ...path: Path): Plain | undefined {
  let found: Plain | undefined = value;
  for (const key of path) {
    if (Array.isArray(found) && typeof key === 'number') found = found[key];
    else if (isMap(found) && Object.hasOwn(found, key)) found = found[key];
    else return undefined;
  }
  return found ?? undefined;
}

export function textAt(value: Plain | undefined, ...path: Path): string | undefined {
  const found = get(value, ...path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: Plain | undefined, ...path: Path): readonly Plain[] {
  const found = get(value, ...path);
  return Array.isArray(found) ? found : [];
}
