import type { BurnRule, Slo } from '../config/model.ts';
import type { Events } from './events.ts';
import { windowStart } from './indicator.ts';
import type { BurnReading } from './model.ts';

/** What a rule is held against: counts of the windows that end now. Bad is `failed`; degraded is good. */
export type BurnCounts = {
  readonly longBad: number;
  readonly longExpected: number;
  readonly shortBad: number;
  readonly shortExpected: number;
  /** Good and bad events of the short window, lengthened to three intervals. */
  readonly shortJudged: number;
  /** Expected events of that lengthened window; without it, `shortExpected`. */
  readonly judgeableExpected?: number;
};

const whole = 1_000_000n;
const fiveMinutesMs = 300_000;

/** Burn rule met at which pace: budget share × SLO window ÷ long window (SRE Workbook, chapter 5). */
export function thresholdOf(slo: Slo, rule: BurnRule): number {
  return (rule.budgetPpm * slo.windowMs) / (1_000_000 * rule.longMs);
}

/** Error ratio ÷ (1 − objective); 0 where nothing was expected, since there is no ratio then. */
export function burnRateOf(slo: Slo, bad: number, expected: number): number {
  return expected === 0 ? 0 : (bad * 1_000_000) / (expected * (1_000_000 - slo.objectivePpm));
}

/** How long a firing alert of a rule must stay clear before it resolves. */
export function resolveDelayOf(rule: BurnRule): number {
  return Math.max(fiveMinutesMs, rule.shortMs);
}

/**
 * Holds one rule against counts. `met`: both windows burn faster than the threshold and the long one holds at least
 * `minBadEvents` bad events; `clear`: either window is below 0.9 × the threshold; `holding` in between; `unknown`: nothing
 * was judged though something was expected. Decided by integers, so that a ratio right at the threshold never depends on
 * rounding; https://sre.google/workbook/alerting-on-slos/.
 */
export function readBurnRule(slo: Slo, rule: BurnRule, counts: BurnCounts): BurnReading {
  return {
    sloId: slo.id,
    ruleId: rule.id,
    severity: rule.severity,
    longMs: rule.longMs,
    shortMs: rule.shortMs,
    longBad: counts.longBad,
    longExpected: counts.longExpected,
    shortBad: counts.shortBad,
    shortExpected: counts.shortExpected,
    condition: conditionOf(slo, rule, counts),
    threshold: thresholdOf(slo, rule),
    longBurnRate: burnRateOf(slo, counts.longBad, counts.longExpected),
    shortBurnRate: burnRateOf(slo, counts.shortBad, counts.shortExpected),
    resolveDelayMs: resolveDelayOf(rule),
  };
}

/** Holds one rule against an SLO's events at `now`: windows are (now − length, now] in whole minutes. */
export function evaluateBurn(slo: Slo, rule: BurnRule, events: Events, now: number): BurnReading {
  const bad = (windowMs: number) => events.between(windowStart(windowMs, now), now).bad;
  const expected = (windowMs: number) => events.expected(windowStart(windowMs, now), now);
  const judgeableMs = Math.max(rule.shortMs, 3 * events.intervalMs);
  const judged = events.between(now - judgeableMs, now);
  return readBurnRule(slo, rule, {
    longBad: bad(rule.longMs),
    longExpected: expected(rule.longMs),
    shortBad: bad(rule.shortMs),
    shortExpected: expected(rule.shortMs),
    shortJudged: judged.good + judged.bad,
    judgeableExpected: expected(judgeableMs),
  });
}

function conditionOf(slo: Slo, rule: BurnRule, counts: BurnCounts): BurnReading['condition'] {
  const { longBad, longExpected, shortBad, shortExpected, shortJudged, judgeableExpected = shortExpected } = counts;
  if (shortJudged === 0 && judgeableExpected > 0) return 'unknown';
  const long = comparePace(slo, rule, longBad, longExpected);
  const short = comparePace(slo, rule, shortBad, shortExpected);
  if (long === 'below' || short === 'below') return 'clear';
  const isFast = long === 'above' && short === 'above';
  return isFast && longBad >= rule.minBadEvents ? 'met' : 'holding';
}

/**
 * Where bad ÷ expected ÷ (1 − objective) lies: above the threshold budget × window ÷ long, below 0.9 × that, or between; by
 * integers, multiplied across. With nothing expected there is no ratio, and it is below.
 */
export function comparePace(slo: Slo, rule: BurnRule, bad: number, expected: number): 'above' | 'between' | 'below' {
  if (expected === 0) return 'below';
  const pace = BigInt(bad) * whole * whole * BigInt(rule.longMs);
  const threshold =
    BigInt(rule.budgetPpm) * BigInt(slo.windowMs) * BigInt(expected) * BigInt(1_000_000 - slo.objectivePpm);
  if (pace > threshold) return 'above';
  return pace * 10n < threshold * 9n ? 'below' : 'between';
}
