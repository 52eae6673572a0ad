/**
 * Spans in a log-linear histogram: exact microseconds up to 511 µs, then 256 buckets for each doubling, up to 71 minutes
 * (2³² µs). A quantile is wrong by at most 0.2 % (half a bucket); count, sum and maximum are exact. Adding one up costs
 * nothing beside a request. The layout is that of HdrHistogram (https://hdrhistogram.org), base 2.
 */
export class Histogram {
  /** Records a span in ms. What is below 0 counts as 0, what is beyond the range as its end. */
  record(_ms: number): void {
    throw new Error('not written');
  }
}
