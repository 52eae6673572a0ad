import { hostTextsOf } from '../host-text.ts';
import type { Monitor } from '../model.ts';
import { targetOf } from '../texts.ts';
import { hashName } from './names.ts';
import type { Fault } from './problem.ts';

/** Who renames more than so many at once has understood: the rest is counted. */
const mostTold = 20;

/**
 * What a configuration would forget of an earlier version of itself: monitors that are gone, with the one that probably is the
 * same under another name. Nobody who says `formerly` is gone. Each is told where the new one stands; those that none resembles
 * are told together, because taking a monitor out is no mistake.
 */
export function warnOfRenames(before: readonly Monitor[], now: readonly Monitor[]): Fault[] {
  const gone = without(before, now);
  if (gone.length === 0) return [];
  const [renamed, ended] = [matchAll(gone, without(now, before)), new Set(gone)];
  for (const { from } of renamed) ended.delete(from);
  const left = renamed.length - mostTold;
  return [
    ...renamed.slice(0, mostTold).map((rename) => warning([rename.to.id], renameText(rename))),
    ...(left > 0 ? [warning([], `${count(left)} more are new in the place of others that are gone`)] : []),
    ...(ended.size > 0 ? [warning([], endText([...ended].map(({ id }) => id)))] : []),
  ];
}

/** Those of whom no other has the history. */
function without(some: readonly Monitor[], others: readonly Monitor[]): readonly Monitor[] {
  const keys = new Set(others.map(({ key }) => key));
  return some.filter(({ key }) => !keys.has(key));
}

type Rename = { readonly from: Monitor; readonly to: Monitor; readonly likeness: string };

/** By what one is taken for another, the surest first; and what is said of it. */
const likenesses: readonly {
  readonly of: (monitor: Monitor) => string;
  readonly text: (type: Monitor['type']) => string;
}[] = [
  { of: askedBy, text: (type) => (type === 'heartbeat' ? ', which was called as often' : ', which asked the same') },
  { of: hostsOf, text: () => ', which asked the same host' },
];

/** Each with the first that is new and like it, each of them once. One alone may be the other one of its type alone, whatever it asks. */
function matchAll(gone: readonly Monitor[], fresh: readonly Monitor[]): readonly Rename[] {
  const found: Rename[] = [];
  let [from, to] = [gone, fresh];
  for (const { of, text } of likenesses) {
    const waiting = Map.groupBy(to, of);
    const pairs = from.flatMap((each): Rename[] => {
      const other = waiting.get(of(each))?.shift();
      return other === undefined ? [] : [{ from: each, to: other, likeness: text(each.type) }];
    });
    found.push(...pairs);
    from = without(
      from,
      pairs.map((pair) => pair.from),
    );
    to = without(
      to,
      pairs.map((pair) => pair.to),
    );
  }
  const [[last, ...others], [one, ...more]] = [from, to];
  const isPair = last !== undefined && last.type === one?.type && others.length + more.length === 0;
  return isPair ? [...found, { from: last, to: one, likeness: '' }] : found;
}

/** What a monitor asks, whatever it is called. A heartbeat asks nothing: it is told by how often it should be called. */
function askedBy(monitor: Monitor): string {
  if (monitor.type === 'heartbeat') return JSON.stringify([monitor.type, monitor.periodMs, monitor.graceMs]);
  if (monitor.type === 'flow') return JSON.stringify(monitor.steps.map(({ request }) => [request.method, request.url]));
  return JSON.stringify([monitor.type, targetOf(monitor)]);
}

/** Whom it asks. One that names no host is like nobody. */
function hostsOf(monitor: Monitor): string {
  const hosts = hostTextsOf(monitor);
  return JSON.stringify(hosts.length === 0 ? [monitor.id, monitor.key] : [monitor.type, hosts]);
}

function renameText({ from, likeness }: Rename): string {
  const { id, key } = from;
  // One that was renamed before hangs on the name that it had first.
  const formerly = hashName(id) === key ? `formerly: ${id}` : `the formerly that ${id} had`;
  return (
    `is new, and "${id}" is gone${likeness}: if it is that monitor under another name, write ${formerly} here; ` +
    `else the history of ${id} ends, and no budget counts it any more`
  );
}

function endText(ids: readonly string[]): string {
  const named = ids.slice(0, mostTold).join(', ');
  const more = ids.length > mostTold ? ` and ${count(ids.length - mostTold)} more` : '';
  return `${named}${more} ${ids.length === 1 ? 'is' : 'are'} gone, and with ${ids.length === 1 ? 'it its' : 'them their'} history: one that goes on under another name says formerly: its-old-name`;
}

const count = (number: number): string => number.toLocaleString('en-US');

function warning(path: readonly string[], message: string): Fault {
  return { code: 'BURN_CONFIG_RENAMED', path: ['monitors', ...path], message };
}
