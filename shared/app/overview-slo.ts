import type { AlertState } from '../alert/model.ts';
import { type BurnRule, type Config, monitorIdsOf, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { burnDown, exhaustedAt } from '../slo/budget.ts';
import { evaluateBurn } from '../slo/burn.ts';
import { monitorEvents } from '../slo/events.ts';
import { monitorsOf } from '../slo/indicator.ts';
import type { BurnReading } from '../slo/model.ts';
import { earliestResolution } from '../slo/resolution.ts';
import type { BurnRuleView, SloView } from './overview-model.ts';
import { standingOf } from './standing.ts';

/** Points of a burn-down chart. */
const burnDownPoints = 120;

/** How one SLO stands, with each of its burn rules against its threshold. */
export function sloView(config: Config, slo: Slo, history: History, state: AlertState, now: number): SloView {
  const monitors = monitorsOf(slo, config.monitors);
  const { budget, burnRate } = standingOf(config, slo, history, now);
  const exhausted = exhaustedAt(slo, budget, burnRate, now);
  return {
    id: slo.id,
    objective: slo.objective,
    windowMs: slo.windowMs,
    monitors: monitorIdsOf(slo),
    budgetLeftRatio: budget.leftPpm / 1_000_000,
    budgetEvents: budget.budget,
    badEvents: budget.bad,
    goodEvents: budget.good,
    unjudgedEvents: budget.unjudged,
    coverageRatio: budget.coverageRatio,
    isWarmingUp: budget.isWarmingUp,
    burnRate,
    ...(exhausted === undefined ? {} : { exhaustedAt: exhausted }),
    rules: slo.alerts.map((rule) => ruleView(config, slo, rule, history, state, now)),
    burnDown: burnDown(slo, monitorEvents(slo, monitors, config.maintenance, history), now, burnDownPoints),
  };
}

function ruleView(
  config: Config,
  slo: Slo,
  rule: BurnRule,
  history: History,
  state: AlertState,
  now: number,
): BurnRuleView {
  const monitors = monitorsOf(slo, config.monitors);
  const reading = evaluateBurn(slo, rule, monitorEvents(slo, monitors, config.maintenance, history), now);
  const firing = state.alerts[rule.id];
  const resolvesAt =
    firing &&
    earliestResolution(slo, rule, monitorEvents(slo, monitors, config.maintenance, history), now, firing.clearSince);
  return {
    id: rule.id,
    severity: rule.severity,
    longMs: rule.longMs,
    shortMs: rule.shortMs,
    threshold: reading.threshold,
    longBurnRate: reading.longBurnRate,
    shortBurnRate: reading.shortBurnRate,
    badEvents: reading.longBad,
    minBadEvents: rule.minBadEvents,
    status: firing === undefined ? quietStatus(reading) : 'firing',
    ...(firing === undefined ? {} : { firedAt: firing.firedAt }),
    ...(resolvesAt === undefined ? {} : { resolvesAt }),
    notify: rule.notify,
  };
}

/** Above its threshold in both windows without firing: too few bad events yet, or the next evaluation will say so. */
function quietStatus(reading: BurnReading): BurnRuleView['status'] {
  if (reading.condition === 'unknown') return 'unknown';
  const isAbove = reading.longBurnRate > reading.threshold && reading.shortBurnRate > reading.threshold;
  return isAbove ? 'pending' : 'inactive';
}
