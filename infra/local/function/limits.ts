import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export type Limits = { readonly timeoutMs: number; readonly memoryMegabytes: number };

/** Lambda's own limit: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const longestTimeoutSeconds = 900;
const defaults: Limits = { timeoutMs: 30_000, memoryMegabytes: 512 };

/**
 * How long each function may run and how much memory it has, from serverless.yml and the files that its `functions:`
 * name. What is computed there (`${…}`) keeps the default, 30 s and 512 MB.
 */
export function readLimits(root: string): Readonly<Record<string, Limits>> {
  const document: unknown = parse(readFileSync(join(root, 'serverless.yml'), 'utf8'), { logLevel: 'silent' });
  const functions = isMap(document) ? document['functions'] : undefined;
  const parts = Array.isArray(functions) ? functions : [functions];
  return Object.fromEntries(parts.flatMap((part) => Object.entries(expand(root, part)).map(toLimits)));
}

/** `${file(infra/shortener.yml):…}` is what that file says under `on`. */
function expand(root: string, part: unknown): Readonly<Record<string, unknown>> {
  if (isMap(part)) return part;
  const file = typeof part === 'string' ? /^\$\{file\(([\w./-]+\.yml)\)/.exec(part)?.[1] : undefined;
  if (file === undefined) return {};
  const document: unknown = parse(readFileSync(join(root, file), 'utf8'), { logLevel: 'silent' });
  const on = isMap(document) ? document['on'] : undefined;
  return isMap(on) ? on : {};
}

function toLimits([name, definition]: [string, unknown]): [string, Limits] {
  const { timeout, memorySize } = isMap(definition) ? definition : {};
  const seconds = typeof timeout === 'number' && timeout > 0 ? Math.min(timeout, longestTimeoutSeconds) : undefined;
  return [
    name,
    {
      timeoutMs: seconds === undefined ? defaults.timeoutMs : seconds * 1_000,
      memoryMegabytes: typeof memorySize === 'number' ? memorySize : defaults.memoryMegabytes,
    },
  ];
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
