import { bucketCount, bucketOf, longestUs, middleUs } from './buckets.ts';
import { decodeHistogram, encodeHistogram } from './histogram-codec.ts';

/** How often a span occurred, as far as buckets tell spans apart. */
export type Bucket = { readonly valueMs: number; readonly count: number };

/**
 * Spans in a log-linear histogram, in whole µs: exact up to 511 µs, then 256 buckets for each doubling, up to 71 minutes
 * (2³² µs). A quantile is wrong by at most half a bucket, 0.2 %; count, sum and maximum are exact to the µs of each span, and
 * depend on no order. Adding one up costs a few ns: nothing beside a request. A histogram holds at most 2⁵³ µs in all, 285
 * years. The layout is that of HdrHistogram (https://hdrhistogram.github.io/HdrHistogram/), base 2.
 */
export class Histogram {
  readonly #counts = new Float64Array(bucketCount);
  #count = 0;
  #sumUs = 0;
  #maxUs = 0;

  /**
   * Records a span in ms, rounded to µs. What is below 0 counts as 0; what is beyond the range as its end, and so does what is
   * no number, where it is seen.
   */
  record(ms: number): void {
    const us = wholeUs(ms);
    const bucket = bucketOf(us);
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#count += 1;
    this.#sumUs += us;
    if (us > this.#maxUs) this.#maxUs = us;
  }

  /** Adds what another recorded, as if it had been recorded here. The other stays as it is. */
  merge(other: Histogram): void {
    const [counts, others] = [this.#counts, other.#counts];
    for (let bucket = 0; bucket < bucketCount; bucket += 1)
      counts[bucket] = (counts[bucket] ?? 0) + (others[bucket] ?? 0);
    this.#count += other.#count;
    this.#sumUs += other.#sumUs;
    this.#maxUs = Math.max(this.#maxUs, other.#maxUs);
  }

  /** Forgets everything, and keeps its memory for what comes. */
  reset(): void {
    this.#counts.fill(0);
    this.#count = 0;
    this.#sumUs = 0;
    this.#maxUs = 0;
  }

  /** How many spans were recorded. */
  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumUs / 1_000;
  }

  /** The longest span, 0 where there is none. */
  get maxMs(): number {
    return this.#maxUs / 1_000;
  }

  /** The mean span, 0 where there is none. */
  get meanMs(): number {
    return this.#count === 0 ? 0 : this.sumMs / this.#count;
  }

  /**
   * The span in ms that a share `q` (0 to 1) of all spans does not exceed: that of rank ⌈q · count⌉ from below, the shortest
   * for 0, the longest, exactly, for 1. Wrong by at most 0.2 %, never above the longest; 0 where there is none.
   */
  quantile(q: number): number {
    const rank = Math.max(1, Math.ceil(q * this.#count));
    if (rank >= this.#count) return this.maxMs;
    let seen = 0;
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      seen += this.#counts[bucket] ?? 0;
      if (seen >= rank) return this.#valueMs(bucket);
    }
    return this.maxMs;
  }

  /** What was recorded, from short to long, without what never occurred; a value is its bucket's middle, at most 0.2 % off. */
  buckets(): readonly Bucket[] {
    const found: Bucket[] = [];
    for (let bucket = 0; bucket < bucketCount; bucket += 1) {
      const count = this.#counts[bucket] ?? 0;
      if (count > 0) found.push({ valueMs: this.#valueMs(bucket), count });
    }
    return found;
  }

  /** The middle of a bucket, but never above the longest span. */
  #valueMs(bucket: number): number {
    const us = middleUs(bucket);
    return (us < this.#maxUs ? us : this.#maxUs) / 1_000;
  }

  /** A compact form: about three bytes for each bucket in use, 20 kB at most. */
  encode(): Uint8Array {
    return encodeHistogram({ counts: this.#counts, sumUs: this.#sumUs, maxUs: this.#maxUs });
  }

  /** Reads what `encode` wrote; throws BURN_HISTOGRAM_CORRUPT for anything that it cannot have written. */
  static decode(bytes: Uint8Array): Histogram {
    const { counts, sumUs, maxUs } = decodeHistogram(bytes);
    const histogram = new Histogram();
    histogram.#counts.set(counts);
    histogram.#count = counts.reduce((sum, count) => sum + count, 0);
    histogram.#sumUs = sumUs;
    histogram.#maxUs = maxUs;
    return histogram;
  }
}

/** Shifted by nothing, a number loses its fraction: a third of what Math.round takes, and an integer for what follows. */
function wholeUs(ms: number): number {
  const us = ms * 1_000 + 0.5;
  if (us < longestUs) return us > 0 ? us >>> 0 : 0;
  return longestUs;
}
