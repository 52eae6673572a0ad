import type { BurnRule, Maintenance, Monitor, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { evaluateBurn, readBurnRule, resolveDelayOf } from './burn.ts';
import { expectedEvents } from './expected.ts';
import { judgedBetween, monitorsOf } from './indicator.ts';

const minuteMs = 60_000;

/**
 * The first evaluation, `now` or a whole minute after it, at which a firing rule resolves if nothing more fails and probes
 * go on: it has to be clear for its resolve delay without a break, counted from `clearSince` where it is clear already. After
 * an outage that is the short window plus the resolve delay after the last bad event: 10 minutes for 1h/5m, 60 minutes
 * for 6h/30m.
 */
export function earliestResolution(
  slo: Slo,
  rule: BurnRule,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  now: number,
  clearSince?: number,
): number {
  const mine = monitorsOf(slo, monitors);
  const delayMs = resolveDelayOf(rule);
  const isClearNow = evaluateBurn(slo, rule, mine, maintenance, history, now).condition === 'clear';
  let since = isClearNow ? (clearSince ?? now) : undefined;
  // Once the short window holds no bad event it stays clear, so this ends.
  for (let at = now; ; ) {
    if (since !== undefined && at - since >= delayMs) return at;
    at = (Math.floor(at / minuteMs) + 1) * minuteMs;
    since = staysClear(slo, rule, mine, maintenance, history, at) ? (since ?? at) : undefined;
  }
}

/** Whether the rule is clear at a later instant; what is not in the history yet is taken as good. */
function staysClear(
  slo: Slo,
  rule: BurnRule,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  history: History,
  at: number,
): boolean {
  const shortBad = judgedBetween(monitors, history, at - rule.shortMs, at).bad;
  if (shortBad === 0) return true;
  const shortExpected = expectedEvents(monitors, maintenance, at - rule.shortMs, at);
  const longBad = judgedBetween(monitors, history, at - rule.longMs, at).bad;
  const longExpected = expectedEvents(monitors, maintenance, at - rule.longMs, at);
  const counts = { longBad, longExpected, shortBad, shortExpected, shortJudged: 1 };
  return readBurnRule(slo, rule, counts).condition === 'clear';
}
