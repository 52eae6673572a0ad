import { parseThreshold } from '../../burst/threshold.ts';
import { parseSchedule } from '../cron.ts';
import { mostPerSecond, type StatusRange, type Threshold } from '../model.ts';
import type { ShortCode } from './codes.ts';
import {
  parseDuration,
  parsePercent,
  parseRate,
  parseStatusRange,
  parseTime,
  parseTimeZone,
  type Read,
  renderDuration,
} from './units.ts';

/** A value, or why there is none: a code, and a sentence without its subject that does not hold the value. */
export type Value<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: ShortCode; readonly message: string };

const minute = 60_000;
const whole = 1_000_000;

/** Milliseconds between two bounds, both included. */
export function readSpan(text: string, from: number, to: number): Value<number> {
  const read = coded('DURATION', parseDuration(text));
  if (!read.ok || (read.value >= from && read.value <= to)) return read;
  return no('DURATION', `must be between ${renderDuration(from)} and ${renderDuration(to)}`);
}

/** The intervals below a minute: those that a minute holds a whole number of times, from 5 s on. */
const shortIntervals = [5, 6, 10, 12, 15, 20, 30];

/** An interval that a schedule of minutes can keep: a part of a minute, or whole minutes up to 24h. */
export function readInterval(text: string): Value<number> {
  const read = coded('DURATION', parseDuration(text));
  if (!read.ok) return read;
  const isWhole = read.value > 0 && read.value % minute === 0 && read.value <= 24 * 60 * minute;
  if (isWhole || shortIntervals.includes(read.value / 1_000)) return read;
  const shorts = shortIntervals.map((seconds) => `${seconds}s`).join(', ');
  return no('INTERVAL', `must be ${shorts}, or whole minutes up to 24h`);
}

/** Whole minutes between two bounds, both included. */
export function readMinutes(text: string, from: number, to: number): Value<number> {
  const read = readSpan(text, from, to);
  return !read.ok || read.value % minute === 0 ? read : no('DURATION', 'must be whole minutes');
}

/** Parts per million, above zero. */
export function readShare(text: string): Value<number> {
  const read = coded('PERCENT', parsePercent(text));
  return read.ok && read.value === 0 ? no('PERCENT', 'must be above 0%') : read;
}

/** Parts per million, above zero and below one: with 100% there is no budget, and any failure would be infinitely fast. */
export function readObjective(text: string): Value<number> {
  const read = coded('OBJECTIVE', parsePercent(text));
  if (!read.ok) return read;
  if (read.value >= whole) return no('OBJECTIVE', 'must be below 100%');
  return read.value > 0 ? read : no('OBJECTIVE', 'must be above 0%');
}

export const readTime = (text: string): Value<number> => coded('TIME', parseTime(text));
export const readTimeZone = (text: string): Value<string> => coded('TIME_ZONE', parseTimeZone(text));

/** Requests a second, up to the most that a burst may send. */
export function readRate(text: string): Value<number> {
  const read = coded('RATE', parseRate(text));
  if (!read.ok || read.value <= mostPerSecond) return read;
  return no('RATE', `must be at most ${mostPerSecond.toLocaleString('en-US')}/s`);
}

export function readRateAboveZero(text: string): Value<number> {
  const read = readRate(text);
  return read.ok && read.value === 0 ? no('RATE', 'must be above 0/s') : read;
}

export const readStatus = (text: string): Value<StatusRange> => coded('STATUS', parseStatusRange(text));

/** An expression for EventBridge Scheduler, without slips in how it is written. */
export function readSchedule(text: string): Value<string> {
  const parsed = parseSchedule(text);
  return parsed.ok ? yes(parsed.value.text) : no('SCHEDULE', parsed.message);
}

/** A threshold; its sentence holds what it found. */
export function readThreshold(text: string): Value<Threshold> {
  const parsed = parseThreshold(text);
  return 'message' in parsed ? no('THRESHOLD', parsed.message) : yes(parsed);
}

const local = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}$/;
const domain = /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/;

/** One bare address of at most 254 characters, as SNS takes it: no name, no list, no quoted local part. */
export function readEmail(text: string): Value<string> {
  const [name = '', host = '', ...rest] = text.split('@');
  const isAddress = text.length <= 254 && rest.length === 0 && local.test(name) && domain.test(host);
  return isAddress ? yes(text) : no('EMAIL', 'must be one e-mail address such as oncall@example.com');
}

/** The name of a thing inside the file, such as a step. */
export function readId(text: string): Value<string> {
  return /^[a-z0-9-]{1,64}$/.test(text) ? yes(text) : no('ID', 'must be 1 to 64 small letters, digits and dashes');
}

/** Short enough that the longest name made from it fits IAM's 64 characters. */
export function readService(text: string): Value<string> {
  if (/^[a-z][a-z0-9-]{0,23}$/.test(text)) return yes(text);
  return no('SERVICE', 'must be at most 24 small letters, digits and dashes, a letter first');
}

/** The name of an AWS region, by its shape alone: there are more of them every year. */
export function readRegion(text: string): Value<string> {
  if (/^[a-z]{2,8}(-[a-z]{2,16}){1,2}-[1-9]\d?$/.test(text)) return yes(text);
  return no('LOCATION', 'must be an AWS region such as eu-west-1');
}

/** The name of a namespace, a metric or a dimension, as CloudWatch takes it. */
export function readMetricName(text: string): Value<string> {
  const isName = /^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(text) && !text.startsWith(':');
  return isName
    ? yes(text)
    : no('METRIC', 'must be a name of CloudWatch: at most 255 ASCII characters, no colon first');
}

/** One line of text that can be shown anywhere. */
export function readLine(text: string, longest: number): Value<string> {
  const isLine = text.trim() !== '' && text.length <= longest && !/[\p{Cc}\u2028\u2029]/u.test(text);
  return isLine ? yes(text) : no('LINE', `must be one line of at most ${longest} characters`);
}

/** A text of any kind, such as a part of an answer. */
export function readText(text: string, longest: number): Value<string> {
  if (text === '') return no('LENGTH', 'must not be empty');
  return text.length <= longest ? yes(text) : no('LENGTH', `must be at most ${longest} characters long`);
}

/** The value together with the text that it was made from. */
export function withText<T>(text: string, read: Value<T>): Value<{ text: string; value: T }> {
  return read.ok ? yes({ text, value: read.value }) : read;
}

function coded<T>(code: ShortCode, read: Read<T>): Value<T> {
  return read.ok ? read : no(code, read.message);
}

function yes<T>(value: T): Value<T> {
  return { ok: true, value };
}

function no(code: ShortCode, message: string): { ok: false; code: ShortCode; message: string } {
  return { ok: false, code, message };
}
