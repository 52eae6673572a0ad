import { type AlertState, emptyAlertState, type Observation } from '../alert/model.ts';
import { stepAlerts } from '../alert/step.ts';
import type { BurnRule, Monitor, Slo } from '../config/model.ts';
import { evaluateBudget } from '../slo/budget.ts';
import { evaluateBurn } from '../slo/burn.ts';
import type { Events } from '../slo/events.ts';
import { monitorsOf } from '../slo/indicator.ts';
import { countedEvents, minuteEnd, type Series, seriesEvents } from '../slo/series.ts';

/** How a series went through the rules of an SLO. */
export type Replayed = {
  /** In their order; within a minute in the order of the rules. */
  readonly transitions: readonly Replay[];
  /** What the rules were held against. */
  readonly events: Events;
  /** Of the window that ends with the last minute; negative once it is overspent. */
  readonly budgetLeftRatio: number;
};

/** One rule's change. The minute counts from 1, and is the first at whose end the rule is met, or no longer met. */
export type Replay = { readonly minute: number; readonly kind: 'fired' | 'resolved'; readonly rule: BurnRule };

/**
 * Takes a series through an SLO as `evaluate` would at the end of each minute: expected events, minBadEvents, hysteresis, resolve
 * delays, gaps. Its monitors are looked up among all.
 */
export function replay(slo: Slo, monitors: readonly Monitor[], series: Series): Replayed {
  const events = seriesEvents(series, monitorsOf(slo, monitors));
  let state = emptyAlertState;
  return play(slo, events, series.length, (minute) => {
    state = stepMinute(slo, events, state, minuteEnd(minute));
    return Object.keys(state.alerts);
  });
}

/**
 * Takes a series through the rules of the textbook: met while the burn rate exceeds the threshold over both windows, the short one
 * long ÷ 12, each divided by the events that are in it. A window without events is not met, and nothing is remembered.
 */
export function replayPlain(slo: Slo, series: Series): Replayed {
  const events = countedEvents(series);
  const rules = slo.alerts.map(textbookRule);
  const isMet = (rule: BurnRule, minute: number) =>
    evaluateBurn(slo, rule, events, minuteEnd(minute)).condition === 'met';
  return play(slo, events, series.length, (minute) => rules.filter((rule) => isMet(rule, minute)).map(({ id }) => id));
}

/** Minute by minute: `firing` answers the ids of the rules that fire at the end of each. */
function play(slo: Slo, events: Events, minutes: number, firing: (minute: number) => readonly string[]): Replayed {
  const transitions: Replay[] = [];
  let before: readonly string[] = [];
  for (let minute = 1; minute <= minutes; minute += 1) {
    const now = firing(minute);
    for (const rule of slo.alerts) {
      const isOn = now.includes(rule.id);
      if (isOn !== before.includes(rule.id)) transitions.push({ minute, kind: isOn ? 'fired' : 'resolved', rule });
    }
    before = now;
  }
  return { transitions, events, budgetLeftRatio: budgetLeftRatio(slo, events, minutes) };
}

/** What is left of the budget at the end of a minute of a series, 1 being all of it. */
export function budgetLeftRatio(slo: Slo, events: Events, minute: number): number {
  return evaluateBudget(slo, events, minuteEnd(minute)).leftPpm / 1_000_000;
}

/** A rule without what is ours: one bad event is enough, and the short window follows from the long one alone. */
function textbookRule(rule: BurnRule): BurnRule {
  return { ...rule, shortMs: Math.ceil(rule.longMs / 12 / minuteMs) * minuteMs, minBadEvents: 1 };
}

const minuteMs = 60_000;

/** Steps until nothing changes any more, as an evaluation does. */
function stepMinute(slo: Slo, events: Events, before: AlertState, now: number): AlertState {
  const observations = slo.alerts.map((rule) => observe(slo, rule, events, now));
  for (let state = before; ; ) {
    const next = stepAlerts(state, observations, now).state;
    if (next === state) return state;
    state = next;
  }
}

/** The numbers of a message are left out: only the condition decides. */
function observe(slo: Slo, rule: BurnRule, events: Events, now: number): Observation {
  const { condition, resolveDelayMs } = evaluateBurn(slo, rule, events, now);
  const facts = { kind: 'burn', longBad: 0, longExpected: 0, shortBad: 0, shortExpected: 0 } as const;
  return {
    alertId: rule.id,
    severity: rule.severity,
    notify: rule.notify,
    monitors: [slo.id],
    condition,
    resolveDelayMs,
    rememberResolvedMs: 0,
    facts: { ...facts, budgetLeftPpm: 0, lastFailureAt: 0 },
  };
}
