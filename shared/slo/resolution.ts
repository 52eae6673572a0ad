import type { BurnRule, Maintenance, Monitor, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { evaluateBurn, readBurnRule, resolveDelayOf } from './burn.ts';
import { expectedEvents } from './expected.ts';
import { judgedBetween, monitorsOf, windowStart } from './indicator.ts';

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
  const reading = evaluateBurn(slo, rule, mine, maintenance, history, now);
  let { longBad, shortBad } = reading;
  let since = reading.condition === 'clear' ? (clearSince ?? now) : undefined;
  // A short window later nothing of now is in it any more: it is clear and stays so, and this ends.
  for (let at = now; ; ) {
    if (since !== undefined && at - since >= delayMs) return at;
    const next = (Math.floor(at / minuteMs) + 1) * minuteMs;
    longBad -= judgedBetween(mine, history, at - rule.longMs, next - rule.longMs).bad;
    shortBad -= judgedBetween(mine, history, at - rule.shortMs, next - rule.shortMs).bad;
    const isOver = next - rule.shortMs >= now || staysClear(slo, rule, mine, maintenance, { longBad, shortBad }, next);
    since = isOver ? (since ?? next) : undefined;
    at = next;
  }
}

/** Whether the rule is clear at a later instant with the bad events that its windows still hold; what comes is good. */
function staysClear(
  slo: Slo,
  rule: BurnRule,
  monitors: readonly Monitor[],
  maintenance: readonly Maintenance[],
  bad: { readonly longBad: number; readonly shortBad: number },
  at: number,
): boolean {
  if (bad.shortBad === 0) return true;
  const shortExpected = expectedEvents(monitors, maintenance, windowStart(rule.shortMs, at), at);
  const longExpected = expectedEvents(monitors, maintenance, windowStart(rule.longMs, at), at);
  return readBurnRule(slo, rule, { ...bad, longExpected, shortExpected, shortJudged: 1 }).condition === 'clear';
}
