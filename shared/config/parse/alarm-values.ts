import { parseDuration, parsePercent } from './units.ts';
import type { Value } from './values.ts';

/** A limit as it was typed: a number, a share of one (0..1), or milliseconds. */
export type TypedLimit = { readonly of: 'number' | 'share' | 'span'; readonly value: number };

/** A number, or a text with a unit. What it is measured against decides whether that unit fits. */
export function readLimit(raw: unknown): Value<TypedLimit> {
  if (typeof raw === 'number' && Number.isFinite(raw)) return { ok: true, value: { of: 'number', value: raw } };
  if (typeof raw !== 'string') return refused;
  if (raw.trim().endsWith('%')) {
    const read = parsePercent(raw);
    return read.ok ? { ok: true, value: { of: 'share', value: read.value / 1e6 } } : { ...read, code: 'PERCENT' };
  }
  const read = parseDuration(raw);
  return read.ok ? { ok: true, value: { of: 'span', value: read.value } } : refused;
}

const refused: Value<never> = {
  ok: false,
  code: 'ALARM_LIMIT',
  message: 'must be a number, a percentage such as 5%, or a duration such as 300ms',
};

const statistics: Readonly<Record<string, string>> = {
  sum: 'Sum',
  average: 'Average',
  minimum: 'Minimum',
  maximum: 'Maximum',
  sampleCount: 'SampleCount',
};

/** A statistic by the name that CloudWatch has for it. */
export function readStat(raw: unknown): Value<string> {
  const word = typeof raw === 'string' ? raw : '';
  if (Object.hasOwn(statistics, word)) return { ok: true, value: statistics[word] ?? '' };
  if (/^p([1-9]\d?)(\.\d{1,2})?$/.test(word)) return { ok: true, value: word };
  const message = 'must be sum, average, minimum, maximum, sampleCount, or a percentile such as p99';
  return { ok: false, code: 'ALARM', message };
}
