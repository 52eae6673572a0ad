import type { BurnRule, Slo } from '../config/model.ts';
import { evaluateBurn, readBurnRule, resolveDelayOf } from './burn.ts';
import type { Events } from './events.ts';
import { windowStart } from './indicator.ts';

const minuteMs = 60_000;

/**
 * The first evaluation, `now` or a whole minute after it, at which a firing rule resolves if nothing more fails and probes
 * go on: it has to be clear for its resolve delay without a break, counted from `clearSince` where it is clear already. After
 * an outage that is the short window plus the resolve delay after the last bad event: 10 minutes for 1h/5m, 60 minutes
 * for 6h/30m.
 */
export function earliestResolution(slo: Slo, rule: BurnRule, events: Events, now: number, clearSince?: number): number {
  const delayMs = resolveDelayOf(rule);
  const reading = evaluateBurn(slo, rule, events, now);
  let { longBad, shortBad } = reading;
  let since = reading.condition === 'clear' ? (clearSince ?? now) : undefined;
  // A short window later nothing of now is in it any more: it is clear and stays so, and this ends.
  for (let at = now; ; ) {
    if (since !== undefined && at - since >= delayMs) return at;
    const next = (Math.floor(at / minuteMs) + 1) * minuteMs;
    longBad -= events.between(at - rule.longMs, next - rule.longMs).bad;
    shortBad -= events.between(at - rule.shortMs, next - rule.shortMs).bad;
    const isOver = next - rule.shortMs >= now || staysClear(slo, rule, events, { longBad, shortBad }, next);
    since = isOver ? (since ?? next) : undefined;
    at = next;
  }
}

/** Whether the rule is clear at a later instant with the bad events that its windows still hold; what comes is good. */
function staysClear(
  slo: Slo,
  rule: BurnRule,
  events: Events,
  bad: { readonly longBad: number; readonly shortBad: number },
  at: number,
): boolean {
  if (bad.shortBad === 0) return true;
  const shortExpected = events.expected(windowStart(rule.shortMs, at), at);
  const longExpected = events.expected(windowStart(rule.longMs, at), at);
  return readBurnRule(slo, rule, { ...bad, longExpected, shortExpected, shortJudged: 1 }).condition === 'clear';
}
