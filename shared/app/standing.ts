import type { Slo } from '../config/model.ts';
import { hourMs } from '../ledger/keys.ts';
import type { SloStanding } from '../message/model.ts';
import { evaluateBudget } from '../slo/budget.ts';
import { burnRateOf } from '../slo/burn.ts';
import type { Events } from '../slo/events.ts';
import { type Forecast, forecastBudget } from '../slo/forecast.ts';
import { windowStart } from '../slo/indicator.ts';
import type { BudgetReading } from '../slo/model.ts';
import { type EventSources, eventsOf } from '../slo/sources.ts';

/** How one SLO stands; without events where what it counts could not be read, so that nobody knows. */
export type Standing = KnownStanding | { readonly slo: Slo; readonly events: undefined };
/** Its budget, and its burn rate over the last hour: for people, charts and metrics; no alert is decided by them. */
export type KnownStanding = {
  readonly slo: Slo;
  readonly events: Events;
  readonly budget: BudgetReading;
  readonly burnRate: number;
};

export function standingOf(slo: Slo, sources: EventSources, now: number): Standing {
  const events = eventsOf(slo, sources, now);
  if (events === undefined) return { slo, events };
  const fromAt = windowStart(hourMs, now);
  const { bad } = events.between(fromAt, now);
  const burnRate = burnRateOf(slo, bad, events.expected(fromAt, now));
  return { slo, events, budget: evaluateBudget(slo, events, now), burnRate };
}

/** Whether anybody knows how it stands. */
export function isKnown(standing: Standing): standing is KnownStanding {
  return standing.events !== undefined;
}

/** The same for a message's reader. */
export function describeStanding({ slo, events, budget, burnRate }: KnownStanding, now: number): SloStanding {
  return {
    sloId: slo.id,
    objective: slo.objective,
    windowMs: slo.windowMs,
    ...(slo.calendar === undefined ? {} : { calendar: slo.calendar.unit }),
    budgetLeftPpm: budget.leftPpm,
    budgetEvents: budget.budget,
    badEvents: budget.bad,
    burnRate,
    ...exhaustion(forecastBudget(slo, events, now, budget)),
  };
}

function exhaustion(forecast: Forecast): Partial<SloStanding> {
  if (forecast.kind !== 'burning') return {};
  const { earliestAt, likelyAt, latestAt } = forecast;
  return {
    ...(earliestAt !== undefined && { exhaustedEarliestAt: earliestAt }),
    ...(likelyAt !== undefined && { exhaustedAt: likelyAt }),
    ...(latestAt !== undefined && { exhaustedLatestAt: latestAt }),
  };
}
