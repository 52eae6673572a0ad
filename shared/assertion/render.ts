import type { Assertion, Json } from '../config/model.ts';
import { symbolOf } from './short-form.ts';

/** An assertion in its short form, as people read it. Spans are shown in milliseconds, a range of statuses as `200-299`. */
export function renderAssertion(assertion: Omit<Assertion, 'text' | 'severity'>): string {
  const { source, path, op, value } = assertion;
  if (isRange(assertion)) return `status in ${assertion.value.join('-')}`;
  const parts = [source, path, symbolOf(op), value === undefined ? undefined : renderValue(source, value)];
  return parts.filter((part) => part !== undefined).join(' ');
}

/** What was asked for: the assertion without its source and path. */
export function renderExpected(assertion: Assertion): string {
  const { source, op, value } = assertion;
  if (isRange(assertion)) return `in ${assertion.value.join('-')}`;
  const words: Partial<Record<Assertion['op'], string>> = {
    exists: 'to exist',
    notExists: 'not to exist',
    empty: 'empty',
    notEmpty: 'not empty',
  };
  return words[op] ?? `${symbolOf(op)} ${renderValue(source, value ?? null)}`;
}

type Judgement = Pick<Assertion, 'source' | 'op' | 'value'>;

function isRange(assertion: Judgement): assertion is Judgement & { value: readonly Json[] } {
  return assertion.source === 'status' && assertion.op === 'between' && Array.isArray(assertion.value);
}

function renderValue(source: string, value: Json): string {
  if (Array.isArray(value)) return `[${value.map((each) => renderValue(source, each)).join(', ')}]`;
  return source === 'latency' ? `${value}ms` : JSON.stringify(value);
}
