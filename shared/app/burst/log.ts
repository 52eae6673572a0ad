import type { BurstSummary, Progress } from '../../burst/model.ts';

/** Writes one line. Attributes are flat, and hold neither secrets nor bodies. */
export type BurstLog = (
  level: 'info' | 'warn',
  message: string,
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

const key = 'burnwatch.burst';

/** How a run stands, as a log line holds it, once a second. Rates are of the newest whole second. */
export function progressAttributes(burst: string, shard: number | undefined, progress: Progress) {
  const { elapsedMs, scheduled, requests, failures, underWay, waiting, lastSecond, ratePerSecond } = progress;
  return {
    ...identity(burst, shard),
    [`${key}.elapsed_ms`]: Math.round(elapsedMs),
    [`${key}.scheduled`]: scheduled,
    [`${key}.requests`]: requests,
    [`${key}.failures`]: failures,
    [`${key}.under_way`]: underWay,
    [`${key}.waiting`]: waiting,
    [`${key}.per_second`]: lastSecond.requests,
    [`${key}.p50_ms`]: tidy(lastSecond.p50Ms),
    [`${key}.p99_ms`]: tidy(lastSecond.p99Ms),
    [`${key}.rate_per_second`]: ratePerSecond === undefined ? undefined : tidy(ratePerSecond),
  };
}

/** What came of a run, or of one part of it. */
export function summaryAttributes(summary: BurstSummary, shard?: number) {
  const { burst, requests, failures, dropped, latencyMs, aborted, thresholds, generatorSaturated } = summary;
  return {
    ...identity(burst, shard),
    [`${key}.requests`]: requests,
    [`${key}.failures`]: failures,
    [`${key}.dropped`]: dropped,
    [`${key}.p50_ms`]: tidy(latencyMs.p50),
    [`${key}.p99_ms`]: tidy(latencyMs.p99),
    [`${key}.unmet`]: thresholds.filter(({ passed }) => !passed).length,
    [`${key}.aborted`]: aborted,
    [`${key}.generator_saturated`]: generatorSaturated,
  };
}

/** Which run a line speaks of, and which part of it. */
export function identity(burst: string, shard: number | undefined) {
  return { [key]: burst, [`${key}.shard`]: shard };
}

const tidy = (value: number): number => Math.round(value * 1_000) / 1_000;
