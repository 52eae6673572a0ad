import { longestTimeoutMs, minute } from './limits.ts';
import { parseDuration, parsePercent } from './units.ts';
import { readSpan, type Value } from './values.ts';

/** What makes a probe good: that it passed, or that it did so in less than a time. */
export type Good = { readonly belowMs?: number };

/** `passed`, or `latency < 300ms`. */
export function readGood(text: string): Value<Good> {
  if (text.trim() === 'passed') return { ok: true, value: {} };
  const [, span] = /^\s*latency\s*<\s*(\S+)\s*$/.exec(text) ?? [];
  if (span === undefined) return refuse('must be passed, or a latency such as latency < 300ms');
  const read = readSpan(span, 1, longestTimeoutMs);
  return read.ok
    ? { ok: true, value: { belowMs: read.value } }
    : refuse(`must be a latency whose limit ${wordsOf(read)}`);
}

const wordsOf = ({ message }: { readonly message: string }): string => message.replace(/^must be/, 'is');

/** Slices that an hour holds a whole number of times, so that every one of them lies in one hour. */
const sliceMinutes = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60];

export function readSlice(text: string): Value<number> {
  const read = parseDuration(text);
  if (read.ok && sliceMinutes.includes(read.value / minute)) return read;
  return refuse(`must be whole minutes that divide the hour: ${sliceMinutes.map((each) => `${each}m`).join(', ')}`);
}

/** The part of a slice that must be good, in parts per million: above zero, all of it allowed. */
export function readSliceTarget(text: string): Value<number> {
  const read = parsePercent(text);
  if (!read.ok) return { ok: false, code: 'PERCENT', message: read.message };
  return read.value > 0 ? read : { ok: false, code: 'PERCENT', message: 'must be above 0%' };
}

function refuse(message: string): Value<never> {
  return { ok: false, code: 'SLO', message };
}
