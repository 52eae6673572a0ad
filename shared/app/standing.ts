import type { Config, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { hourMs } from '../ledger/keys.ts';
import type { SloStanding } from '../message/model.ts';
import { evaluateBudget, exhaustedAt } from '../slo/budget.ts';
import { burnRateOf } from '../slo/burn.ts';
import { monitorEvents } from '../slo/events.ts';
import { expectedEvents } from '../slo/expected.ts';
import { judgedBetween, monitorsOf, windowStart } from '../slo/indicator.ts';
import type { BudgetReading } from '../slo/model.ts';

/** How one SLO stands: its budget, and its burn rate over the last hour. For people, charts and metrics; no alert is decided by it. */
export type Standing = { readonly slo: Slo; readonly budget: BudgetReading; readonly burnRate: number };

export function standingOf(
  config: Pick<Config, 'monitors' | 'maintenance'>,
  slo: Slo,
  history: History,
  now: number,
): Standing {
  const monitors = monitorsOf(slo, config.monitors);
  const budget = evaluateBudget(slo, monitorEvents(slo, monitors, config.maintenance, history), now);
  const fromAt = windowStart(hourMs, now);
  const expected = expectedEvents(monitors, config.maintenance, fromAt, now);
  const { bad } = judgedBetween(monitors, history, fromAt, now);
  const burnRate = burnRateOf(slo, bad, expected);
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
