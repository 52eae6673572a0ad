import { BurnwatchError } from '../config/model.ts';
import { bucketCount, highestUs, lowestUs } from './buckets.ts';

/** All that a histogram knows: how many spans each bucket holds, their exact sum and their maximum. */
export type HistogramState = { readonly counts: Float64Array; readonly sumUs: number; readonly maxUs: number };

const version = 1;

/**
 * A version byte, then unsigned LEB128 numbers (https://en.wikipedia.org/wiki/LEB128): maximum, sum, and for each bucket that
 * holds anything how many empty ones lie before it and its count.
 */
export function encodeHistogram({ counts, sumUs, maxUs }: HistogramState): Uint8Array {
  const bytes = [version];
  writeVarint(bytes, maxUs);
  writeVarint(bytes, sumUs);
  let next = 0;
  for (const [bucket, count] of counts.entries()) {
    if (count === 0) continue;
    writeVarint(bytes, bucket - next);
    writeVarint(bytes, count);
    next = bucket + 1;
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads what encodeHistogram wrote. Throws BURN_HISTOGRAM_CORRUPT for another version, for bytes that end in a number, and for
 * numbers that no histogram has: a bucket beyond the range or without a span, a maximum or a sum that its spans cannot have.
 */
export function decodeHistogram(bytes: Uint8Array): HistogramState {
  if (bytes[0] !== version) throw corrupt(`begins with ${bytes[0] ?? 'nothing'}, not with version ${version}`);
  const reader = readVarints(bytes, 1);
  const [maxUs, sumUs] = [reader.next(), reader.next()];
  const counts = new Float64Array(bucketCount);
  let next = 0;
  while (reader.hasMore()) {
    const bucket = next + reader.next();
    if (bucket >= bucketCount) throw corrupt(`has a bucket ${bucket}, and there are ${bucketCount}`);
    counts[bucket] = reader.next();
    if (counts[bucket] === 0) throw corrupt(`has a bucket ${bucket} without a span`);
    next = bucket + 1;
  }
  requirePossible({ counts, sumUs, maxUs }, next - 1);
  return { counts, sumUs, maxUs };
}

/** `last` is the highest bucket that holds anything, −1 where none does. */
function requirePossible({ counts, sumUs, maxUs }: HistogramState, last: number): void {
  const isMaximumThere = last === -1 ? maxUs === 0 : lowestUs(last) <= maxUs && maxUs <= highestUs(last);
  if (!isMaximumThere) throw corrupt(`has a maximum of ${maxUs} µs, which is not in its last bucket`);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > Number.MAX_SAFE_INTEGER) throw corrupt(`has ${total} spans, more than 2⁵³`);
  const least = counts.reduce((sum, count, bucket) => sum + count * lowestUs(bucket), 0);
  const most = counts.reduce((sum, count, bucket) => sum + count * highestUs(bucket), 0);
  if (sumUs < least || sumUs > most) throw corrupt(`has a sum of ${sumUs} µs, and its spans make ${least} to ${most}`);
}

function writeVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  bytes.push(rest);
}

function readVarints(bytes: Uint8Array, from: number): { hasMore(): boolean; next(): number } {
  let at = from;
  return {
    hasMore: () => at < bytes.length,
    next: () => {
      let [value, scale, byte] = [0, 1, 0x80];
      for (; byte >= 0x80; scale *= 0x80, at += 1) {
        if (at >= bytes.length) throw corrupt(`ends after ${bytes.length} bytes, in the middle of a number`);
        if (scale > 2 ** 49) throw corrupt('holds a number of more than eight bytes');
        byte = bytes[at] ?? 0;
        value += (byte & 0x7f) * scale;
      }
      if (byte === 0 && scale > 0x80) throw corrupt('holds a number with bytes that add nothing to it');
      if (value > Number.MAX_SAFE_INTEGER) throw corrupt('holds a number above 2⁵³');
      return value;
    },
  };
}

const corrupt = (what: string): BurnwatchError =>
  new BurnwatchError('BURN_HISTOGRAM_CORRUPT', `an encoded histogram ${what}`);
