/** A span of time to be read from CloudWatch, and the length of the periods that it is read in; epoch ms, from inclusive, to exclusive. */
export type MetricSpan = { readonly fromAt: number; readonly toAt: number; readonly periodMs: number };

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;

/**
 * For how long CloudWatch keeps points of a minute and of five minutes; older ones are only there by the hour. A shorter period than
 * is kept is answered by nothing at all, without an error, so some of the time is left unused.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
const kept = [
  { periodMs: minuteMs, forMs: 15 * dayMs - 2 * hourMs },
  { periodMs: 5 * minuteMs, forMs: 63 * dayMs - dayMs },
  { periodMs: hourMs, forMs: 455 * dayMs - dayMs },
] as const;

/**
 * How hours are read (their starts, in any order): in as few spans as possible, those from `minutesFromAt` on in the shortest
 * periods that CloudWatch still has of them, older ones by the hour. What it has forgotten is in none.
 */
export function planHours(hours: readonly number[], minutesFromAt: number, now: number): readonly MetricSpan[] {
  const spans: { fromAt: number; toAt: number; periodMs: number }[] = [];
  for (const hourAt of hours.toSorted((a, b) => a - b)) {
    const periodMs = periodOf(hourAt, hourAt >= minutesFromAt, now);
    const last = spans.at(-1);
    if (periodMs === undefined) continue;
    if (last?.toAt === hourAt && last.periodMs === periodMs) last.toAt += hourMs;
    else spans.push({ fromAt: hourAt, toAt: hourAt + hourMs, periodMs });
  }
  return spans;
}

/** The shortest period of which CloudWatch still has an hour, or an hour where nobody needs its minutes; undefined where it has none. */
function periodOf(hourAt: number, isFine: boolean, now: number): number | undefined {
  const age = now - hourAt;
  const periods = kept.filter(({ forMs }) => age <= forMs).map(({ periodMs }) => periodMs);
  return isFine ? periods[0] : periods.at(-1);
}
