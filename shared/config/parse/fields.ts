import { z } from 'zod';
import { parseAssertion } from '../../assertion/parse.ts';
import type { Assertion, Text } from '../model.ts';
import type { ShortCode } from './codes.ts';
import { quote, short } from './problem.ts';
import { type Environment, type Expanded, expandText } from './reference.ts';
import { checkHeader, checkHeaderName, checkUrl, type Refusal } from './request.ts';
import { isSecretName } from './secret.ts';
import { didYouMean } from './suggest.ts';
import * as values from './values.ts';

/** What a field needs to know of the rest: the environment, and the names that it may refer to. */
export type Context = {
  readonly env: Environment;
  readonly channels: ReadonlySet<string>;
  readonly monitors: ReadonlySet<string>;
};

export const mostHeaders = 50;
export const idPattern = '^[a-z0-9-]{1,64}$';
/** What later versions will know: keys of a map, words of a choice. */
export const later = z.registry<{ keys?: readonly string[]; values?: readonly string[] }>();

type Sink = { issues: unknown[] };

/** Hands a fault of our own to zod: its code travels in `params`. `key` is the part of the value that is at fault. */
export function refuse(sink: Sink, { code, message }: Refusal, key?: string): never {
  const path = key === undefined ? [] : [key];
  sink.issues.push({ code: 'custom', input: undefined, path, params: { code: `BURN_CONFIG_${code}` }, message });
  return z.NEVER;
}

/** A map with exactly these keys. `soon` are keys that later versions will know. */
export function map<T extends z.core.$ZodShape>(
  shape: T,
  soon: readonly string[] = [],
): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape).register(later, { keys: soon });
}

/** One of these words, typed as it is. `soon` are words that later versions will know. */
export function choice<const T extends readonly [string, ...string[]]>(words: T, soon: readonly string[] = []) {
  return z.enum(words).register(later, { values: soon });
}

type Meta = { readonly description: string; readonly pattern?: string; readonly examples: string[] };
const duration = { examples: ['30s'], pattern: '^(\\d{1,9}(ms|s|m|h|d)|.*\\$\\{env:.*\\}.*)$' };
const percent = { examples: ['99.9%'], pattern: '^(\\d{1,3}(\\.\\d{1,12})?\\s?%|.*\\$\\{env:.*\\}.*)$' };

/** The fields of monitors.yml that are texts, each with its own rules. References work as far as the field allows. */
export type Fields = ReturnType<typeof createFields>;

export function createFields({ env, channels, monitors }: Context) {
  const read = <T>(meta: Meta, parse: (text: string) => values.Value<T>) =>
    z
      .string()
      .meta(meta)
      .transform((raw, sink): T => readFixed(raw, env, sink, parse));
  const known = (kind: 'channel' | 'monitor', names: ReadonlySet<string>) =>
    z
      .string()
      .meta({ description: `The name of a ${kind}.` })
      .transform((raw, sink) => readName(raw, kind, names, sink));

  return {
    duration: (description: string, from: number, to: number) =>
      read({ description, ...duration }, (text) => values.readSpan(text, from, to)),
    /** A duration that is also kept as it was typed. */
    span: (description: string, from: number, to: number) =>
      read({ description, ...duration }, (text) => values.withText(text, values.readSpan(text, from, to))),
    interval: (description: string) => read({ description, ...duration, examples: ['1m'] }, values.readInterval),
    share: (description: string) => read({ description, ...percent, examples: ['2%'] }, values.readShare),
    /** Parts per million that are also kept as they were typed. */
    objective: (description: string) =>
      read({ description, ...percent }, (text) => values.withText(text, values.readObjective(text))),
    time: (description: string) => read({ description, examples: ['02:00'] }, values.readTime),
    timeZone: (description: string) => read({ description, examples: ['Europe/Amsterdam'] }, values.readTimeZone),
    email: (description: string) => read({ description, examples: ['oncall@example.com'] }, values.readEmail),
    service: (description: string) => read({ description, examples: ['shortener'] }, values.readService),
    line: (description: string, longest: number, example: string) =>
      read({ description, examples: [example] }, (text) => values.readLine(text, longest)),
    channel: () => known('channel', channels),
    monitor: () => known('monitor', monitors),
    url: (description: string) =>
      z
        .string()
        .meta({ description, examples: ['https://example.com/'] })
        .transform((raw, sink) => readUrl(raw, env, sink)),
    headers: (schema: z.ZodType<Record<string, unknown>>) =>
      schema.transform((raw, sink) => readHeaders(raw, env, sink)),
    assertion: (schema: z.ZodType) => schema.transform((raw, sink) => readAssertion(raw, env, sink)),
  };
}

/** A text that ends in the template or steers the parser, so that it must be known now: `${env:…}` alone. */
function readFixed<T>(raw: string, env: Environment, sink: Sink, parse: (text: string) => values.Value<T>): T {
  const fixed = expandFixed(raw, env);
  if (!fixed.ok) return refuse(sink, fixed);
  const result = parse(fixed.text);
  return result.ok
    ? result.value
    : refuse(sink, { ...result, message: `${result.message}, got ${show(raw, fixed.env)}` });
}

type Fixed = { ok: true; text: string; env: readonly string[] } | ({ ok: false } & Refusal);
const notNow = `must be known when it is packaged: only \${env:NAME} works here`;

function expandFixed(raw: string, environment: Environment): Fixed {
  const expansion = expandText(raw, environment);
  if (!expansion.ok) return expansion;
  const { text, env } = expansion;
  return typeof text === 'string' ? { ok: true, text, env } : { ok: false, code: 'REFERENCE_PLACE', message: notNow };
}

/** The value as it was typed. What the environment holds is never shown. */
function show(raw: string, env: readonly string[]): string {
  if (env.length > 0) return `what ${env.map((name) => `\${env:${name}}`).join(' and ')} says`;
  return quote(raw).slice(1, -1) || 'nothing';
}

function readName(raw: string, kind: 'channel' | 'monitor', names: ReadonlySet<string>, sink: Sink): string {
  if (names.has(raw)) return raw;
  const message = `there is no ${kind} ${quote(raw)}${didYouMean(raw, names)}`;
  return refuse(sink, { code: kind === 'channel' ? 'UNKNOWN_CHANNEL' : 'UNKNOWN_MONITOR', message });
}

function readUrl(raw: string, env: Environment, sink: Sink): Text {
  const expansion = expandText(raw, env);
  const refusal = expansion.ok ? checkUrl(expansion) : expansion;
  if (refusal) return refuse(sink, refusal);
  return expansion.ok ? expansion.text : raw;
}

const notText: Refusal = { code: 'TYPE', message: 'must be a text: put it in quotes' };
const twice: Refusal = {
  code: 'HEADER',
  message: 'is there twice: letter case makes no difference in the name of a header',
};

/** Headers by their names in lower case; every one of them is judged, whatever the others are. */
function readHeaders(raw: Record<string, unknown>, env: Environment, sink: Sink): Record<string, Text> {
  const headers: Record<string, Text> = {};
  const names = Object.keys(raw);
  if (names.length > mostHeaders) {
    refuse(sink, { code: 'COUNT', message: `must have at most ${mostHeaders} entries, got ${names.length}` });
  }
  for (const name of names) {
    const header = readHeader(name, raw[name], env);
    const refusal = Object.hasOwn(headers, name.toLowerCase()) ? twice : header.refusal;
    if (refusal) refuse(sink, refusal, name);
    headers[name.toLowerCase()] = header.text ?? '';
  }
  return headers;
}

function readHeader(name: string, value: unknown, env: Environment): { text?: Text; refusal?: Refusal | undefined } {
  if (typeof value !== 'string') return { refusal: checkHeaderName(name) ?? notText };
  const expansion: ({ ok: true } & Expanded) | ({ ok: false } & Refusal) = expandText(value, env);
  if (!expansion.ok) return { refusal: expansion };
  return { text: expansion.text, refusal: checkHeaderName(name) ?? checkHeader(name, expansion) };
}

/** Judged by the room of assertions, once `${env:…}` is put into its texts. */
function readAssertion(raw: unknown, environment: Environment, sink: Sink): Assertion {
  const { value, env, refusals } = expandInside(raw, environment);
  if (refusals[0]) return refuse(sink, refusals[0]);
  const parsed = parseAssertion(value);
  if (parsed.ok) return parsed.assertion;
  const code = parsed.code === 'ASSERTION_NOT_BUILT' ? 'NOT_BUILT' : (parsed.code as ShortCode);
  const isSecret = (JSON.stringify(raw) ?? '').split(/[^\w-]+/).some(isSecretName);
  const plain = isSecret ? 'is wrong; it is not shown, because it speaks of a secret' : short(parsed.message);
  const message = env.length > 0 ? `is wrong once it holds ${show('', env)}` : plain;
  return refuse(sink, { code, message }, typeof raw === 'string' ? undefined : parsed.key);
}

type Inside = { readonly value: unknown; readonly env: readonly string[]; readonly refusals: readonly Refusal[] };

function expandInside(value: unknown, environment: Environment): Inside {
  if (typeof value === 'string') {
    const fixed = expandFixed(value, environment);
    return fixed.ok ? { value: fixed.text, env: fixed.env, refusals: [] } : { value, env: [], refusals: [fixed] };
  }
  if (typeof value !== 'object' || value === null) return { value, env: [], refusals: [] };
  const inside = Object.entries(value).map(([key, each]) => [key, expandInside(each, environment)] as const);
  const parts = inside.map(([, part]) => part);
  const whole = Array.isArray(value)
    ? parts.map((part) => part.value)
    : Object.fromEntries(inside.map(([key, part]) => [key, part.value]));
  return { value: whole, env: parts.flatMap((part) => part.env), refusals: parts.flatMap((part) => part.refusals) };
}
