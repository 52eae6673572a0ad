import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../aws/read.ts';
import type { LogEvent, Value } from '../insights/model.ts';

/** A span of time, epoch ms, both ends included. */
export type LogSpan = { readonly fromAt: number; readonly toAt: number };

/**
 * What a function wrote within a span, as CloudWatch Logs would keep it: an event a line, with the fields of its JSON, those of
 * objects in it under both names with a dot between. A line without a time of its own has that of the one before.
 */
export function readLogEvents(
  folder: string,
  name: string,
  log: string,
  { fromAt, toAt }: LogSpan,
): readonly LogEvent[] {
  let at = 0;
  return [`${name}.log.1`, `${name}.log`]
    .map((file) => join(folder, file))
    .flatMap((file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n') : []))
    .flatMap((line): LogEvent[] => {
      if (line === '') return [];
      const fields = fieldsOf(line);
      const own = Date.parse(String(fields['timestamp'] ?? /^\S{19,30}(?= )/.exec(line)?.[0]));
      if (Number.isFinite(own)) at = own;
      return at < fromAt || at > toAt ? [] : [{ ...fields, '@timestamp': at, '@message': line, '@log': log }];
    });
}

function fieldsOf(line: string): LogEvent {
  const root = line.startsWith('{') ? parse(line) : undefined;
  return root === undefined ? {} : Object.fromEntries(flatten('', root));
}

function flatten(prefix: string, object: object): readonly (readonly [string, Value])[] {
  return Object.entries(object).flatMap(([name, value]): readonly (readonly [string, Value])[] => {
    const key = `${prefix}${name}`;
    if (typeof value === 'string' || typeof value === 'number') return [[key, value]];
    if (typeof value === 'boolean') return [[key, value ? 1 : 0]];
    if (Array.isArray(value)) return flatten(`${key}.`, { ...value });
    return typeof value === 'object' && value !== null ? flatten(`${key}.`, value) : [];
  });
}

function parse(line: string): object | undefined {
  try {
    const root: unknown = JSON.parse(line);
    return isObject(root) ? root : undefined;
  } catch {
    return undefined; // a line of text
  }
}
