import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from 'yaml';
import type { Code, ShortCode } from './codes.ts';
import type { Fault } from './problem.ts';
import type { Source } from './yaml.ts';

/** What YAML 1.2 core can say, maps without a prototype. Parts that come from one anchor are one and the same object. */
export type Plain = null | boolean | number | bigint | string | readonly Plain[] | { readonly [key: string]: Plain };

/** Room for the largest file that is allowed, every monitor of which takes its settings from an anchor. */
const mostNodes = 500_000;
const deepest = 64;

/** Nodes by the alias that names them: an anchor may be used again further down, the nearest one above counts. */
export type Anchors = ReadonlyMap<Alias, Node | undefined>;

export function findAnchors({ document }: Source): Anchors {
  const named = new Map<string, Node>();
  const targets = new Map<Alias, Node | undefined>();
  visit(document, {
    Alias: (_, alias) => void targets.set(alias, named.get(alias.source)),
    Value: (_, node) => void (node.anchor && named.set(node.anchor, node)),
  });
  return targets;
}

/**
 * The tree as plain values: aliases and merge keys resolved, keys as text. Loops, and aliases of aliases that would
 * grow past 500,000 values, are faults, as are keys that are no text. The value is undefined when it cannot be trusted.
 */
export function toPlain(source: Source, anchors: Anchors): { value?: Plain; faults: readonly Fault[] } {
  const faults: Fault[] = [];
  const reader = new Reader(anchors, (fault) => faults.push(fault));
  const { value, size } = reader.read(source.document.contents, []);
  if (size > mostNodes) {
    faults.push({
      code: 'BURN_CONFIG_ALIAS_BOMB',
      path: [],
      message: 'the aliases in the file grow into more than 500,000 values',
    });
  }
  return faults.some(({ code }) => fatal.includes(code)) ? { faults } : { value, faults };
}

const fatal: readonly Code[] = ['BURN_CONFIG_ALIAS_BOMB', 'BURN_CONFIG_ANCHOR_LOOP', 'BURN_CONFIG_TOO_DEEP'];

/** `size` counts every value that a reader of the whole would meet, shared ones as often as they are met. */
type Result = { value: Plain; size: number };
type Report = (fault: Fault) => void;

class Reader {
  readonly #anchors: Anchors;
  readonly #report: Report;
  readonly #done = new Map<Node, Result>();
  #faultCount = 0;

  constructor(anchors: Anchors, report: Report) {
    this.#anchors = anchors;
    this.#report = report;
  }

  read(node: unknown, above: readonly unknown[]): Result {
    if (isAlias(node)) return this.#readAlias(node, above);
    if (isScalar(node)) return { value: toScalar(node.value), size: 1 };
    if (!isMap(node) && !isSeq(node)) return { value: null, size: 1 };
    const done = this.#done.get(node);
    if (done) return done;
    if (above.length >= deepest) {
      this.#fault('TOO_DEEP', node, 'the file is nested too deeply');
      return { value: null, size: 1 };
    }
    const inside = [...above, node];
    const result = isMap(node) ? this.#readMap(node, inside) : this.#readList(node.items, inside);
    this.#done.set(node, result);
    return result;
  }

  #readAlias(alias: Alias, above: readonly unknown[]): Result {
    const target = this.#anchors.get(alias);
    if (target === undefined) {
      this.#fault('ALIAS', alias, 'an alias (*name) must follow an anchor (&name) of that name');
      return { value: null, size: 1 };
    }
    if (!above.includes(target)) return this.read(target, above);
    this.#fault('ANCHOR_LOOP', alias, `the anchor &${alias.source.slice(0, 64)} contains itself`);
    return { value: null, size: 1 };
  }

  #readList(items: readonly unknown[], above: readonly unknown[]): Result {
    const results = items.map((item) => this.read(isPair(item) ? null : item, above));
    return { value: results.map(({ value }) => value), size: sizeOf(results) };
  }

  #readMap(map: YAMLMap, above: readonly unknown[]): Result {
    const value: Record<string, Plain> = Object.create(null);
    const merged: Record<string, Plain>[] = [];
    const results: Result[] = [];
    for (const pair of map.items) {
      if (isMergeKey(pair)) {
        merged.push(...this.#readMerge(pair, above, results));
        continue;
      }
      const key = this.#readKey(pair);
      if (key === undefined) continue;
      const result = this.read(pair.value, above);
      results.push(result);
      if (key in value) this.#fault('DUPLICATE_KEY', pair.key, 'is there twice: a key may stand only once in a map');
      else value[key] = result.value;
    }
    for (const from of merged) for (const key of Object.keys(from)) if (!(key in value)) value[key] = from[key] ?? null;
    return { value, size: sizeOf(results) };
  }

  /** The maps that `<<` names, the first one the strongest. */
  #readMerge(pair: Pair, above: readonly unknown[], results: Result[]): Record<string, Plain>[] {
    const before = this.#faultCount;
    const result = this.read(pair.value, above);
    results.push(result);
    const sources = Array.isArray(result.value) ? result.value : [result.value];
    if (sources.every(isPlainMap)) return sources;
    if (this.#faultCount > before) return [];
    this.#fault('MERGE', pair.key, 'a merge key (<<) takes an alias of a map, or a list of them');
    return [];
  }

  #readKey(pair: Pair): string | undefined {
    const key = isAlias(pair.key) ? this.#anchors.get(pair.key) : pair.key;
    const text = isScalar(key) ? toScalar(key.value) : undefined;
    if (text === undefined || text === null || text === '' || text === '__proto__') {
      this.#fault('KEY', pair.key ?? pair.value, 'a key must be a text');
      return undefined;
    }
    return String(text);
  }

  #fault(code: ShortCode, node: unknown, message: string): void {
    const [offset] = (node as { range?: [number, number, number] | null } | null)?.range ?? [0];
    this.#faultCount += 1;
    this.#report({ code: `BURN_CONFIG_${code}`, path: [], message, offset });
  }
}

/** A plain `<<`; a quoted one is an ordinary key. */
export function isMergeKey(pair: Pair): boolean {
  const { key } = pair;
  return (
    isScalar(key) &&
    (key.type === 'PLAIN' || key.type === undefined) &&
    (key.value === '<<' || typeof key.value === 'symbol')
  );
}

export function isPlainMap(value: unknown): value is Record<string, Plain> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toScalar(value: unknown): Plain {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'bigint')
    return value;
  return typeof value === 'string' ? value : String(value);
}

function sizeOf(results: readonly Result[]): number {
  return results.reduce((sum, { size }) => sum + size, 1);
}
