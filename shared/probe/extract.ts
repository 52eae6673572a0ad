import { loadExpressions } from '../assertion/expression.ts';
import { type Answer, type PreparedAnswer, prepareAnswer } from '../assertion/response.ts';
import type { Assertion, Extract } from '../config/model.ts';
import type { Vars } from './resolve-text.ts';
import type { AssertionResult } from './result.ts';

/** What was taken out of an answer, and what was not found: shown like an assertion that was missed. */
export type Extracted = {
  readonly vars: Vars;
  readonly misses: readonly AssertionResult[];
  /** A miss is due to a body that cannot be looked at. */
  readonly isBodyMiss: boolean;
};

/** Of one variable, UTF-8; and how many of them a flow keeps. */
const mostBytes = 8_192;
const mostVars = 100;

/**
 * Takes the values of a step's variables out of its answer. A variable is one value that is there and is not empty: text,
 * a number, or true or false, of at most 8 KiB. `known` are those that the flow has already. Never rejects.
 */
export async function extractVars(extracts: readonly Extract[], answer: Answer, known: Vars): Promise<Extracted> {
  const vars = new Map<string, { value: string; isSecure: boolean }>();
  const misses: AssertionResult[] = [];
  let isBodyMiss = false;
  const prepared = extracts.length > 0 ? await prepareAnswer(answer, extracts.map(toAssertion)) : answer;
  for (const extract of extracts) {
    const isFull = !known.has(extract.name) && known.size + vars.size >= mostVars;
    const found = isFull ? { problem: `a flow with ${mostVars} variables already` } : await find(extract, prepared);
    if ('value' in found) vars.set(extract.name, { value: found.value, isSecure: extract.isSecure });
    else misses.push(missOf(extract, found.problem));
    isBodyMiss ||= 'problem' in found && found.isBody === true;
  }
  return { vars, misses, isBodyMiss };
}

type Found = { readonly value: string } | { readonly problem: string | null; readonly isBody?: boolean };

/** `prepareAnswer` reads JSON for assertions that look into it. */
function toAssertion({ source, path, name }: Extract): Assertion {
  return { text: name, source, ...(path === undefined ? {} : { path }), op: 'exists', severity: 'fail' };
}

function missOf({ name, source, path, pattern }: Extract, actual: string | null): AssertionResult {
  const from = [source, path].filter((part) => part !== undefined).join(' ');
  const expected = pattern === undefined ? 'to be one value' : `to match ${JSON.stringify(pattern)}`;
  return { assertion: `extract ${name} from ${from}`, passed: false, actual, expected, severity: 'fail' };
}

async function find(extract: Extract, answer: PreparedAnswer): Promise<Found> {
  const read = readSource(extract, answer);
  if ('problem' in read || extract.pattern === undefined) return bounded(read);
  const expressions = await loadExpressions();
  const longest = Math.floor(expressions.longestText(extract.pattern) / 2);
  if (read.value.length > longest)
    return { problem: `more than the ${longest} characters that the pattern may look at` };
  const groups = expressions.find(extract.pattern, read.value);
  const value = groups && (groups.length > 1 ? groups[1] : groups[0]);
  return value == null ? { problem: null } : bounded({ value });
}

function readSource({ source, path = '' }: Extract, answer: PreparedAnswer): Found {
  switch (source) {
    case 'status':
      return answer.statusCode === undefined ? { problem: null } : { value: String(answer.statusCode) };
    case 'header': {
      const { headers = {} } = answer;
      return Object.hasOwn(headers, path) ? { value: headers[path] ?? '' } : { problem: null };
    }
    case 'body':
      if (answer.body === undefined) return { problem: null };
      return 'problem' in answer.body ? { ...answer.body, isBody: true } : { value: answer.body.text };
    case 'json':
      return readJson(path, answer);
    default:
      return source satisfies never;
  }
}

function readJson(path: string, { body, json, select }: PreparedAnswer): Found {
  if (body && 'problem' in body) return { ...body, isBody: true };
  if (!json || !select) return { problem: 'the body was not read as JSON' };
  if ('problem' in json) return { problem: json.problem };
  const selected = select(path, json.value);
  return 'problem' in selected ? selected : one(selected.values);
}

function one(values: readonly unknown[]): Found {
  const [value] = values;
  if (values.length === 0) return { problem: null };
  if (values.length > 1) return { problem: `${values.length} values` };
  if (value === null) return { problem: 'null' };
  if (typeof value === 'object') return { problem: Array.isArray(value) ? 'a list' : 'an object' };
  return { value: String(value) };
}

/** An empty variable would make `/links/${vars.code}` mean all links. */
function bounded(found: Found): Found {
  if ('problem' in found) return found;
  if (found.value === '') return { problem: 'an empty text' };
  const bytes = Buffer.byteLength(found.value);
  return bytes > mostBytes ? { problem: `${bytes} bytes, more than the ${mostBytes} of a variable` } : found;
}
