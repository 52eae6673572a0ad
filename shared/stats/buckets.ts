/** Buckets up to the end of the range: 512 of one µs each, then 256 for each of the 23 doublings from there to 2³² µs. */
export const bucketCount = 512 + 23 * 256;

/** The longest span that is told apart, µs: nearly 72 minutes. */
export const longestUs = 2 ** 32 - 1;

/**
 * The bucket of a span in whole µs, 0 to 2³² − 1: below 512 the span itself, above it its nine highest bits, each doubling's
 * 256 after those of the one before. (HdrHistogram's layout, base 2: https://hdrhistogram.github.io/HdrHistogram/.)
 */
export function bucketOf(us: number): number {
  const shift = us < 512 ? 0 : 23 - Math.clz32(us);
  return shift * 256 + (us >>> shift);
}

/** The shortest span of a bucket, whole µs. */
export function lowestUs(bucket: number): number {
  const shift = shiftOf(bucket);
  return (bucket - shift * 256) * 2 ** shift;
}

/** The longest span of a bucket, whole µs. */
export function highestUs(bucket: number): number {
  return lowestUs(bucket) + 2 ** shiftOf(bucket) - 1;
}

/** What stands for all spans of a bucket, µs: its middle, at most 1/512 from any of them. */
export function middleUs(bucket: number): number {
  const shift = shiftOf(bucket);
  return (bucket - shift * 256 + 0.5) * 2 ** shift - 0.5;
}

const shiftOf = (bucket: number): number => (bucket < 512 ? 0 : (bucket >>> 8) - 1);
