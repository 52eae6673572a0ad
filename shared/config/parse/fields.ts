import { z } from 'zod';
import { isExpression } from '../../assertion/expression-syntax.ts';
import { parseAssertion } from '../../assertion/parse.ts';
import { splitShortForm } from '../../assertion/short-form.ts';
import type { Assertion, AssertionSource } from '../model.ts';
import { didYouMean } from '../suggest.ts';
import { type PaceWord, readPaced } from './burst-values.ts';
import type { ShortCode } from './codes.ts';
import { readDnsName, readServerName } from './host.ts';
import { describe, quote, short } from './problem.ts';
import { type Environment, expandText } from './reference.ts';
import type { Refusal } from './request.ts';
import { isSecretName } from './secret.ts';
import { readGood, readSlice, readSliceTarget } from './slo-values.ts';
import * as values from './values.ts';

/** What a field needs to know of the rest: the environment, and the names that it may refer to. */
export type Context = {
  readonly env: Environment;
  readonly channels: ReadonlySet<string>;
  readonly monitors: ReadonlySet<string>;
  readonly slos: ReadonlySet<string>;
  readonly bursts: ReadonlySet<string>;
};

export const idPattern = '^[a-z0-9-]{1,64}$';
/** What later versions will know: keys of a map, words of a choice. And keys that have their place elsewhere: where. */
export const later = z.registry<{
  keys?: readonly string[];
  values?: readonly string[];
  elsewhere?: Readonly<Record<string, string>>;
}>();

export type Sink = { issues: unknown[] };

/** Hands a fault of our own to zod: its code travels in `params`. `path` leads to the part of the value that is at fault. */
export function refuse(sink: Sink, { code, message }: Refusal, ...path: readonly (string | number)[]): never {
  sink.issues.push({ code: 'custom', input: undefined, path, params: { code: `BURN_CONFIG_${code}` }, message });
  return z.NEVER;
}

/** A map with exactly these keys. `soon` are keys that later versions will know, `elsewhere` says where others belong. */
export function map<T extends z.core.$ZodShape>(
  shape: T,
  soon: readonly string[] = [],
  elsewhere: Readonly<Record<string, string>> = {},
): z.ZodObject<T, z.core.$strict> {
  return z.strictObject(shape).register(later, { keys: soon, elsewhere });
}

/** One of these words, typed as it is. `soon` are words that later versions will know. */
export function choice<const T extends readonly [string, ...string[]]>(words: T, soon: readonly string[] = []) {
  return z.enum(words).register(later, { values: soon });
}

/** What the assertions of a kind of monitor can look at. `of` names the kind: `dns monitors`. */
export type Sources = { readonly of: string; readonly sources: readonly AssertionSource[] };

type Meta = { readonly description: string; readonly pattern?: string; readonly examples: string[] };
const duration = { examples: ['30s'], pattern: '^(\\d{1,9}(ms|s|m|h|d)|.*\\$\\{env:.*\\}.*)$' };
const percent = { examples: ['99.9%'], pattern: '^(\\d{1,3}(\\.\\d{1,12})?\\s?%|.*\\$\\{env:.*\\}.*)$' };

const rate = { examples: ['200/s'], pattern: '^(\\d{1,9}(\\.\\d{1,20})?/(s|m|h)|.*\\$\\{env:.*\\}.*)$' };
type NamedKind = 'channel' | 'monitor' | 'SLO' | 'burst';
const unknownCodes = {
  channel: 'UNKNOWN_CHANNEL',
  monitor: 'UNKNOWN_MONITOR',
  SLO: 'UNKNOWN_SLO',
  burst: 'UNKNOWN_BURST',
} as const;

/** The fields of monitors.yml that are texts, each with its own rules. References work as far as the field allows. */
export type Fields = ReturnType<typeof createFields>;

export function createFields({ env, channels, monitors, slos, bursts }: Context) {
  const read = <T>(meta: Meta, parse: (text: string) => values.Value<T>) =>
    z
      .string()
      .meta(meta)
      .transform((raw, sink): T => readFixed(raw, env, sink, parse));
  const known = (kind: NamedKind, names: ReadonlySet<string>) =>
    z
      .string()
      .meta({ description: `The name of ${kind === 'SLO' ? 'an' : 'a'} ${kind}.` })
      .transform((raw, sink) => readName(raw, kind, names, sink));

  return {
    duration: (description: string, from: number, to: number) =>
      read({ description, ...duration }, (text) => values.readSpan(text, from, to)),
    /** Whole minutes. */
    minutes: (description: string, from: number, to: number) =>
      read({ description, ...duration, examples: ['1h'] }, (text) => values.readMinutes(text, from, to)),
    /** A duration that is also kept as it was typed. */
    span: (description: string, from: number, to: number) =>
      read({ description, ...duration }, (text) => values.withText(text, values.readSpan(text, from, to))),
    interval: (description: string) => read({ description, ...duration, examples: ['1m'] }, values.readInterval),
    share: (description: string) => read({ description, ...percent, examples: ['2%'] }, values.readShare),
    /** Parts per million that are also kept as they were typed. */
    objective: (description: string) =>
      read({ description, ...percent }, (text) => values.withText(text, values.readObjective(text))),
    good: (description: string) => read({ description, examples: ['latency < 300ms'] }, readGood),
    metricName: (description: string, example: string) =>
      read({ description, examples: [example] }, values.readMetricName),
    slice: (description: string) => read({ description, ...duration, examples: ['1m'] }, readSlice),
    sliceTarget: (description: string) => read({ description, ...percent, examples: ['95%'] }, readSliceTarget),
    rate: (description: string) => read({ description, ...rate }, values.readRateAboveZero),
    /** A rate with or without its time. */
    paced: (description: string, word: PaceWord) =>
      read({ description, examples: [`200/s ${word} 10s`] }, (text) => readPaced(text, word)),
    schedule: (description: string) => read({ description, examples: ['cron(0 3 * * ? *)'] }, values.readSchedule),
    threshold: () =>
      z
        .string()
        .meta({ description: 'One of them.', examples: ['p99 < 300ms', 'errorRatio < 0.1%'] })
        .transform((raw, sink) => readTold(raw, env, sink, values.readThreshold)),
    time: (description: string) => read({ description, examples: ['02:00'] }, values.readTime),
    timeZone: (description: string) => read({ description, examples: ['Europe/Amsterdam'] }, values.readTimeZone),
    email: (description: string) => read({ description, examples: ['oncall@example.com'] }, values.readEmail),
    service: (description: string) => read({ description, examples: ['shortener'] }, values.readService),
    region: (description: string) => read({ description, examples: ['eu-west-1'] }, values.readRegion),
    line: (description: string, longest: number, example: string) =>
      read({ description, examples: [example] }, (text) => values.readLine(text, longest)),
    /** Any text that is not empty. */
    text: (description: string, longest: number, example: string) =>
      read({ description, examples: [example] }, (text) => values.readText(text, longest)),
    channel: () => known('channel', channels),
    monitor: () => known('monitor', monitors),
    slo: () => known('SLO', slos),
    burst: () => known('burst', bursts),
    id: (description: string) => read({ description, examples: ['create'] }, values.readId),
    serverName: (description: string) => read({ description, examples: ['db.example.com'] }, readServerName),
    dnsName: (description: string) => read({ description, examples: ['example.com'] }, readDnsName),
    expression: (description: string) => read({ description, examples: ['^220 '] }, readExpression),
    /** Judged as one on these sources. */
    assertion: (schema: z.ZodType, sources: Sources) =>
      schema.transform((raw, sink) => readAssertion(raw, env, sources, sink)),
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

/** The same for a room whose sentence says itself what was found. */
function readTold<T>(raw: string, env: Environment, sink: Sink, parse: (text: string) => values.Value<T>): T {
  const fixed = expandFixed(raw, env);
  if (!fixed.ok) return refuse(sink, fixed);
  const result = parse(fixed.text);
  if (result.ok) return result.value;
  const { code, message } = result;
  return refuse(sink, { code, message: fixed.env.length > 0 ? hidden(fixed.env) : short(message) });
}

const hidden = (env: readonly string[]): string => `is wrong once it holds ${show('', env)}`;

/** A value of any kind that is read as a whole, such as a number or a text; what YAML made of it is shown. */
export function own<T>(meta: z.GlobalMeta, parse: (raw: unknown) => values.Value<T>) {
  return z
    .unknown()
    .meta(meta)
    .transform((raw, sink): T => {
      const result = parse(raw);
      return result.ok ? result.value : refuse(sink, { ...result, message: `${result.message}, got ${describe(raw)}` });
    });
}

export type Fixed = { ok: true; text: string; env: readonly string[] } | ({ ok: false } & Refusal);
const notNow = `must be known when it is packaged: only \${env:NAME} works here`;

export function expandFixed(raw: string, environment: Environment): Fixed {
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

function readName(raw: string, kind: NamedKind, names: ReadonlySet<string>, sink: Sink): string {
  if (names.has(raw)) return raw;
  const message = `there is no ${kind} ${quote(raw)}${didYouMean(raw, names)}`;
  return refuse(sink, { code: unknownCodes[kind], message });
}

function readExpression(text: string): values.Value<string> {
  const judged = isExpression(text);
  return judged === true ? { ok: true, value: text } : { ok: false, code: 'EXPRESSION', message: judged };
}

/** Judged by the room of assertions, once `${env:…}` is put into its texts. */
function readAssertion(raw: unknown, environment: Environment, sources: Sources, sink: Sink): Assertion {
  const { value, env, refusals } = expandInside(raw, environment);
  if (refusals[0]) return refuse(sink, refusals[0]);
  const parsed = parseAssertion(value);
  const odd = checkSource(value, sources);
  if (parsed.ok && !odd) return parsed.assertion;
  const { code, message, key } = odd ?? (parsed as Exclude<typeof parsed, { ok: true }>);
  const isSecret = (JSON.stringify(raw) ?? '').split(/[^\w-]+/).some(isSecretName);
  const plain = isSecret ? 'is wrong; it is not shown, because it speaks of a secret' : short(message);
  const told = env.length > 0 ? hidden(env) : plain;
  const path = typeof raw === 'string' || key === undefined ? [] : [key];
  return refuse(sink, { code: code as ShortCode, message: told }, ...path);
}

/** A source that there is not, or not for monitors of this type. What has another shape is told elsewhere. */
function checkSource(value: unknown, { of, sources }: Sources): (Refusal & { key: string }) | undefined {
  const source = typeof value === 'string' ? splitShortForm(value)?.source : sourceIn(value);
  if (typeof source !== 'string' || sources.some((each) => each === source.split('.')[0])) return undefined;
  const hint = didYouMean(source, sources);
  const message = `must be one of ${sources.join(', ')} for ${of}, got ${quote(source)}${hint}`;
  return { code: 'ASSERTION_SOURCE', message, key: 'source' };
}

function sourceIn(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'source' in value ? value.source : undefined;
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
