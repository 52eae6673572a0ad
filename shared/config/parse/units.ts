import type { StatusRange } from '../model.ts';

/** A value, or a sentence without its subject that says what is wrong: `must be a duration such as 30s`. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly message: string };

const unitsMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const durationPattern = /^(\d{1,9})(ms|s|m|h|d)$/;
const longestDurationMs = 400 * unitsMs.d;

/** Milliseconds of `500ms`, `30s`, `5m`, `1h`, `3d`: one whole number and one unit, up to 400 days. */
export function parseDuration(text: string): Read<number> {
  const match = durationPattern.exec(text);
  const unit = match?.[2] as keyof typeof unitsMs | undefined;
  if (!match || !unit)
    return { ok: false, message: 'must be a whole number with a unit, such as 500ms, 30s, 5m, 1h or 3d' };
  const value = Number(match[1]) * unitsMs[unit];
  return value > longestDurationMs ? { ok: false, message: 'must be at most 400d' } : { ok: true, value };
}

/** The shortest text that `parseDuration` reads back: 90000 is `90s`, 3600000 is `1h`. Takes whole milliseconds, 0 and up. */
export function renderDuration(ms: number): string {
  const units = Object.entries(unitsMs).reverse();
  const [unit, size] = units.find(([, size]) => ms >= size && ms % size === 0) ?? ['s', 1_000];
  return `${ms / size}${unit}`;
}

/**
 * Parts per million of a percentage: `99.9%` is 999000. Read digit by digit, so that nothing is rounded on the way; a
 * fifth decimal place, unless it is a zero, is refused instead of being dropped. From 0% to 100%, both included.
 */
export function parsePercent(text: string): Read<number> {
  const match = /^(\d{1,3})(?:\.(\d{1,12}))?\s?%$/.exec(text);
  if (!match) return { ok: false, message: 'must be a percentage such as 99.9%' };
  const decimals = (match[2] ?? '').replace(/0+$/, '');
  if (decimals.length > 4) return { ok: false, message: 'must have at most four decimal places' };
  const value = Number(`${match[1]}${decimals.padEnd(4, '0')}`);
  return value > 1_000_000 ? { ok: false, message: 'must be at most 100%' } : { ok: true, value };
}

/** A percentage of whole parts per million, exactly: 999000 is `99.9%`. */
export function renderPercent(ppm: number): string {
  const decimals = String(ppm % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return `${Math.floor(ppm / 10_000)}${decimals === '' ? '' : `.${decimals}`}%`;
}

/** Minutes after midnight of a wall-clock time of 24 hours: `02:00` is 120. */
export function parseTime(text: string): Read<number> {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (!match) return { ok: false, message: 'must be a time of day such as 02:00' };
  return { ok: true, value: Number(match[1]) * 60 + Number(match[2]) };
}

/** An IANA name that this Node knows. Offsets such as +02:00 are refused: they do not follow summer time. */
export function parseTimeZone(text: string): Read<string> {
  if (/^[A-Za-z][\w+-]*(\/[\w+-]+){0,2}$/.test(text) && text.length <= 64 && isKnownZone(text)) {
    return { ok: true, value: text };
  }
  return { ok: false, message: 'must be a time zone such as Europe/Amsterdam or UTC' };
}

function isKnownZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false; // a RangeError is how Intl says that it has no such zone
  }
}

const unitSeconds = { s: 1, m: 60, h: 3_600 } as const;

/** Requests a second of `200/s`, `0.5/s`, `30/m` or `100/h`; 0 and up. */
export function parseRate(text: string): Read<number> {
  const match = /^(\d{1,9}(?:\.\d{1,20})?)\/(s|m|h)$/.exec(text);
  const unit = match?.[2] as keyof typeof unitSeconds | undefined;
  if (!match || !unit)
    return { ok: false, message: 'must be a number of requests by time, such as 200/s, 30/m or 100/h' };
  return { ok: true, value: Number(match[1]) / unitSeconds[unit] };
}

/** A rate, per second, in the first unit in which it is short: 0.5 is `0.5/s`, 100 an hour `100/h`. `parseRate` reads it back. */
export function renderRate(perSecond: number): string {
  const texts = Object.entries(unitSeconds).map(([unit, size]) => `${tidy(perSecond * size)}/${unit}`);
  const isShort = (text: string) => /^\d+(\.\d{1,3})?\//.test(text);
  return texts.find(isShort) ?? texts[0] ?? '';
}

/** Without what binary fractions add, and without an exponent. */
const tidy = (value: number): string => value.toFixed(9).replace(/\.?0+$/, '');

/** `429`, `500-599` or `5xx`: from 100 to 599, the lower status first. */
export function parseStatusRange(text: string): Read<StatusRange> {
  const [, digit] = /^([1-5])xx$/i.exec(text) ?? [];
  const [, first, last = first] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
  const from = digit === undefined ? Number(first) : Number(digit) * 100;
  const to = digit === undefined ? Number(last) : from + 99;
  if (from <= to) return { ok: true, value: { from, to } };
  return { ok: false, message: 'must be a status or a range of them, such as 429, 500-599 or 5xx' };
}
