import type { Assertion } from '../config/model.ts';
import { compare } from './compare.ts';
import { ownValue } from './equals.ts';
import { redactShort } from './redact.ts';
import { renderExpected } from './render.ts';
import type { PreparedAnswer } from './response.ts';
import { kindOf } from './sources.ts';

/** The shape of shared/probe's AssertionResult. */
type Evaluation = {
  readonly assertion: string;
  readonly passed: boolean;
  readonly actual: string | null;
  readonly expected: string;
  readonly severity: 'fail' | 'degrade';
};

/** What an assertion looks at: the values found (none when it is missing), or why nothing can be said. */
type Subject = { readonly values: readonly unknown[] } | { readonly problem: string };

/**
 * Judges one assertion. Values keep their type: the text "5" is not the number 5. What is missing fails every operator
 * but notExists. A JSONPath that finds several values holds when each of them does. Times that cannot be trusted are not
 * judged, and hold. Never throws; secrets are redacted in everything that it answers.
 */
export function evaluateAssertion(
  assertion: Assertion,
  answer: PreparedAnswer,
  secrets: readonly string[],
): Evaluation {
  const subject = read(assertion, answer);
  const isTime = kindOf(assertion.source, assertion.path) === 'span';
  const verdict = isTime && answer.isContaminated ? excuse(assertion, subject) : judge(assertion, subject, answer);
  return {
    assertion: redactShort(assertion.text, secrets),
    passed: verdict.passed,
    actual: verdict.actual === null ? null : withReason(redactShort(verdict.actual, secrets), verdict.reason),
    expected: redactShort(renderExpected(assertion), secrets),
    severity: assertion.severity,
  };
}

/** Whether a miss of this assertion is due to the body being cut or unreadable rather than to what is in it. */
export function needsBody(assertion: Assertion): boolean {
  return assertion.source === 'body' || assertion.source === 'json';
}

type Verdict = { passed: boolean; actual: string | null; reason?: string };

const longestActual = 256;

/** The reason is whole, what was found is cut; it is redacted already, so that no half of a secret is left. */
function withReason(actual: string, reason: string | undefined): string {
  return reason === undefined ? actual : `${actual.slice(0, longestActual - reason.length - 3)} (${reason})`;
}

function excuse(assertion: Assertion, subject: Subject): Verdict {
  const shown = 'values' in subject ? show(assertion, subject.values) : '';
  return { passed: true, actual: shown, reason: 'not judged: this machine was short of CPU' };
}

function judge(assertion: Assertion, subject: Subject, { expressions }: PreparedAnswer): Verdict {
  if ('problem' in subject) return { passed: false, actual: subject.problem };
  const { values } = subject;
  if (assertion.op === 'notExists') return { passed: values.length === 0, actual: show(assertion, values) };
  if (values.length === 0) return { passed: false, actual: null };
  if (assertion.op === 'exists') return { passed: true, actual: show(assertion, values) };
  for (const value of values) {
    const outcome = compare(assertion.op, value, assertion.value, expressions);
    if (outcome !== true) return miss(assertion, value, outcome);
  }
  return { passed: true, actual: show(assertion, values) };
}

/** A misfit of a schema says where it is: what was found may be the whole document. */
function miss(assertion: Assertion, value: unknown, outcome: false | string): Verdict {
  if (assertion.op === 'schema' && outcome !== false) return { passed: false, actual: outcome };
  const actual = show(assertion, [value]);
  return { passed: false, actual, ...(outcome === false ? {} : { reason: outcome }) };
}

function read(assertion: Assertion, answer: PreparedAnswer): Subject {
  const { source, path = '' } = assertion;
  switch (source) {
    case 'status':
      return present(answer.statusCode);
    case 'latency':
      return present(answer.latencyMs);
    case 'redirects':
      return present(answer.redirects);
    case 'phase':
      return present(ownValue(answer.phases, `${path}Ms`));
    case 'header':
      return present(ownValue(answer.headers, path));
    case 'certificate':
    case 'tls':
    case 'dns':
      return present(ownValue(answer[source], path));
    case 'body':
      return answer.body && 'problem' in answer.body ? answer.body : present(answer.body?.text);
    case 'json':
      return readJson(path, answer);
    default:
      return source satisfies never;
  }
}

function present(value: unknown): Subject {
  return { values: value === undefined ? [] : [value] };
}

function readJson(path: string, { body, json, select }: PreparedAnswer): Subject {
  if (!body) return { values: [] };
  if (!json || !select) return { problem: 'the body was not read as JSON' };
  if ('problem' in json) return json;
  return select(path, json.value);
}

function show(assertion: Assertion, values: readonly unknown[]): string | null {
  const [first] = values;
  if (values.length === 0) return null;
  if (assertion.op === 'schema') return 'fits the schema';
  switch (kindOf(assertion.source, assertion.path)) {
    case 'span':
      return `${Number(Number(first).toFixed(3))}ms`;
    case 'number':
      // Never more than there is: 20.999 days are not 21.
      return String(Math.floor(Number(first) * 100) / 100);
    case 'json':
      return values.length === 1 ? toText(first) : toText(values);
    case 'list':
      return toText(first);
    default:
      return String(first);
  }
}

/** JSON, with bigints as their digits. */
function toText(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch (error) {
    // A bigint. Writing it costs ten times as much, so it is not done for a whole document without any.
    return error instanceof TypeError ? withBigints(value) : tooDeep;
  }
}

const tooDeep = 'a value that is nested too deeply to show';

function withBigints(value: unknown): string {
  try {
    return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}` : each));
  } catch {
    // The only way in which parsed JSON cannot be written again.
    return tooDeep;
  }
}
