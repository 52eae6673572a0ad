import type { AlertState } from '../../alert/model.ts';
import { type BurnRule, monitorIdsOf, type Slo } from '../../config/model.ts';
import { describeIndicator } from '../../message/indicator-text.ts';
import type { Outputs } from '../../message/shell.ts';
import { burnDown } from '../../slo/budget.ts';
import { evaluateBurn } from '../../slo/burn.ts';
import { forecastBudget } from '../../slo/forecast.ts';
import type { BurnReading } from '../../slo/model.ts';
import { earliestResolution } from '../../slo/resolution.ts';
import type { EventSources } from '../../slo/sources.ts';
import { isKnown, type KnownStanding, standingOf } from '../standing.ts';
import type { BurnRuleView, SloView } from './model.ts';

/** Points of a burn-down chart. */
const burnDownPoints = 120;

/** How one SLO stands, with each of its burn rules against its threshold; undefined where what it counts could not be read. */
export function sloView(
  slo: Slo,
  sources: EventSources,
  state: AlertState,
  now: number,
  outputs: Outputs = {},
): SloView | undefined {
  const standing = standingOf(slo, sources, now);
  if (!isKnown(standing)) return undefined;
  const { budget, burnRate, events } = standing;
  return {
    id: slo.id,
    objective: slo.objective,
    windowMs: slo.windowMs,
    ...(slo.calendar === undefined || budget.endsAt === undefined
      ? {}
      : { calendar: { unit: slo.calendar.unit, endsAt: budget.endsAt } }),
    monitors: monitorIdsOf(slo),
    counts: describeIndicator(slo, outputs),
    budgetLeftRatio: budget.leftPpm / 1_000_000,
    budgetEvents: budget.budget,
    badEvents: budget.bad,
    goodEvents: budget.good,
    unjudgedEvents: budget.unjudged,
    coverageRatio: budget.coverageRatio,
    isWarmingUp: budget.isWarmingUp,
    burnRate,
    forecast: forecastBudget(slo, events, now, budget),
    rules: slo.alerts.map((rule) => ruleView(standing, rule, state, now)),
    burnDown: burnDown(slo, events, now, burnDownPoints),
  };
}

function ruleView({ slo, events }: KnownStanding, rule: BurnRule, state: AlertState, now: number): BurnRuleView {
  const reading = evaluateBurn(slo, rule, events, now);
  const firing = state.alerts[rule.id];
  const resolvesAt = firing && earliestResolution(slo, rule, events, now, firing.clearSince);
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
    ...(firing?.heldBack && { heldBack: firing.heldBack }),
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
