import {
  type Assertion,
  type AssertionSource,
  assertionSources,
  type Json,
  type Operator,
  operators,
} from '../config/model.ts';
import { isJsonPath } from './json-path-syntax.ts';
import { renderAssertion } from './render.ts';
import { spell, splitShortForm } from './short-form.ts';
import { parseValue } from './value.ts';

/** `key` is the offending key of the object form, or `source`, `path`, `op`, `value` of the short form. */
export type Parsed = { ok: true; assertion: Assertion } | Refusal;
type Refusal = { ok: false; code: string; message: string; key?: string };

const laterSources = ['certificate', 'tls', 'dns', 'phase', 'redirects'];
const laterOperators = ['matches', 'notMatches'];
const keys = ['source', 'path', 'op', 'value', 'severity'];

const equality: readonly Operator[] = ['equals', 'notEquals', 'in'];
const order: readonly Operator[] = ['lt', 'lte', 'gt', 'gte', 'between'];
const text: readonly Operator[] = ['contains', 'notContains', 'empty', 'notEmpty'];
const allowedOperators: Readonly<Record<AssertionSource, readonly Operator[]>> = {
  status: [...equality, ...order],
  latency: order,
  header: [...equality, ...text, 'exists', 'notExists'],
  body: [...equality, ...text],
  json: operators,
};

/**
 * Reads one assertion in its short form (`status == 200`, `json $.n between [1, 5]`) or as an object
 * `{source, path?, op, value?, severity?}`. Values are typed: nothing is coerced. What a later version will know is
 * refused by name. Never throws.
 */
export function parseAssertion(input: unknown): Parsed {
  if (typeof input === 'string') {
    const parts = splitShortForm(input);
    if (!parts)
      return refuse(
        'ASSERTION_SYNTAX',
        `must look like "status == 200" or "json $.name == \\"ok\\"", got ${quote(input)}`,
      );
    return check({ ...parts, severity: 'fail' }, input.trim().replaceAll(/\s+/g, ' '), 'short');
  }
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    return refuse('ASSERTION_SYNTAX', 'must be a text such as "status == 200" or an object with source, op and value');
  }
  const unknownKey = Object.keys(input).find((key) => !keys.includes(key));
  if (unknownKey !== undefined) {
    return refuse('ASSERTION_KEY', `is no key of an assertion: use ${keys.join(', ')}`, unknownKey);
  }
  return check(input as Draft, undefined, 'object');
}

type Draft = { source?: unknown; path?: unknown; op?: unknown; value?: unknown; severity?: unknown };

function check(draft: Draft, typed: string | undefined, form: 'short' | 'object'): Parsed {
  const source = checkSource(draft.source);
  if (typeof source !== 'string') return source;
  const op = checkOperator(draft.op, source, form);
  if (typeof op !== 'string') return op;
  const path = checkPath(draft.path, source);
  if (typeof path === 'object') return path;
  const severity = draft.severity ?? 'fail';
  if (severity !== 'fail' && severity !== 'degrade') {
    return refuse('ASSERTION_SEVERITY', `must be fail or degrade, got ${quote(severity)}`, 'severity');
  }
  const value = parseValue(source, op, draft.value, form);
  if (!value.ok) return refuse('ASSERTION_VALUE', value.message, 'value');
  const assertion = {
    source,
    ...(path === undefined ? {} : { path }),
    op: value.op,
    ...(value.value === undefined ? {} : { value: value.value as Json }),
    severity,
  } as const;
  return { ok: true, assertion: { text: typed ?? renderAssertion(assertion), ...assertion } };
}

function checkSource(source: unknown): AssertionSource | Refusal {
  const found = assertionSources.find((each) => each === source);
  if (found) return found;
  const family = typeof source === 'string' ? source.split('.')[0] : undefined;
  if (family && laterSources.includes(family)) {
    return refuse('ASSERTION_NOT_BUILT', `the source ${family} is not built yet`, 'source');
  }
  const list = assertionSources.join(', ');
  return refuse('ASSERTION_SOURCE', `must be one of ${list}, got ${quote(source)}`, 'source');
}

function checkOperator(op: unknown, source: AssertionSource, form: 'short' | 'object'): Operator | Refusal {
  if (typeof op === 'string' && laterOperators.includes(op)) {
    return refuse('ASSERTION_NOT_BUILT', `the operator ${op} is not built yet`, 'op');
  }
  const allowed = allowedOperators[source];
  const found = allowed.find((each) => each === op);
  if (found) return found;
  const list = allowed.map((each) => spell(each, form)).join(', ');
  const got = quote(typeof op === 'string' ? spell(op, form) : op);
  return refuse('ASSERTION_OPERATOR', `must be one of ${list} for ${source}, got ${got}`, 'op');
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

function checkPath(path: unknown, source: AssertionSource): string | undefined | Refusal {
  if (source === 'header') {
    if (typeof path === 'string' && headerName.test(path)) return path.toLowerCase();
    return refuse('ASSERTION_PATH', `must be the name of a header, got ${quote(path)}`, 'path');
  }
  if (source === 'json') {
    if (typeof path === 'string' && isJsonPath(path)) return path;
    return refuse('ASSERTION_PATH', `must be a JSONPath such as $.status (RFC 9535), got ${quote(path)}`, 'path');
  }
  if (path === undefined) return undefined;
  return refuse('ASSERTION_PATH', `must be left out for ${source}`, 'path');
}

function refuse(code: string, message: string, key?: string): Refusal {
  return { ok: false, code, message, ...(key === undefined ? {} : { key }) };
}

/** What was found, as JSON, short enough for one line. */
function quote(found: unknown): string {
  if (found === undefined) return 'nothing';
  const json = typeof found === 'bigint' ? String(found) : (JSON.stringify(found) ?? typeof found);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
