import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Expression, Named } from '../../infra/local/insights/model.ts';
import { parseInsights } from '../../infra/local/insights/parse.ts';
import { readLogEvents } from '../../infra/local/log/events.ts';
import { type FunctionName, functions } from '../../infra/template/model.ts';
import { root } from './local-mode.ts';

const functionNames = Object.keys(functions) as FunctionName[];

/** A query somewhere, and the functions whose logs it reads. */
export type Asked = { readonly where: string; readonly of: readonly FunctionName[]; readonly query: string };

/** The queries in a runbook, of the function of which it names the log group, else of any. */
export function askedBy(runbook: string): readonly Asked[] {
  const text = readFileSync(join(root, 'docs/runbooks', runbook), 'utf8');
  const named = functionNames.filter((name) => text.includes(`/aws/lambda/<service>-<stage>-${name}`));
  const blocks = [...text.matchAll(/^( *)```(\w*)\n([\s\S]*?)^\1```$/gm)];
  return blocks.flatMap(([, , language, query = '']) =>
    language === '' ? [{ where: runbook, of: named.length === 0 ? functionNames : named, query }] : [],
  );
}

/** The functions whose log groups a query names as its sources. */
export function readBy(query: string): readonly FunctionName[] {
  const groups = [...query.matchAll(/SOURCE '([^']+)'/g)].map(([, group = '']) => group);
  return functionNames.filter((name) => groups.some((group) => group.endsWith(`-${name}`)));
}

/** Every key of a line that a query names: what it computes itself is none. Throws an InsightsError where it cannot be read. */
export function keysIn(query: string): readonly string[] {
  const computed = new Set<string>(['@timestamp', '@message', '@log']);
  const keys = new Set<string>();
  const look = (expressions: readonly Expression[]): void => {
    for (const key of expressions.flatMap(fieldsIn)) if (!computed.has(key)) keys.add(key);
  };
  const lookAt = (named: readonly Named[]): void => {
    look(named.map(({ of }) => of));
    for (const { name, of } of named) if (of.kind !== 'field' || of.name !== name) computed.add(name);
  };
  for (const command of parseInsights(query)) {
    if (command.kind === 'fields') lookAt(command.fields);
    if (command.kind === 'filter') look([command.condition]);
    if (command.kind === 'stats') lookAt([...command.by, ...command.values]);
    if (command.kind === 'sort') look(command.keys.map(({ of }) => of));
  }
  return [...keys];
}

function fieldsIn(expression: Expression): readonly string[] {
  switch (expression.kind) {
    case 'value':
      return [];
    case 'field':
      return [expression.name];
    case 'call':
      return expression.arguments.flatMap(fieldsIn);
    case 'binary':
      return [expression.left, expression.right].flatMap(fieldsIn);
    case 'in':
      return [expression.of, ...expression.list].flatMap(fieldsIn);
    case 'not':
    case 'like':
      return fieldsIn(expression.of);
    default:
      return expression satisfies never;
  }
}

/** The keys of the lines that each function wrote. */
export function readWritten(folder: string): ReadonlyMap<FunctionName, ReadonlySet<string>> {
  const all = { fromAt: 0, toAt: Number.POSITIVE_INFINITY };
  return new Map(
    functionNames.map((name) => [
      name,
      new Set(readLogEvents(folder, name, name, all).flatMap((line) => Object.keys(line))),
    ]),
  );
}
