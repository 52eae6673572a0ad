import type { Assertion, Json } from '../config/model.ts';
import { symbolOf } from './short-form.ts';
import { kindOf, namesOf } from './sources.ts';

const longestSchema = 60;

/** An assertion in its short form, as people read it. Spans are shown in milliseconds, a range of statuses as `200-299`. */
export function renderAssertion(assertion: Omit<Assertion, 'text' | 'severity'>): string {
  const { source, path, op, value } = assertion;
  if (isRange(assertion)) return `status in ${assertion.value.join('-')}`;
  const subject = namesOf(source) ? [`${source}.${path}`] : [source, path];
  const parts = [...subject, symbolOf(op), value === undefined ? undefined : renderValue(assertion, value)];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** What was asked for: the assertion without its source and path. */
export function renderExpected(assertion: Assertion): string {
  const { op, value } = assertion;
  if (isRange(assertion)) return `in ${assertion.value.join('-')}`;
  const words: Partial<Record<Assertion['op'], string>> = {
    exists: 'to exist',
    notExists: 'not to exist',
    empty: 'empty',
    notEmpty: 'not empty',
    schema: 'to fit the schema',
  };
  return words[op] ?? `${symbolOf(op)} ${renderValue(assertion, value ?? null)}`;
}

type Judgement = Pick<Assertion, 'source' | 'path' | 'op' | 'value'>;

function isRange(assertion: Judgement): assertion is Judgement & { value: readonly Json[] } {
  return assertion.source === 'status' && assertion.op === 'between' && Array.isArray(assertion.value);
}

function renderValue(assertion: Judgement, value: Json): string {
  if (assertion.op === 'schema') return renderSchema(value);
  if (assertion.op === 'matches' || assertion.op === 'notMatches') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map((each) => renderValue(assertion, each)).join(', ')}]`;
  return kindOf(assertion.source, assertion.path) === 'span' ? `${value}ms` : JSON.stringify(value);
}

function renderSchema(schema: Json): string {
  const json = JSON.stringify(schema);
  return json.length > longestSchema ? '{…}' : json;
}
