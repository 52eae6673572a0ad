import { type BurnRule, eventIntervalMs, type Monitor, type Slo } from '../config/model.ts';
import { comparePace, thresholdOf } from './burn.ts';
import { monitorsOf } from './indicator.ts';
import { formatNumber, formatPercent, formatSpan, seenByText } from './words.ts';

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
const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** A day's counts are kept for 400 days. */
const longestWindowMs = 400 * dayMs;
const smallBudget = 10;

/** How many events the schedule holds in a span, at the least; and what one of them is, for people. */
type Pace = { readonly eventsIn: (spanMs: number) => number; readonly bad: string; readonly unit: string };

/**
 * What is wrong with an SLO before anything has run: rules that can never fire, a budget without an event in it, one
 * blip that alerts. Maintenance is left aside. An SLO without known monitors has no findings here; of one over bursts or
 * metrics nobody knows how many events there will be, and its rules are judged for themselves.
 */
export function lintSlo(slo: Slo, monitors: readonly Monitor[]): readonly Finding[] {
  const isScheduled = slo.indicator.kind === 'probes' || slo.indicator.kind === 'latency';
  const mine = monitorsOf(slo, monitors);
  if (isScheduled && mine.length === 0) return [];
  const pace = isScheduled ? paceOf(slo, mine) : undefined;
  const rules = slo.alerts.flatMap((rule, index) =>
    [
      lintReach(slo, rule),
      ...(pace ? [lintEvents(rule, pace), lintBlip(slo, rule, pace)] : []),
      lintThreshold(slo, rule),
    ]
      .filter((finding) => finding !== undefined)
      .map((finding) => ({ ...finding, ruleIndex: index })),
  );
  return [...(pace ? lintBudget(slo, pace) : []), ...rules, ...lintAlerts(slo)];
}

function paceOf({ slices }: Slo, monitors: readonly Monitor[]): Pace {
  const probesIn = (spanMs: number) =>
    monitors.reduce((sum, monitor) => sum + Math.floor(spanMs / eventIntervalMs(monitor)), 0);
  const seenBy = seenByText(monitors);
  const bad = seenBy === undefined ? 'failed probe' : `failed probe, seen by ${seenBy},`;
  if (slices === undefined) return { eventsIn: probesIn, bad, unit: 'probes' };
  // A slice without a probe is none.
  const slicesIn = (spanMs: number) => Math.min(Math.floor(spanMs / slices.sliceMs), probesIn(spanMs));
  return { eventsIn: slicesIn, bad: 'bad slice', unit: 'slices' };
}

function lintBudget(slo: Slo, { eventsIn, unit }: Pace): Finding[] {
  const expected = eventsIn(slo.windowMs);
  const budget = (expected * (whole - slo.objectivePpm)) / whole;
  if (budget >= smallBudget) return [];
  const found = `${holds('a window', slo.windowMs, expected)}, of which ${slo.objective} lets ${formatNumber(budget)} fail`;
  return budget < 1
    ? [
        error(
          'BURN_SLO_BUDGET_EMPTY',
          'objective',
          `${found}: a single failure breaks it; ${mend(slo, expected, 1, unit)}`,
        ),
      ]
    : [warning('BURN_SLO_BUDGET_SMALL', 'objective', `${found}; ${mend(slo, expected, smallBudget, unit)}`)];
}

/** The objective, or the window, that leaves at least `wanted` events in the budget. */
function mend(slo: Slo, expected: number, wanted: number, unit: string): string {
  const objectivePpm = objectiveBelow(whole - (wanted * whole) / Math.max(1, expected));
  const spanMs = (slo.windowMs * wanted * whole) / (Math.max(1, expected) * (whole - slo.objectivePpm));
  const ways = [
    ...(objectivePpm > 0 ? [`an objective of ${formatPercent(objectivePpm)}`] : []),
    ...(spanMs <= longestWindowMs ? [`a window of ${formatSpan(Math.ceil(spanMs / dayMs) * dayMs)}`] : []),
    unit === 'slices' ? 'shorter slices' : 'a shorter interval',
  ];
  return `for a budget of ${wanted} set ${ways.join(' or ')}`;
}

/** The next lower objective of so few digits as people use. */
function objectiveBelow(objectivePpm: number): number {
  const step = [10_000, 1_000, 100, 10].find((digits) => whole - objectivePpm >= 2 * digits) ?? 1;
  return Math.floor(objectivePpm / step) * step;
}

/** Even with everything failing the burn rate is 1 ÷ (1 − objective), and it has to exceed the threshold. */
function lintReach(slo: Slo, rule: BurnRule): Finding | undefined {
  if (comparePace(slo, rule, 1, 1) === 'above') return undefined;
  const limitPpm = (whole * whole * rule.longMs) / (slo.windowMs * (whole - slo.objectivePpm));
  const budgetPpm = Math.max(1, Math.ceil(limitPpm / 100 - 1) * 100);
  const longMs = (Math.floor((rule.longMs * rule.budgetPpm) / limitPpm / minuteMs) + 1) * minuteMs;
  return error(
    'BURN_SLO_RULE_UNREACHABLE',
    'budget',
    `can never fire: a total outage burns ${formatNumber(whole / (whole - slo.objectivePpm))}×, the threshold is ` +
      `${formatNumber(thresholdOf(slo, rule))}×; set a budget of at most ${formatPercent(budgetPpm)} ` +
      `or a long window of at least ${formatSpan(longMs)}`,
  );
}

function lintEvents(rule: BurnRule, { eventsIn, unit }: Pace): Finding | undefined {
  const expected = eventsIn(rule.longMs);
  if (expected >= rule.minBadEvents) return undefined;
  const longMs = Math.ceil((rule.longMs * rule.minBadEvents) / Math.max(1, expected) / minuteMs) * minuteMs;
  const fewer = expected > 0 ? `minBadEvents to at most ${expected}, ` : '';
  return error(
    'BURN_SLO_RULE_STARVED',
    'minBadEvents',
    `can never fire: ${holds('its long window', rule.longMs, expected)}, fewer than minBadEvents ` +
      `${rule.minBadEvents}; set ${fewer}${unit === 'slices' ? 'shorter slices' : 'a shorter interval'} or a long window of at least ${formatSpan(longMs)}`,
  );
}

/** Whether one bad event among the expected ones is above the threshold; rules that ask for more are safe. */
function lintBlip(slo: Slo, rule: BurnRule, { eventsIn, bad, unit }: Pace): Finding | undefined {
  const expected = eventsIn(rule.longMs);
  if (rule.minBadEvents > 1 || comparePace(slo, rule, 1, expected) !== 'above') return undefined;
  const share = (thresholdOf(slo, rule) * (whole - slo.objectivePpm)) / whole;
  const does = rule.severity === 'page' ? 'pages' : 'opens a ticket';
  return warning(
    'BURN_SLO_ONE_BLIP',
    'minBadEvents',
    `one ${bad} ${does}: ${holds('its long window', rule.longMs, expected)}; set minBadEvents to ` +
      `${rule.severity === 'page' ? 3 : 5}, or have at least ${Math.ceil(1 / share)} ${unit} in that window`,
  );
}

function lintThreshold(slo: Slo, rule: BurnRule): Finding | undefined {
  if (rule.budgetPpm * slo.windowMs >= whole * rule.longMs) return undefined;
  const budgetPpm = Math.ceil((100 * whole * rule.longMs) / slo.windowMs / 10_000) * 100;
  const longMs = Math.floor((rule.budgetPpm * slo.windowMs) / whole / minuteMs) * minuteMs;
  const shorter = longMs >= hourMs ? ` or a long window of at most ${formatSpan(roundedDown(longMs))}` : '';
  return warning(
    'BURN_SLO_THRESHOLD_BELOW_ONE',
    'budget',
    `the threshold is ${formatNumber(thresholdOf(slo, rule))}×, below 1: it alerts while the objective is being met; ` +
      `set a budget of at least ${formatPercent(budgetPpm)}${shorter}`,
  );
}

function lintAlerts(slo: Slo): Finding[] {
  if (slo.alerts.length > 0) return [];
  const rule = '{ severity: page, budget: 2%, long: 1h, minBadEvents: 3, notify: [oncall] }';
  return [warning('BURN_SLO_NO_ALERTS', 'alerts', `nobody is told when the budget burns; add a rule such as ${rule}`)];
}

const holds = (what: string, spanMs: number, events: number): string =>
  `${what} of ${formatSpan(spanMs)} holds ${events} ${events === 1 ? 'event' : 'events'}`;

const roundedDown = (spanMs: number): number => (spanMs >= 2 * hourMs ? Math.floor(spanMs / hourMs) * hourMs : spanMs);

const error = (code: string, field: string, message: string): Finding => ({ level: 'error', code, field, message });
const warning = (code: string, field: string, message: string): Finding => ({ level: 'warning', code, field, message });
