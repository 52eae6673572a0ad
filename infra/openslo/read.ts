import { type Document, LineCounter, parseAllDocuments } from 'yaml';
import { findAnchors, type Plain, toPlain } from '../../shared/config/parse/plain.ts';
import { checkObject } from './check.ts';
import { isMap, type Note, type Path, type PlainMap, renderPath, textAt } from './problem.ts';

/** One object of a file, as it stands there. */
export type Found = {
  readonly kind: string;
  readonly name: string;
  readonly value: PlainMap;
  /** Where a path of it stands: `12:5`. */
  readonly placeOf: (path: Path) => string;
};

export type ReadObjects = { readonly objects: readonly Found[]; readonly errors: readonly string[] };

export const longestBytes = 1_048_576;
const mostObjects = 2_000;
const mostErrors = 50;

/**
 * Reads OpenSLO v1: one or several documents, each an object or a list of them. Answers every object, and a line for each thing that
 * is wrong, with its place: nothing is to be made of a file that has any. Bounded, whatever the file holds: 1 MiB, 2,000
 * objects, and aliases as in monitors.yml. Never throws.
 */
export function readOpenSlo(text: string, file: string): ReadObjects {
  if (Buffer.byteLength(text) > longestBytes) return { objects: [], errors: [`${file}: must be at most 1 MiB`] };
  const lines = new LineCounter();
  const read = parseAllDocuments(text, {
    version: '1.2',
    schema: 'core',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'error',
    strict: true,
    uniqueKeys: false,
  });
  const documents = Array.isArray(read) ? read : [];
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const found = documents.flatMap((document) => objectsOf(document, lines, place));
  const objects = found.flatMap((each) => ('kind' in each ? [each] : []));
  const errors = found.flatMap((each) => ('kind' in each ? check(each) : [each]));
  const all = [
    ...errors,
    ...(objects.length > mostObjects ? [{ place: '1:1', message: `holds more than ${mostObjects} objects` }] : []),
    ...(found.length === 0 ? [{ place: '1:1', message: 'holds no object of OpenSLO' }] : []),
    ...checkNames(objects),
  ];
  return { objects, errors: all.slice(0, mostErrors).map((error) => `${file}:${error.place} ${error.message}`) };
}

type Wrong = { readonly place: string; readonly message: string };
type PlaceOf = (offset: number) => string;

function objectsOf(document: Document.Parsed, lines: LineCounter, place: PlaceOf): readonly (Found | Wrong)[] {
  const [error] = document.errors;
  if (error) return [{ place: place(error.pos[0]), message: 'is not valid YAML' }];
  const source = { document, lines };
  const { value, faults } = toPlain(source, findAnchors(source));
  const [fault] = faults;
  if (fault !== undefined || value === undefined) {
    const at = fault?.offset === undefined ? placeIn(document, fault?.path ?? [], place) : place(fault.offset);
    return [{ place: at, message: fault?.message ?? 'cannot be read' }];
  }
  // A document of nothing: what stands before the first line of dashes, or a comment.
  if (value === null) return [];
  const all: readonly (readonly [Plain, Path])[] = Array.isArray(value)
    ? value.map((each, index) => [each, [index]] as const)
    : [[value, []]];
  return all.map(([each, above]) => {
    const placeOf = (path: Path) => placeIn(document, [...above, ...path], place);
    if (!isMap(each)) return { place: placeOf([]), message: 'must be an object of OpenSLO, a map' };
    return { kind: textAt(each, 'kind') ?? '', name: textAt(each, 'metadata', 'name') ?? '', value: each, placeOf };
  });
}

/** Of what is not there, the place of what it would stand in. */
function placeIn(document: Document.Parsed, path: Path, place: PlaceOf): string {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (typeof node === 'object' && node !== null && 'range' in node && Array.isArray(node.range))
      return place(Number(node.range[0]));
  }
  return '1:1';
}

function check(found: Found): readonly Wrong[] {
  return checkObject(found.value).map(({ at, message }: Note) => ({
    place: found.placeOf(at),
    message: `${titleOf(found)} ${renderPath(at)} ${message}`.replace('  ', ' '),
  }));
}

/** `SLO checkout`. */
export function titleOf({ kind, name }: Pick<Found, 'kind' | 'name'>): string {
  return (
    [kind, name]
      .map((word) => word.slice(0, 80))
      .join(' ')
      .trim() || 'an object'
  );
}

function checkNames(objects: readonly Found[]): readonly Wrong[] {
  const seen = new Set<string>();
  return objects.flatMap((found) => {
    const title = titleOf(found);
    const isFirst = !seen.has(title);
    seen.add(title);
    if (isFirst) return [];
    return [{ place: found.placeOf(['metadata', 'name']), message: `${title} is there twice` }];
  });
}
