import { type AlertState, emptyAlertState, type Observation } from '../alert/model.ts';
import { stepAlerts } from '../alert/step.ts';
import type { BurnRule, Monitor, Slo } from '../config/model.ts';
import { evaluateBudget } from '../slo/budget.ts';
import { evaluateBurn } from '../slo/burn.ts';
import type { Events } from '../slo/events.ts';
import { monitorsOf } from '../slo/indicator.ts';
import { countedEvents, minuteEnd, type Series, seriesEvents } from '../slo/series.ts';
import { slicesAt } from '../slo/series-slices.ts';
import { sliceEvents } from '../slo/slices.ts';

/** How a series went through the rules of an SLO. */
export type Replayed = {
  /** In their order; within a minute in the order of the rules. */
  readonly transitions: readonly Replay[];
  /**
   * What is left of the budget at the end of a minute, 1 being all of it; negative once it is overspent. It is that of the window
   * that ends then: a series has no date, and so no calendar.
   */
  readonly budgetLeftRatio: (minute: number) => number;
};

/** One rule's change. The minute counts from 1, and is the first at whose end the rule is met, or no longer met. */
export type Replay = { readonly minute: number; readonly kind: 'fired' | 'resolved'; readonly rule: BurnRule };

/**
 * Takes a series through an SLO as `evaluate` would at the end of each minute, and answers what would have been told: expected
 * events, minBadEvents, hysteresis, resolve delays, gaps, and no ticket while a page is open. Its monitors are looked up
 * among all.
 */
export function replay(slo: Slo, monitors: readonly Monitor[], series: Series): Replayed {
  const single = seriesEvents(series, monitorsOf(slo, monitors));
  const eventsAt = slo.slices === undefined ? () => single : slicesAt(single, slo.slices);
  const transitions: Replay[] = [];
  let state = emptyAlertState;
  for (let minute = 1; minute <= series.length; minute += 1) {
    const step = stepMinute(slo, eventsAt(minute), state, minuteEnd(minute));
    transitions.push(...slo.alerts.flatMap((rule) => step.told(rule.id).map((kind) => ({ minute, kind, rule }))));
    state = step.state;
  }
  return { transitions, budgetLeftRatio: (minute) => leftRatio(slo, eventsAt(minute), minute) };
}

/**
 * Takes a series through the rules of the textbook: met while the burn rate exceeds the threshold over both windows, the short one
 * long ÷ 12, each divided by the events that are in it. A window without events is not met, and nothing is remembered.
 */
export function replayPlain(slo: Slo, series: Series): Replayed {
  const single = countedEvents(series);
  const events = slo.slices === undefined ? single : sliceEvents(single, slo.slices, Number.POSITIVE_INFINITY);
  const transitions: Replay[] = [];
  const met = new Set<BurnRule>();
  for (let minute = 1; minute <= series.length; minute += 1)
    for (const rule of slo.alerts) {
      const { condition } = evaluateBurn(slo, textbookRule(rule), events, minuteEnd(minute));
      if ((condition === 'met') === met.has(rule)) continue;
      const kind = met.delete(rule) ? 'resolved' : 'fired';
      if (kind === 'fired') met.add(rule);
      transitions.push({ minute, kind, rule });
    }
  return { transitions, budgetLeftRatio: (minute) => leftRatio(slo, events, minute) };
}

/** Exactly, as far as a number can say it: readings of budgets are rounded down to parts per million. */
function leftRatio({ calendar: _, ...slo }: Slo, events: Events, minute: number): number {
  const { bad, expected } = evaluateBudget(slo, events, minuteEnd(minute));
  const allowed = expected * (whole - slo.objectivePpm);
  return expected === 0 ? 1 : (allowed - bad * whole) / allowed;
}

const minuteMs = 60_000;
const whole = 1_000_000;

/** A rule without what is ours: one bad event is enough, and the short window follows from the long one alone. */
function textbookRule(rule: BurnRule): BurnRule {
  return { ...rule, shortMs: Math.ceil(rule.longMs / 12 / minuteMs) * minuteMs, minBadEvents: 1 };
}

type Step = { readonly state: AlertState; readonly told: (ruleId: string) => readonly Replay['kind'][] };

/** Steps until nothing changes any more, as an evaluation does. */
function stepMinute(slo: Slo, events: Events, before: AlertState, now: number): Step {
  const observations = slo.alerts.map((rule) => observe(slo, rule, events, now));
  const told: { readonly alertId: string; readonly kind: string }[] = [];
  let state = before;
  for (let isDone = false; !isDone; ) {
    const step = stepAlerts(state, observations, now);
    told.push(...step.entries.flatMap((entry) => (entry.kind === 'transition' ? [entry.transition] : [])));
    isDone = step.state === state;
    state = step.state;
  }
  const kinds = ['fired', 'resolved'] as const;
  return {
    state,
    told: (id) => kinds.filter((kind) => told.some((each) => each.alertId === id && each.kind === kind)),
  };
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
