import type { Assertion } from '../config/model.ts';
import { compare } from './compare.ts';
import { redactShort } from './redact.ts';
import { renderExpected } from './render.ts';
import type { Response } from './response.ts';

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
 * but notExists. A JSONPath that finds several values holds when each of them does. Never throws; secrets are redacted
 * in everything that it answers.
 */
export function evaluateAssertion(assertion: Assertion, response: Response, secrets: readonly string[]): Evaluation {
  const verdict = judge(assertion, read(assertion, response));
  return {
    assertion: redactShort(assertion.text, secrets),
    passed: verdict.passed,
    actual: verdict.actual === null ? null : redactShort(verdict.actual, secrets),
    expected: redactShort(renderExpected(assertion), secrets),
    severity: assertion.severity,
  };
}

/** Whether a miss of this assertion is due to the body being cut or unreadable rather than to what is in it. */
export function needsBody(assertion: Assertion): boolean {
  return assertion.source === 'body' || assertion.source === 'json';
}

type Verdict = { passed: boolean; actual: string | null };

function judge(assertion: Assertion, subject: Subject): Verdict {
  if ('problem' in subject) return { passed: false, actual: subject.problem };
  const { values } = subject;
  if (assertion.op === 'notExists') return { passed: values.length === 0, actual: show(assertion, values) };
  if (values.length === 0) return { passed: false, actual: null };
  if (assertion.op === 'exists') return { passed: true, actual: show(assertion, values) };
  for (const value of values) {
    const outcome = compare(assertion.op, value, assertion.value);
    if (outcome !== true) return { passed: false, actual: withReason(show(assertion, [value]), outcome) };
  }
  return { passed: true, actual: show(assertion, values) };
}

function withReason(shown: string | null, outcome: false | string): string | null {
  return outcome === false ? shown : `${(shown ?? '').slice(0, 200)} (${outcome})`;
}

function read(assertion: Assertion, response: Response): Subject {
  const { source, path = '' } = assertion;
  switch (source) {
    case 'status':
      return { values: [response.statusCode] };
    case 'latency':
      return { values: [response.latencyMs] };
    case 'header':
      return { values: Object.hasOwn(response.headers, path) ? [response.headers[path]] : [] };
    case 'body':
      return 'problem' in response.body ? response.body : { values: [response.body.text] };
    case 'json':
      return readJson(path, response);
    default:
      return source satisfies never;
  }
}

function readJson(path: string, { json, select }: Response): Subject {
  if (!json || !select) return { problem: 'the body was not read as JSON' };
  if ('problem' in json) return json;
  try {
    return { values: select(path, json.value) };
  } catch {
    // The path was checked when the configuration was parsed: what is left is a document that is too deep for it.
    return { problem: 'the body is nested too deeply for this path' };
  }
}

function show(assertion: Assertion, values: readonly unknown[]): string | null {
  const [first] = values;
  if (values.length === 0) return null;
  if (assertion.source === 'latency') return `${Number(Number(first).toFixed(3))}ms`;
  if (assertion.source !== 'json') return String(first);
  return values.length === 1 ? toText(first) : toText(values);
}

/** JSON, with bigints as their digits. */
function toText(value: unknown): string {
  if (typeof value === 'bigint' || typeof value === 'number') return String(value);
  try {
    return JSON.stringify(value, (_key, each) => (typeof each === 'bigint' ? `${each}` : each)) ?? String(value);
  } catch {
    // The only way in which parsed JSON cannot be written again.
    return 'a value that is nested too deeply to show';
  }
}
