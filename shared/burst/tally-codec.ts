import { newerFormat } from '../config/format.ts';
import { BurnwatchError } from '../config/model.ts';
import { Histogram } from '../stats/histogram.ts';
import type { Second, Tally } from './model.ts';
import { burstErrorTypes } from './tally.ts';

const version = 1;
/** Twice what a run may take, so that runs in a chain fit, too. */
const mostSeconds = 3_600;
/** The encoded form of a histogram is at most 20 kB. */
const longestHistogram = 40_000;
const longestSentence = 1_000;

/** A tally as it is kept: it survives JSON. A second is `[requests, failures, p50, p99, max, intended]`. */
export type EncodedTally = Pick<
  Tally,
  'requests' | 'failures' | 'dropped' | 'statusCodes' | 'errors' | 'startedAt' | 'durationMs' | 'aborted'
> & {
  readonly version: typeof version;
  /** Histograms as base64 of their bytes. */
  readonly latency: string;
  readonly serviceTime: string;
  readonly startLag: string;
  readonly seconds: readonly (readonly number[])[];
};

export function encodeTally(tally: Tally): EncodedTally {
  const { latency, serviceTime, startLag, seconds, ...rest } = tally;
  return {
    version,
    ...rest,
    latency: encodeHistogram(latency),
    serviceTime: encodeHistogram(serviceTime),
    startLag: encodeHistogram(startLag),
    seconds: seconds.map((each) => [each.requests, each.failures, each.p50Ms, each.p99Ms, each.maxMs, each.intended]),
  };
}

/**
 * Reads what `encodeTally` made, after JSON. Throws BURN_FORMAT_NEWER for a version that is yet to come, BURN_TALLY_CORRUPT for what no run can have counted:
 * numbers that are none, counts that do not add up, histograms that hold more or fewer requests than there were.
 */
export function decodeTally(encoded: unknown): Tally {
  if (!isRecord(encoded)) throw corrupt('it is no object');
  const found = encoded['version'];
  if (typeof found === 'number' && found > version) throw newerFormat('a tally', found, version);
  if (found !== version) throw corrupt(`its version is not ${version}`);
  const { aborted } = encoded;
  if (aborted !== undefined && !(typeof aborted === 'string' && aborted.length <= longestSentence))
    throw corrupt('its reason to end early is no short text');
  const tally = {
    requests: countOf(encoded, 'requests'),
    failures: countOf(encoded, 'failures'),
    dropped: countOf(encoded, 'dropped'),
    latency: histogramOf(encoded, 'latency'),
    serviceTime: histogramOf(encoded, 'serviceTime'),
    startLag: histogramOf(encoded, 'startLag'),
    statusCodes: countsOf(encoded, 'statusCodes', (key) => /^[1-9]\d\d$/.test(key)),
    errors: countsOf(encoded, 'errors', (key) => burstErrorTypes.some((type) => type === key)),
    startedAt: numberOf(encoded, 'startedAt'),
    durationMs: numberOf(encoded, 'durationMs'),
    seconds: secondsOf(encoded),
    ...(aborted === undefined ? {} : { aborted }),
  };
  requirePossible(tally);
  return tally;
}

function requirePossible({ requests, failures, dropped, latency, serviceTime, startLag, ...rest }: Tally): void {
  const errors = total(rest.errors);
  if (failures > requests) throw corrupt('it has more failures than requests');
  if (errors > failures) throw corrupt('it has more errors than failures');
  if (errors + total(rest.statusCodes) > requests) throw corrupt('it has more answers than requests');
  if (latency.count !== requests || serviceTime.count !== requests)
    throw corrupt('its histograms do not hold its requests');
  if (startLag.count < requests || startLag.count > requests + dropped)
    throw corrupt('its start lag does not hold its starts');
}

type Fields = Readonly<Record<string, unknown>>;

function countOf(encoded: Fields, key: string): number {
  const value = numberOf(encoded, key);
  if (!Number.isSafeInteger(value)) throw corrupt(`its ${key} is no whole number`);
  return value;
}

function numberOf(encoded: Fields, key: string): number {
  const value = encoded[key];
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw corrupt(`its ${key} is no number from 0 on`);
  return value;
}

function countsOf(encoded: Fields, key: string, isKnown: (key: string) => boolean): Readonly<Record<string, number>> {
  const counts = encoded[key];
  if (!isRecord(counts)) throw corrupt(`its ${key} are no counts`);
  const keys = Object.keys(counts);
  if (!keys.every(isKnown)) throw corrupt(`its ${key} count what there is not`);
  return Object.fromEntries(keys.map((each) => [each, countOf(counts, each)]));
}

function histogramOf(encoded: Fields, key: string): Histogram {
  const text = encoded[key];
  const isBase64 = typeof text === 'string' && text.length <= longestHistogram && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  if (!isBase64) throw corrupt(`its ${key} is no base64`);
  try {
    return Histogram.decode(Buffer.from(text, 'base64'));
  } catch (cause) {
    throw corrupt(`its ${key} is no histogram`, { cause });
  }
}

function secondsOf({ seconds }: Fields): readonly Second[] {
  if (!Array.isArray(seconds) || seconds.length > mostSeconds) throw corrupt('its seconds are no list, or too long');
  return seconds.map(secondOf);
}

function secondOf(second: unknown): Second {
  const values: readonly unknown[] = Array.isArray(second) ? second : [];
  const isNumbers = values.length === 6 && values.every((value) => Number.isFinite(value) && (value as number) >= 0);
  if (!isNumbers) throw corrupt('a second of it is not six numbers');
  const [requests = 0, failures = 0, p50Ms = 0, p99Ms = 0, maxMs = 0, intended = 0] = values as readonly number[];
  if (![requests, failures, intended].every(Number.isSafeInteger)) throw corrupt('a second of it counts in parts');
  return { requests, failures, p50Ms, p99Ms, maxMs, intended };
}

const encodeHistogram = (histogram: Histogram): string => Buffer.from(histogram.encode()).toString('base64');
const total = (counts: Readonly<Record<string, number | undefined>>): number =>
  Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), 0);
const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function corrupt(why: string, options?: ErrorOptions): BurnwatchError {
  return new BurnwatchError('BURN_TALLY_CORRUPT', `what was kept of a burst cannot be read: ${why}`, options);
}
