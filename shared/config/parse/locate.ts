import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import { type Anchors, isMergeKey } from './plain.ts';
import type { Path } from './problem.ts';
import type { Source } from './yaml.ts';

/**
 * Offset in the file of what a path names: of its key in a map, of its start in a list. What an alias or a merge
 * brought in is shown where it is written. A path that is not there is shown at the nearest one above it that is.
 */
export function createLocator(source: Source, anchors: Anchors): (path: Path) => number {
  const index: Index = new Map();
  return (path) => {
    let node: unknown = source.document.contents;
    let offset = startOf(node) ?? 0;
    for (const part of path) {
      const step = stepInto(follow(node, anchors), part, anchors, index);
      if (!step) break;
      offset = startOf(step.place) ?? offset;
      node = step.node;
    }
    return offset;
  };
}

/** The pairs of the maps that were looked into, by key: a file of many faults is looked into many times. */
type Index = Map<YAMLMap, ReadonlyMap<string, Pair>>;

type Step = { readonly place: unknown; readonly node: unknown };

function stepInto(node: unknown, part: string | number, anchors: Anchors, index: Index): Step | undefined {
  if (isSeq(node) && typeof part === 'number') {
    return part < node.items.length ? { place: node.items[part], node: node.items[part] } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = pairsOf(node, anchors, index).get(String(part));
  return pair ? { place: pair.key, node: pair.value } : stepIntoMerged(node, part, anchors, index);
}

function pairsOf(map: YAMLMap, anchors: Anchors, index: Index): ReadonlyMap<string, Pair> {
  const known = index.get(map);
  if (known) return known;
  // From the last to the first, because of two with the same key the first one counts.
  const own = map.items.filter((pair) => !isMergeKey(pair)).reverse();
  const pairs = new Map(own.map((pair) => [keyOf(pair, anchors), pair]));
  index.set(map, pairs);
  return pairs;
}

function stepIntoMerged(map: YAMLMap, part: string | number, anchors: Anchors, index: Index): Step | undefined {
  for (const pair of map.items.filter(isMergeKey)) {
    const merged = follow(pair.value, anchors);
    for (const each of isSeq(merged) ? merged.items : [merged]) {
      const step = stepInto(follow(each, anchors), part, anchors, index);
      if (step) return step;
    }
  }
  return undefined;
}

/** The path of the key that stands at an offset, for faults of the reader, which knows no paths. Empty when there is none. */
export function pathAt(source: Source, offset: number): Path {
  const path: (string | number)[] = [];
  let node: unknown = source.document.contents;
  for (;;) {
    const inside = childAt(node, offset);
    if (!inside || inside.part === '') return path;
    path.push(inside.part);
    if (inside.isKey) return path;
    node = inside.node;
  }
}

function childAt(node: unknown, offset: number): { part: string | number; node: unknown; isKey: boolean } | undefined {
  if (isSeq(node)) {
    const index = lastFrom(node.items, startOf, offset);
    return covers(node.items[index], offset) ? { part: index, node: node.items[index], isKey: false } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items[lastFrom(node.items, ({ key, value }) => startOf(key) ?? startOf(value), offset)];
  if (!pair || !(covers(pair.key, offset) || covers(pair.value, offset))) return undefined;
  return { part: keyOf(pair, new Map()), node: pair.value, isKey: covers(pair.key, offset) };
}

/** The last of the items, which stand one after the other, that begins at an offset or before it; -1 where none does. */
function lastFrom<Item>(items: readonly Item[], begin: (item: Item) => number | undefined, offset: number): number {
  let [low, high] = [-1, items.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const item = items[middle];
    if (item !== undefined && (begin(item) ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function covers(node: unknown, offset: number): boolean {
  const range = (node as Node | null)?.range;
  return range !== null && range !== undefined && range[0] <= offset && offset < Math.max(range[1], range[0] + 1);
}

function keyOf(pair: Pair, anchors: Anchors): string {
  const key = follow(pair.key, anchors);
  if (!isScalar(key)) return '';
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}

function follow(node: unknown, anchors: Anchors): unknown {
  return isAlias(node) ? anchors.get(node) : node;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}
