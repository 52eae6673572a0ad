import type { BurnRule, Slo } from '../config/model.ts';
import { evaluateBurn, readBurnRule, resolveDelayOf } from './burn.ts';
import type { Events } from './events.ts';
import { windowStart } from './indicator.ts';
import type { BurnReading } from './model.ts';
import { earliestResolution } from './resolution.ts';

/** What was judged lately, and how much of it was bad: what a look ahead takes to go on. */
export type Lately = { readonly lookbackMs: number; readonly judged: number; readonly bad: number };

/** What a rule does if events go on to be as bad as lately. Instants are epoch ms, whole minutes. */
export type RuleAhead =
  /** It is met then; a rule that is met already fires with the next evaluation. */
  | { readonly kind: 'fires'; readonly at: number }
  | { readonly kind: 'resolves'; readonly at: number }
  /** It never fires, or never resolves, as long as this goes on. */
  | { readonly kind: 'stays' }
  /** Nothing was judged lately. */
  | { readonly kind: 'unknown' };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const leastLookbackMs = 3 * minuteMs;

/** The newest three minutes, or three intervals where they are longer: an outage that has begun, or is over, shows in them at once. */
export function latelyOf(events: Events, now: number): Lately {
  const lookbackMs = Math.max(leastLookbackMs, 3 * events.intervalMs);
  const { good, bad } = events.between(now - lookbackMs, now);
  return { lookbackMs, judged: good + bad, bad };
}

/**
 * When a rule that is quiet will fire, or one that fires will resolve (`firing` says since when it is clear), if from now on the part
 * of events that is bad is that of `lately`. Looks as far as its long window, after which nothing changes any more: by
 * the minute for an hour, then by five minutes and later by the half hour.
 */
export function lookAhead(
  slo: Slo,
  rule: BurnRule,
  events: Events,
  lately: Lately,
  now: number,
  firing?: { readonly clearSince?: number },
): RuleAhead {
  if (lately.judged === 0) return { kind: 'unknown' };
  if (firing !== undefined && lately.bad === 0)
    return { kind: 'resolves', at: earliestResolution(slo, rule, events, now, firing.clearSince) };
  const readAt = futureReader(slo, rule, events, lately, now);
  if (firing === undefined) {
    const at = instants(now, rule.longMs).find((instant) => readAt(instant).condition === 'met');
    return at === undefined ? { kind: 'stays' } : { kind: 'fires', at };
  }
  const at = resolution(rule, readAt, now, firing.clearSince);
  return at === undefined ? { kind: 'stays' } : { kind: 'resolves', at };
}

/** The first instant at which it has been clear for its resolve delay without a break. */
function resolution(
  rule: BurnRule,
  readAt: (at: number) => BurnReading,
  now: number,
  clearSince?: number,
): number | undefined {
  const delayMs = resolveDelayOf(rule);
  let since: number | undefined;
  for (const at of instants(now, rule.longMs + delayMs)) {
    const isClear = readAt(at).condition === 'clear';
    if (isClear) since ??= at === now ? (clearSince ?? now) : at;
    else since = undefined;
    if (since !== undefined && at - since >= delayMs) return at;
  }
  return undefined;
}

/** Now, and the whole minutes after it that are looked at. */
function instants(now: number, spanMs: number): readonly number[] {
  const found = [now];
  const start = Math.floor(now / minuteMs) * minuteMs;
  for (let afterMs = minuteMs; afterMs <= spanMs + minuteMs; afterMs += stepMs(afterMs)) found.push(start + afterMs);
  return found;
}

function stepMs(afterMs: number): number {
  if (afterMs < hourMs) return minuteMs;
  return afterMs < 6 * hourMs ? 5 * minuteMs : 30 * minuteMs;
}

/** Holds the rule against what is known up to now and, from then on, what would come. */
function futureReader(
  slo: Slo,
  rule: BurnRule,
  events: Events,
  lately: Lately,
  now: number,
): (at: number) => BurnReading {
  const comingIn = comingEvents(events, lately, now);
  const badUntil = (at: number) => Math.floor((comingIn(now, at) * lately.bad) / lately.judged + 1e-9);
  const count = (spanMs: number, at: number) => {
    const fromAt = windowStart(spanMs, at);
    const laterAt = Math.max(fromAt, now);
    const before = fromAt < now ? events.between(fromAt, now).bad : 0;
    const expected = (fromAt < now ? events.expected(fromAt, now) : 0) + comingIn(laterAt, at);
    return { bad: before + badUntil(at) - badUntil(laterAt), expected };
  };
  return (at) => {
    if (at <= now) return evaluateBurn(slo, rule, events, now);
    const [long, short] = [count(rule.longMs, at), count(rule.shortMs, at)];
    return readBurnRule(slo, rule, {
      longBad: long.bad,
      longExpected: long.expected,
      shortBad: short.bad,
      shortExpected: short.expected,
      shortJudged: 1,
    });
  };
}

/** How many events come between two instants that are not past: what the schedule holds, or as many as lately where there is none. */
function comingEvents(
  events: Events,
  { judged, lookbackMs }: Lately,
  now: number,
): (fromAt: number, toAt: number) => number {
  if (events.intervalMs > 0) return (fromAt, toAt) => events.expected(fromAt, toAt);
  const until = (at: number) => Math.round((judged * Math.max(0, at - now)) / lookbackMs);
  return (fromAt, toAt) => until(toAt) - until(fromAt);
}
