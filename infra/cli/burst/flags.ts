import { parseThreshold } from '../../../shared/burst/threshold.ts';
import { BurnwatchError, mostConcurrency, type Threshold } from '../../../shared/config/model.ts';
import { parseDuration, parseRate, type Read } from '../../../shared/config/parse/units.ts';
import { readFlags } from '../flags.ts';

const text = { type: 'string' } as const;
const texts = { type: 'string', multiple: true } as const;
const yes = { type: 'boolean' } as const;

/** What is sent to a URL: a burst of monitors.yml says it by itself. */
const requestOptions = {
  url: text,
  method: text,
  header: texts,
  body: text,
  'follow-redirects': yes,
} as const;

/** How much of it, likewise. */
const loadOptions = {
  rate: text,
  for: text,
  ramp: text,
  concurrency: { ...text, short: 'c' },
  requests: { ...text, short: 'n' },
  'breaking-point': yes,
  from: text,
  to: text,
  hold: text,
} as const;

/** What goes with either. */
const commonOptions = {
  config: text,
  output: texts,
  timeout: text,
  'fresh-connections': yes,
  threshold: texts,
  'abort-if': texts,
  'limit-concurrency': text,
  report: text,
  json: yes,
} as const;

const options = { ...requestOptions, ...loadOptions, ...commonOptions } as const;

export type BurstFlags = ReturnType<typeof readFlags<typeof options>>['values'];
type Name = keyof typeof options;

/** The id, if one was named, and the flags as they were typed. Throws BURN_USAGE for what is not known. */
export function readBurstFlags(argv: readonly string[]): {
  readonly id: string | undefined;
  readonly flags: BurstFlags;
} {
  const { positionals, values } = readFlags(argv, options, 1);
  return { id: positionals[0], flags: values };
}

/** The first flag that belongs to a burst to a URL alone. */
export function urlFlagOf(flags: BurstFlags): Name | undefined {
  const names = Object.keys({ ...requestOptions, ...loadOptions }) as Name[];
  return names.find((name) => flags[name] !== undefined);
}

export function usage(message: string): BurnwatchError {
  return new BurnwatchError('BURN_USAGE', message);
}

/** What was typed as a URL, as a text in quotes: without its user, password, query and fragment, where secrets are. */
export function quoteUrl(typed: string): string {
  const [shown = ''] = typed.split(/[?#]/);
  return JSON.stringify(shown.replace(/^([a-z]+:\/*)?[^/]*@/i, '$1').slice(0, 200));
}

/** A value, or BURN_USAGE with the flag in front of what is wrong and what was typed behind it. */
export function readFlag<T>(name: Name, typed: string, read: (typed: string) => Read<T>): T {
  const found = read(typed);
  if (found.ok) return found.value;
  throw usage(`--${name} ${found.message}, got ${JSON.stringify(typed.slice(0, 200))}`);
}

/** Milliseconds of `10s`, above 0. */
export function readSpan(typed: string): Read<number> {
  const found = parseDuration(typed);
  if (!found.ok || found.value > 0) return found;
  return { ok: false, message: 'must be longer than nothing' };
}

/** `200` or `200/s`, `30/m`: per second, above 0. */
export function readRate(typed: string): Read<number> {
  const isBare = /^[\d.]+$/.test(typed);
  // More than anybody may send is a rate, too: how much that is, is told elsewhere.
  if (/^\d{10,15}$/.test(typed)) return { ok: true, value: Number(typed) };
  const found = parseRate(isBare ? `${typed}/s` : typed);
  if (!found.ok) return { ok: false, message: 'must be a rate, such as 200, 200/s or 30/m' };
  return found.value > 0 ? found : { ok: false, message: 'must be above 0' };
}

/** A whole number from 1 on. */
export function readCount(typed: string): Read<number> {
  if (/^[1-9]\d{0,14}$/.test(typed)) return { ok: true, value: Number(typed) };
  return { ok: false, message: 'must be a whole number from 1 on' };
}

/** A number of sockets. */
export function readConcurrency(typed: string): Read<number> {
  const found = readCount(typed);
  if (!found.ok || found.value <= mostConcurrency) return found;
  return { ok: false, message: `must be at most ${mostConcurrency}` };
}

/** A predicate on the summary; BURN_USAGE for what is none. */
export function readThresholdFlag(typed: string): Threshold {
  const found = parseThreshold(typed);
  if ('message' in found) throw usage(`--threshold ${found.message}`);
  return found;
}
