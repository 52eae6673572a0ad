import { type Expression, InsightsError, type LogEvent, type Value } from './model.ts';
import { aggregates } from './parse.ts';

const isAggregate = (name: string): boolean => aggregates.some((each) => each === name);

/** The value of an expression for one event. Truth is 1, and what is not there makes nothing true. */
export function evaluate(expression: Expression, event: LogEvent): Value {
  return valueIn(expression, event, () => {
    throw new InsightsError('aggregates such as count(*) belong behind stats');
  });
}

/** The value of an expression with aggregates, for a group of events; of anything else, that of the first. */
export function aggregate(expression: Expression, events: readonly LogEvent[]): Value {
  return valueIn(expression, events[0] ?? {}, (name, given) => aggregateOf(name, given, events));
}

export const isTrue = (value: Value): boolean => value !== undefined && value !== 0 && value !== '';

type RunAggregate = (name: string, given: readonly Expression[]) => Value;

function valueIn(expression: Expression, event: LogEvent, run: RunAggregate): Value {
  const inner = (of: Expression) => valueIn(of, event, run);
  switch (expression.kind) {
    case 'value':
      return expression.value;
    case 'field':
      return event[expression.name];
    case 'not':
      return isTrue(inner(expression.of)) ? 0 : 1;
    case 'like':
      return expression.pattern.test(String(inner(expression.of) ?? '')) ? 1 : 0;
    case 'in':
      return expression.list.some((each) => compare(inner(expression.of), inner(each)) === 0) ? 1 : 0;
    case 'call':
      return isAggregate(expression.name)
        ? run(expression.name, expression.arguments)
        : call(expression.name, expression.arguments.map(inner), event);
    case 'binary':
      return binary(
        expression.operator,
        () => inner(expression.left),
        () => inner(expression.right),
      );
    default:
      return expression satisfies never;
  }
}

function call(name: string, [first]: readonly Value[], event: LogEvent): Value {
  if (name === 'ispresent') return first === undefined ? 0 : 1;
  const [at, span] = [event['@timestamp'], numberOf(first)];
  return typeof at === 'number' && span !== undefined && span > 0
    ? instantText(Math.floor(at / span) * span)
    : undefined;
}

function binary(operator: string, left: () => Value, right: () => Value): Value {
  if (operator === 'or') return isTrue(left()) || isTrue(right()) ? 1 : 0;
  if (operator === 'and') return isTrue(left()) && isTrue(right()) ? 1 : 0;
  const order = comparisons[operator];
  if (order !== undefined) {
    const compared = compare(left(), right());
    return compared !== undefined && order(compared) ? 1 : 0;
  }
  const [a, b] = [numberOf(left()), numberOf(right())];
  const result = a === undefined || b === undefined ? undefined : arithmetic[operator]?.(a, b);
  return Number.isFinite(result) ? result : undefined;
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};
const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
};

/** As numbers where both are, else as texts; undefined where one is not there. */
export function compare(a: Value, b: Value): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function numberOf(value: Value): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function aggregateOf(name: string, given: readonly Expression[], events: readonly LogEvent[]): Value {
  const [of, share] = given;
  if (name === 'count' && of === undefined) return events.length;
  if (of === undefined) throw new InsightsError(`${name} needs the field that it is about`);
  const values = events.map((event) => evaluate(of, event)).filter((value) => value !== undefined);
  if (name === 'count') return values.length;
  if (name === 'count_distinct') return new Set(values).size;
  if (name === 'min' || name === 'max') return extreme(values, name === 'max');
  if (name === 'earliest' || name === 'latest') return ofEnd(of, events, name === 'latest');
  const numbers = values.flatMap((value) => numberOf(value) ?? []);
  if (numbers.length === 0) return undefined;
  if (name === 'pct') return percentile(numbers, share?.kind === 'value' ? Number(share.value) : Number.NaN);
  const sum = numbers.reduce((total, each) => total + each, 0);
  return name === 'sum' ? sum : sum / numbers.length;
}

function extreme(values: readonly Value[], isLargest: boolean): Value {
  return values.reduce<Value>((best, each) => {
    const order = compare(each, best);
    return order === undefined || (isLargest ? order > 0 : order < 0) ? each : best;
  }, undefined);
}

/** The value of the first or the last event in time, of those that have it. */
function ofEnd(of: Expression, events: readonly LogEvent[], isLast: boolean): Value {
  const [first, ...more] = events.filter((event) => evaluate(of, event) !== undefined);
  const at = (event: LogEvent) => Number(event['@timestamp']);
  const isBeyond = (event: LogEvent, than: LogEvent) => (isLast ? at(event) > at(than) : at(event) < at(than));
  const found = more.reduce((best, event) => (best && isBeyond(event, best) ? event : best), first);
  return found && evaluate(of, found);
}

/** The nearest rank. */
function percentile(numbers: readonly number[], percent: number): number {
  if (!(percent >= 0 && percent <= 100)) throw new InsightsError('pct needs a field and a percentage from 0 to 100');
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** As Insights writes an instant: `2026-11-20 12:00:00.000`. */
export function instantText(at: number): string {
  return new Date(at).toISOString().replace('T', ' ').replace('Z', '');
}
