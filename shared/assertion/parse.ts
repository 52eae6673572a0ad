import { type Assertion, type AssertionSource, assertionSources, type Json, type Operator } from '../config/model.ts';
import { didYouMean } from '../config/suggest.ts';
import { jsonPathProblem } from './json-path-syntax.ts';
import { renderAssertion } from './render.ts';
import { spell, splitShortForm } from './short-form.ts';
import { kindOf, namesOf, operatorsOf } from './sources.ts';
import { parseValue } from './value.ts';

/** `key` is the offending key of the object form, or `source`, `path`, `op`, `value` of the short form. */
export type Parsed = { ok: true; assertion: Assertion } | Refusal;
type Refusal = { ok: false; code: string; message: string; key?: string };

const keys = ['source', 'path', 'op', 'value', 'severity'];

/**
 * Reads one assertion in its short form (`status == 200`, `certificate.daysRemaining > 21`, `json $.n between [1, 5]`) or
 * as an object `{source, path?, op, value?, severity?}`. Values are typed: nothing is coerced. Never throws.
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
  const path = checkPath(draft.path, source, form);
  if (typeof path === 'object') return path;
  const op = checkOperator(draft.op, source, path, form);
  if (typeof op !== 'string') return op;
  const severity = draft.severity ?? 'fail';
  if (severity !== 'fail' && severity !== 'degrade') {
    return refuse('ASSERTION_SEVERITY', `must be fail or degrade, got ${quote(severity)}`, 'severity');
  }
  const value = parseValue(kindOf(source, path), op, draft.value, form);
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
  const typed = typeof source === 'string' ? source : '';
  const [family = '', name] = typed.split('.');
  const message = namesOf(family)
    ? `must be ${family}, with the path ${name}`
    : `must be one of ${assertionSources.join(', ')}, got ${quote(source)}${didYouMean(typed, assertionSources)}`;
  return refuse('ASSERTION_SOURCE', message, 'source');
}

function checkOperator(
  op: unknown,
  source: AssertionSource,
  path: string | undefined,
  form: 'short' | 'object',
): Operator | Refusal {
  const allowed = operatorsOf[kindOf(source, path)];
  const found = allowed.find((each) => each === op);
  if (found) return found;
  const list = allowed.map((each) => spell(each, form)).join(', ');
  const got = quote(typeof op === 'string' ? spell(op, form) : op);
  const subject = namesOf(source) ? `${source}.${path}` : source;
  return refuse('ASSERTION_OPERATOR', `must be one of ${list} for ${subject}, got ${got}`, 'op');
}

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/;

function checkPath(path: unknown, source: AssertionSource, form: 'short' | 'object'): string | undefined | Refusal {
  const names = namesOf(source);
  if (names) return checkName(path, source, names, form);
  if (source === 'header') {
    if (typeof path === 'string' && headerName.test(path)) return path.toLowerCase();
    return refuse('ASSERTION_PATH', `must be the name of a header, got ${quote(path)}`, 'path');
  }
  if (source === 'json') {
    const problem = typeof path === 'string' ? jsonPathProblem(path) : 'must be a JSONPath such as $.status (RFC 9535)';
    if (problem === undefined) return path as string;
    return refuse('ASSERTION_PATH', `${problem}, got ${quote(path)}`, 'path');
  }
  if (path === undefined) return undefined;
  return refuse('ASSERTION_PATH', `must be left out for ${source}`, 'path');
}

function checkName(
  path: unknown,
  source: AssertionSource,
  names: readonly string[],
  form: 'short' | 'object',
): string | Refusal {
  const found = names.find((name) => name === path);
  if (found !== undefined) return found;
  const where = form === 'short' ? `after "${source}."` : `for ${source}`;
  const meant = typeof path === 'string' ? didYouMean(path, names) : '';
  return refuse('ASSERTION_PATH', `must be one of ${names.join(', ')} ${where}, got ${quote(path)}${meant}`, 'path');
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
