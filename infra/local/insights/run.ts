import { aggregate, compare, evaluate, instantText, isTrue } from './evaluate.ts';
import type { Command, LogEvent, Named, Value } from './model.ts';
import { parseInsights } from './parse.ts';

/** What a query found: a row's fields in the order in which they are shown, as texts. */
export type InsightsAnswer = {
  readonly rows: readonly (readonly { readonly field: string; readonly value: string }[])[];
  readonly matched: number;
};

/** As many rows as Insights answers at most. */
const mostRows = 10_000;

/**
 * Runs a query of Logs Insights over events; see `parseInsights` for what it may ask. Without `sort` the newest come first, and
 * without `fields` and `stats` time and message are shown. Throws an InsightsError.
 */
export function runInsights(query: string, events: readonly LogEvent[]): InsightsAnswer {
  const commands = parseInsights(query);
  let rows = events.toSorted((a, b) => Number(b['@timestamp']) - Number(a['@timestamp']));
  let shown: readonly string[] = ['@timestamp', '@message'];
  let matched = rows.length;
  for (const command of commands) {
    rows = apply(command, rows);
    if (command.kind === 'filter') matched = rows.length;
    if (command.kind === 'fields') shown = command.fields.map(({ name }) => name);
    if (command.kind === 'stats') shown = [...command.by, ...command.values].map(({ name }) => name);
  }
  return { rows: rows.slice(0, mostRows).map((row) => show(row, shown)), matched };
}

function apply(command: Command, rows: readonly LogEvent[]): LogEvent[] {
  switch (command.kind) {
    case 'fields':
      return rows.map((row) => ({ ...row, ...compute(command.fields, (of) => evaluate(of, row)) }));
    case 'filter':
      return rows.filter((row) => isTrue(evaluate(command.condition, row)));
    case 'stats':
      return group(command, rows);
    case 'sort':
      return rows.toSorted((a, b) => order(command.keys, a, b));
    case 'limit':
      return rows.slice(0, command.count);
    default:
      return command satisfies never;
  }
}

function compute(fields: readonly Named[], of: (expression: Named['of']) => Value): LogEvent {
  return Object.fromEntries(fields.map((field) => [field.name, of(field.of)]));
}

/** Without `by` all events are one group, even where there are none. */
function group({ values, by }: Extract<Command, { kind: 'stats' }>, rows: readonly LogEvent[]): LogEvent[] {
  const groups = Map.groupBy(rows, (row) => JSON.stringify(by.map(({ of }) => evaluate(of, row) ?? null)));
  if (by.length === 0 && groups.size === 0) groups.set('', []);
  return [...groups.values()].map((same) => ({
    ...compute(by, (of) => evaluate(of, same[0] ?? {})),
    ...compute(values, (of) => aggregate(of, same)),
  }));
}

/** What is not there comes last. */
function order(keys: Extract<Command, { kind: 'sort' }>['keys'], a: LogEvent, b: LogEvent): number {
  for (const { of, isDescending } of keys) {
    const [left, right] = [evaluate(of, a), evaluate(of, b)];
    if (left === undefined || right === undefined) {
      if (left === right) continue;
      return left === undefined ? 1 : -1;
    }
    const compared = compare(left, right) ?? 0;
    if (compared !== 0) return isDescending ? -compared : compared;
  }
  return 0;
}

function show(row: LogEvent, fields: readonly string[]): InsightsAnswer['rows'][number] {
  return fields.flatMap((field) => {
    const value = row[field];
    return value === undefined ? [] : [{ field, value: text(field, value) }];
  });
}

function text(field: string, value: string | number): string {
  if (typeof value === 'string') return value;
  return field === '@timestamp' ? instantText(value) : String(Number(value.toPrecision(12)));
}
