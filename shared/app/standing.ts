import type { Config, Monitor, Slo } from '../config/model.ts';
import { countBetween, type History } from '../ledger/history.ts';
import type { SloStanding } from '../message/model.ts';
import { evaluateBudget, exhaustedAt } from '../slo/budget.ts';
import { expectedEvents } from '../slo/expected.ts';
import type { BudgetReading } from '../slo/model.ts';

const hourMs = 3_600_000;
const wholePpm = 1_000_000;

/** How one SLO stands: its budget, and its burn rate over the last hour. For people, charts and metrics; no alert is decided by it. */
export type Standing = { readonly slo: Slo; readonly budget: BudgetReading; readonly burnRate: number };

export function standingOf(config: Config, slo: Slo, history: History, now: number): Standing {
  const monitors = monitorsOf(config, slo);
  const budget = evaluateBudget(slo, monitors, config.maintenance, history, now);
  const expected = expectedEvents(monitors, config.maintenance, now - hourMs, now);
  const bad = monitors.reduce((sum, { key }) => sum + countBetween(history, key, now - hourMs, now).failed, 0);
  const burnRate = expected === 0 ? 0 : bad / expected / ((wholePpm - slo.objectivePpm) / wholePpm);
  return { slo, budget, burnRate };
}

/** The same for a message's reader. */
export function describeStanding({ slo, budget, burnRate }: Standing, now: number): SloStanding {
  const exhausted = exhaustedAt(slo, budget, burnRate, now);
  return {
    sloId: slo.id,
    objective: slo.objective,
    windowMs: slo.windowMs,
    budgetLeftPpm: budget.leftPpm,
    budgetEvents: budget.budget,
    badEvents: budget.bad,
    burnRate,
    ...(exhausted === undefined ? {} : { exhaustedAt: exhausted }),
  };
}

/** The monitors of an SLO's indicator, in the configuration's order. */
export function monitorsOf(config: Config, slo: Slo): readonly Monitor[] {
  return config.monitors.filter((monitor) => slo.indicator.monitors.includes(monitor.id));
}
