import { isPlainMap, type Plain } from './plain.ts';
import type { Fault } from './problem.ts';

type Graph = ReadonlyMap<string, readonly string[]>;

/** So many circles are told: each has to be broken before the next one is worth reading. */
const mostCycles = 20;
/** So many monitors of a circle are named. */
const mostNamed = 10;

/** Monitors that depend on themselves, or on each other in a circle. Looks at the file as it was written. */
export function checkDependencies(root: Readonly<Record<string, Plain>>): Fault[] {
  const graph = graphOf(root['monitors']);
  const done = new Set<string>();
  const cycles: (readonly string[])[] = [];
  for (const id of graph.keys()) {
    if (cycles.length < mostCycles) walk(id, graph, done, cycles);
  }
  return cycles.slice(0, mostCycles).map(toFault);
}

function graphOf(monitors: Plain | undefined): Graph {
  const entries = isPlainMap(monitors) ? Object.entries(monitors) : [];
  return new Map(entries.map(([id, monitor]) => [id, parentsIn(monitor)]));
}

function parentsIn(monitor: Plain): string[] {
  const parents = isPlainMap(monitor) ? monitor['dependsOn'] : undefined;
  return Array.isArray(parents) ? [...new Set(parents.filter((parent) => typeof parent === 'string'))] : [];
}

/** In depth first, with a list instead of calls: a chain may be as long as the file. A way back into it is a circle. */
function walk(start: string, graph: Graph, done: Set<string>, cycles: (readonly string[])[]): void {
  const chain: { readonly id: string; readonly parents: string[] }[] = [];
  const inChain = new Set<string>();
  const enter = (id: string) => {
    chain.push({ id, parents: [...(graph.get(id) ?? [])] });
    inChain.add(id);
  };
  if (!done.has(start)) enter(start);
  for (let last = chain.at(-1); last !== undefined; last = chain.at(-1)) {
    const parent = last.parents.shift();
    if (parent === undefined) {
      done.add(last.id);
      inChain.delete(last.id);
      chain.pop();
    } else if (inChain.has(parent)) {
      const ids = chain.map(({ id }) => id);
      if (cycles.length < mostCycles) cycles.push(ids.slice(ids.indexOf(parent)));
    } else if (!done.has(parent)) enter(parent);
  }
}

function toFault(cycle: readonly string[]): Fault {
  const [first = ''] = cycle;
  const path = ['monitors', first, 'dependsOn'];
  const code = 'BURN_CONFIG_DEPENDENCY_CYCLE';
  if (cycle.length === 1) return { code, path, message: 'must not name the monitor itself' };
  const named = cycle.length > mostNamed ? [...cycle.slice(0, mostNamed), '…'] : cycle;
  return { code, path, message: `goes in a circle: ${[...named, first].join(' → ')}` };
}
