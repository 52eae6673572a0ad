import type { BurnRule, Monitor, Slo } from '../config/model.ts';
import { comparePace, thresholdOf } from './burn.ts';
import { monitorsOf } from './indicator.ts';
import { formatNumber, formatPercent, formatSpan } from './words.ts';

/** Something about an SLO that cannot work (error), or that will annoy (warning). */
export type Finding = {
  readonly level: 'error' | 'warning';
  readonly code: string;
  /** The key that it is about: of the SLO, or with `ruleIndex` of that rule. */
  readonly field: string;
  readonly ruleIndex?: number;
  /** One sentence with the mend in it. */
  readonly message: string;
};

const whole = 1_000_000;
const minuteMs = 60_000;
const dayMs = 86_400_000;
const smallBudget = 10;

/**
 * What is wrong with an SLO before anything has run: rules that can never fire, a budget without an event in it, one
 * blip that alerts. Maintenance is left aside. An SLO without known monitors has no findings here.
 */
export function lintSlo(slo: Slo, monitors: readonly Monitor[]): readonly Finding[] {
  const mine = monitorsOf(slo, monitors);
  if (mine.length === 0) return [];
  const rules = slo.alerts.flatMap((rule, index) =>
    [lintReach(slo, rule), lintEvents(rule, mine), lintBlip(slo, rule, mine), lintThreshold(slo, rule)]
      .filter((finding) => finding !== undefined)
      .map((finding) => ({ ...finding, ruleIndex: index })),
  );
  return [...lintBudget(slo, mine), ...rules, ...lintAlerts(slo)];
}

/** How many events the schedule holds in a span, at the least. */
function eventsIn(monitors: readonly Monitor[], spanMs: number): number {
  return monitors.reduce((sum, { intervalMs }) => sum + Math.floor(spanMs / intervalMs), 0);
}

function lintBudget(slo: Slo, monitors: readonly Monitor[]): Finding[] {
  const expected = eventsIn(monitors, slo.windowMs);
  const budget = (expected * (whole - slo.objectivePpm)) / whole;
  if (budget >= smallBudget) return [];
  const wanted = budget < 1 ? 1 : smallBudget;
  const found =
    `${formatSpan(slo.windowMs)} hold ${expected} events, of which ${slo.objective} allows ` +
    `${formatNumber(budget)} to fail`;
  const mend = `${mendBudget(slo, expected, wanted)} allows ${wanted === 1 ? 'one' : `${wanted}`}`;
  return budget < 1
    ? [error('BURN_SLO_BUDGET_EMPTY', 'objective', `${found}: a single failure breaks it; ${mend}`)]
    : [warning('BURN_SLO_BUDGET_SMALL', 'objective', `${found}, fewer than ${smallBudget}; ${mend}`)];
}

/** The objective, or the window, that leaves at least `wanted` events in the budget. */
function mendBudget(slo: Slo, expected: number, wanted: number): string {
  const spanMs = Math.ceil((slo.windowMs * wanted * whole) / (Math.max(1, expected) * (whole - slo.objectivePpm)));
  const window = `a window of ${formatSpan(Math.ceil(spanMs / dayMs) * dayMs)}`;
  const objectivePpm = Math.floor(whole - (wanted * whole) / Math.max(1, expected));
  return objectivePpm <= 0 ? window : `an objective of ${formatPercent(roundedDown(objectivePpm))} or ${window}`;
}

/** To as many digits as an objective is usually given with. */
function roundedDown(objectivePpm: number): number {
  const step = [10_000, 1_000, 100, 10].find((digits) => whole - objectivePpm >= 10 * digits) ?? 1;
  return Math.floor(objectivePpm / step) * step;
}

/** Even with everything failing the burn rate is 1 ÷ (1 − objective), and it has to exceed the threshold. */
function lintReach(slo: Slo, rule: BurnRule): Finding | undefined {
  const budgetPpmLimit = (whole * whole * rule.longMs) / (slo.windowMs * (whole - slo.objectivePpm));
  if (rule.budgetPpm < budgetPpmLimit) return undefined;
  const longMs = (Math.floor((rule.longMs * rule.budgetPpm) / budgetPpmLimit / minuteMs) + 1) * minuteMs;
  const most = whole / (whole - slo.objectivePpm);
  return error(
    'BURN_SLO_RULE_UNREACHABLE',
    'budget',
    `can never fire: a total outage burns ${formatNumber(most)}×, the threshold is ` +
      `${formatNumber(thresholdOf(slo, rule))}×; ask for a budget below ${formatPercent(Math.floor(budgetPpmLimit))} ` +
      `or a long window of at least ${formatSpan(longMs)}`,
  );
}

function lintEvents(rule: BurnRule, monitors: readonly Monitor[]): Finding | undefined {
  const expected = eventsIn(monitors, rule.longMs);
  if (expected >= rule.minBadEvents) return undefined;
  const longMs = Math.ceil((rule.longMs * rule.minBadEvents) / Math.max(1, expected) / minuteMs) * minuteMs;
  const fewer = expected > 0 ? `minBadEvents of at most ${expected}, ` : '';
  return error(
    'BURN_SLO_RULE_STARVED',
    'minBadEvents',
    `can never fire: ${formatSpan(rule.longMs)} hold ${expected} events, fewer than minBadEvents ` +
      `${rule.minBadEvents}; ask for ${fewer}a shorter interval or a long window of at least ${formatSpan(longMs)}`,
  );
}

/** Whether one bad event among the expected ones is above the threshold; rules that ask for more are safe. */
function lintBlip(slo: Slo, rule: BurnRule, monitors: readonly Monitor[]): Finding | undefined {
  const expected = eventsIn(monitors, rule.longMs);
  if (rule.minBadEvents > 1 || comparePace(slo, rule, 1, expected) !== 'above') return undefined;
  const share = (thresholdOf(slo, rule) * (whole - slo.objectivePpm)) / whole;
  const usual = rule.severity === 'page' ? 3 : 5;
  const does = rule.severity === 'page' ? 'pages' : 'opens a ticket';
  return warning(
    'BURN_SLO_ONE_BLIP',
    'minBadEvents',
    `one failed probe of ${expected} in ${formatSpan(rule.longMs)} ${does}; set minBadEvents to ` +
      `${Math.max(2, Math.min(usual, expected))}, or probe at least ${Math.ceil(1 / share)} times in that window`,
  );
}

function lintThreshold(slo: Slo, rule: BurnRule): Finding | undefined {
  if (rule.budgetPpm * slo.windowMs >= whole * rule.longMs) return undefined;
  const budgetPpm = Math.ceil((whole * rule.longMs) / slo.windowMs);
  const longMs = Math.floor((rule.budgetPpm * slo.windowMs) / whole / minuteMs) * minuteMs;
  const shorter = longMs >= 5 * minuteMs ? ` or a long window of at most ${formatSpan(longMs)}` : '';
  return warning(
    'BURN_SLO_THRESHOLD_BELOW_ONE',
    'budget',
    `the threshold is ${formatNumber(thresholdOf(slo, rule))}×, below 1: it alerts while the objective is being met; ` +
      `ask for a budget of at least ${formatPercent(budgetPpm)}${shorter}`,
  );
}

function lintAlerts(slo: Slo): Finding[] {
  if (slo.alerts.length > 0) return [];
  const mend = 'add at least { severity: page, budget: 2%, long: 1h, minBadEvents: 3, notify: [...] }';
  return [warning('BURN_SLO_NO_ALERTS', 'alerts', `nobody is told when the budget burns; ${mend}`)];
}

const error = (code: string, field: string, message: string): Finding => ({ level: 'error', code, field, message });
const warning = (code: string, field: string, message: string): Finding => ({ level: 'warning', code, field, message });
