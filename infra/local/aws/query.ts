import { AwsError } from './error.ts';
import type { Input } from './service.ts';

type Tree = Map<string, Tree | string>;

const mostParameters = 20_000;
const deepest = 12;

/**
 * A form of the AWS Query protocol as nested values: `A.member.1.Name=x` is `{A: [{Name: 'x'}]}`, `A.entry.1.…` too.
 * Everything in it is text. Throws on names that contradict each other.
 */
export function parseQuery(form: string): Input {
  const root: Tree = new Map();
  let count = 0;
  for (const [name, value] of new URLSearchParams(form)) {
    count += 1;
    if (count > mostParameters) throw new AwsError('MalformedInput', 'The request has too many parameters.');
    put(root, name.split('.'), value, name);
  }
  return toValue(root) as Input;
}

function put(root: Tree, path: readonly string[], value: string, name: string): void {
  if (path.length > deepest) throw new AwsError('MalformedInput', 'A parameter of the request is nested too deeply.');
  let at = root;
  for (const part of path.slice(0, -1)) {
    const next = at.get(part) ?? new Map();
    if (typeof next === 'string') throw contradiction(name);
    at.set(part, next);
    at = next;
  }
  const last = path.at(-1) ?? '';
  if (at.has(last)) throw contradiction(name);
  at.set(last, value);
}

const contradiction = (name: string) =>
  new AwsError('MalformedInput', `The parameter ${name.slice(0, 128)} contradicts another one.`);

function toValue(tree: Tree | string): unknown {
  if (typeof tree === 'string') return tree;
  const only = tree.size === 1 ? [...tree][0] : undefined;
  if (only && (only[0] === 'member' || only[0] === 'entry') && typeof only[1] !== 'string') return toList(only[1]);
  return Object.fromEntries([...tree].map(([name, value]) => [name, toValue(value)]));
}

function toList(tree: Tree): unknown[] {
  const entries = [...tree].map(([index, value]) => ({ index: Number(index), value: toValue(value) }));
  if (entries.some(({ index }) => !Number.isInteger(index)))
    throw new AwsError('MalformedInput', 'A list in the request has an index that is no number.');
  return entries.sort((a, b) => a.index - b.index).map(({ value }) => value);
}

/** The same values as XML: lists as `<member>`, instants in ISO 8601, nothing for what is undefined. */
export function renderXml(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((entry) => `<member>${renderXml(entry)}</member>`).join('');
  if (typeof value !== 'object') return escapeXml(String(value));
  return Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([name, member]) => `<${name}>${renderXml(member)}</${name}>`)
    .join('');
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML can carry it; control characters, which it cannot, become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => entities[character] ?? character)
    .replace(/\r/g, '&#xD;')
    .replace(/\p{Cc}/gu, (character) => (character === '\n' || character === '\t' ? character : '\uFFFD'));
}
