import type { Stage } from '../config/model.ts';
import type { Schedule } from './model.ts';

/** A stage with what lies before it. Rates per ms; starts as real numbers, whole where they are within 10⁻⁷ of it. */
type Span = {
  readonly fromMs: number;
  readonly durationMs: number;
  readonly fromRate: number;
  readonly toRate: number;
  readonly startsBefore: number;
  readonly startsAtEnd: number;
};

/**
 * The intended starts of an open run. Start `k` is due where the integral of the rate reaches `k`: the first one at once, a
 * held rate `r` at `k / r`, a ramp at the root of its parabola. `startMs` never decreases, and is computed from `k` alone: it
 * is right to less than a µs after 10⁶ starts, too. A start that is due exactly when a stage ends belongs to the next one,
 * and to none after the last: 200/s for 10 s are 2,000 starts. Without stages, or with rates of 0, there is none.
 */
export function createSchedule(stages: readonly Stage[]): Schedule {
  const spans = spansOf(stages);
  const last = spans.at(-1);
  const durationMs = last === undefined ? 0 : last.fromMs + last.durationMs;
  const total = Math.ceil(last?.startsAtEnd ?? 0);
  return {
    total,
    durationMs,
    startMs: (k) => {
      const span = spanOfStart(spans, k);
      return span === undefined ? durationMs : startIn(span, k);
    },
    ratePerSecond: (atMs) => {
      const span = spans.findLast((each) => each.durationMs > 0 && each.fromMs <= atMs);
      return span === undefined || atMs > durationMs ? 0 : rateIn(span, atMs) * 1_000;
    },
  };
}

/**
 * What one of `count` invocations sends of a schedule (`index` from 0 to `count` − 1): its start `k` is start `k · count + index`
 * of the whole, so that every start belongs to exactly one of them and all of them keep the rate together.
 */
export function shardOf(schedule: Schedule, index: number, count: number): Schedule {
  return {
    total: Math.max(0, Math.ceil((schedule.total - index) / count)),
    durationMs: schedule.durationMs,
    startMs: (k) => schedule.startMs(k * count + index),
    ratePerSecond: (atMs) => schedule.ratePerSecond(atMs) / count,
  };
}

function spansOf(stages: readonly Stage[]): readonly Span[] {
  let fromMs = 0;
  let startsBefore = 0;
  return stages.map(({ fromPerSecond, toPerSecond, durationMs }) => {
    const fromRate = fromPerSecond / 1_000;
    const toRate = toPerSecond / 1_000;
    const startsAtEnd = settle(startsBefore + ((fromPerSecond + toPerSecond) * durationMs) / 2_000);
    const span = { fromMs, durationMs, fromRate, toRate, startsBefore, startsAtEnd };
    fromMs += durationMs;
    startsBefore = startsAtEnd;
    return span;
  });
}

/** 100/h is no binary fraction: what is a whole number but for rounding is taken as one, before a start is lost or gained. */
function settle(starts: number): number {
  const whole = Math.round(starts);
  return Math.abs(starts - whole) < 1e-7 ? whole : starts;
}

/** The first stage that ends after start `k`; nothing past the last. */
function spanOfStart(spans: readonly Span[], k: number): Span | undefined {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).startsAtEnd > k) high = middle;
    else low = middle + 1;
  }
  return spans[low];
}

/**
 * The root of from·t + (to − from)·t²/2T = n, as 2n ÷ (from + rate at t): nothing cancels out, whichever of the rates is 0. The
 * rate at t is taken from the lower end of the ramp, for the same reason.
 */
function startIn({ fromMs, durationMs, fromRate, toRate, startsBefore, startsAtEnd }: Span, k: number): number {
  const before = k - startsBefore;
  if (before <= 0) return fromMs;
  const slope = (toRate - fromRate) / durationMs;
  const squared = slope < 0 ? toRate ** 2 - 2 * slope * (startsAtEnd - k) : fromRate ** 2 + 2 * slope * before;
  return fromMs + Math.min(durationMs, (2 * before) / (fromRate + Math.sqrt(squared)));
}

const rateIn = ({ fromMs, durationMs, fromRate, toRate }: Span, atMs: number): number =>
  fromRate + ((toRate - fromRate) * (atMs - fromMs)) / durationMs;
