import type { AssertionSource, Operator } from '../config/model.ts';

/** What an assertion finds at a source, and so which operators and values it knows. */
export type Kind = 'status' | 'span' | 'count' | 'number' | 'text' | 'body' | 'flag' | 'list' | 'json';

type Paths = Readonly<Record<string, Kind>>;

const span = 'span';
/** Sources whose paths are names that are known beforehand; in the short form the two are joined by a dot. */
const named: Readonly<Partial<Record<AssertionSource, Paths>>> = {
  phase: { resolve: span, connect: span, tls: span, processing: span, transfer: span },
  certificate: {
    daysRemaining: 'number',
    subject: 'text',
    issuer: 'text',
    names: 'list',
    serialNumber: 'text',
    fingerprint256: 'text',
    chainLength: 'number',
  },
  tls: { version: 'text', cipher: 'text', alpn: 'text', authorized: 'flag' },
  dns: { rcode: 'text', answers: 'list', count: 'number', ttl: 'number', authoritative: 'flag' },
};

/** The names at a source, where it has names. */
export function namesOf(source: string): readonly string[] | undefined {
  const paths = Object.entries(named).find(([name]) => name === source)?.[1];
  return paths && Object.keys(paths);
}

/** What is found at a source; the path was checked before. */
export function kindOf(source: AssertionSource, path: string | undefined): Kind {
  switch (source) {
    case 'latency':
      return 'span';
    case 'redirects':
      return 'count';
    case 'header':
      return 'text';
    case 'status':
    case 'body':
    case 'json':
      return source;
    case 'phase':
    case 'certificate':
    case 'tls':
    case 'dns':
      return named[source]?.[path ?? ''] ?? 'text';
    default:
      return source satisfies never;
  }
}

const equality: readonly Operator[] = ['equals', 'notEquals', 'in'];
const order: readonly Operator[] = ['lt', 'lte', 'gt', 'gte', 'between'];
const content: readonly Operator[] = ['contains', 'notContains', 'empty', 'notEmpty'];
const expression: readonly Operator[] = ['matches', 'notMatches'];
const presence: readonly Operator[] = ['exists', 'notExists'];

/** The operators of each kind, in the order in which messages name them. */
export const operatorsOf: Readonly<Record<Kind, readonly Operator[]>> = {
  status: [...equality, ...order],
  span: order,
  count: [...equality, ...order],
  number: [...equality, ...order, ...presence],
  text: [...equality, ...content, ...expression, ...presence],
  body: [...equality, ...content, ...expression],
  flag: ['equals', 'notEquals', ...presence],
  list: [...content, ...presence],
  json: [...equality, ...order, ...content, ...expression, ...presence, 'schema'],
};
