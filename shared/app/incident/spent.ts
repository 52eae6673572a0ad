import type { Incident } from '../../alert/model.ts';
import { type BurnRule, monitorIdsOf, type Slo } from '../../config/model.ts';
import { hourMs, minuteMs } from '../../ledger/keys.ts';
import type { SpentBudget } from '../../message/model.ts';
import { badEventsOf, type LookBack } from '../../slo/spent.ts';
import type { KnownStanding } from '../standing.ts';

/** What an incident took, or takes until now, of the budgets of the SLOs that burnt in it, or whose monitors did not work; the most first. */
export function spentIn(
  incident: Pick<Incident, 'openedAt' | 'closedAt' | 'monitors' | 'alerts'>,
  standings: readonly KnownStanding[],
  now: number,
): readonly SpentBudget[] {
  const spent = standings.flatMap(({ slo, events, budget }): SpentBudget[] => {
    const isConcerned =
      monitorIdsOf(slo).some((id) => incident.monitors.includes(id)) || rulesIn(incident, slo).length > 0;
    const { openedAt, closedAt = now } = incident;
    const badEvents = isConcerned ? badEventsOf(events, openedAt, closedAt, lookBackOf(rulesIn(incident, slo))) : 0;
    if (badEvents === 0 || budget.budget === 0) return [];
    return [{ sloId: slo.id, badEvents, spentPpm: Math.floor((badEvents * 1_000_000) / budget.budget) }];
  });
  return spent.sort((a, b) => b.spentPpm - a.spentPpm);
}

function rulesIn({ alerts }: Pick<Incident, 'alerts'>, slo: Slo): readonly BurnRule[] {
  return slo.alerts.filter(({ id }) => alerts.some(({ alertId }) => alertId === id));
}

/** The windows of the slowest rule that burnt; without any, what a monitor's alert may have seen. */
function lookBackOf(rules: readonly BurnRule[]): LookBack {
  return {
    calmMs: Math.max(5 * minuteMs, ...rules.map(({ shortMs }) => shortMs)),
    mostMs: Math.max(hourMs, ...rules.map(({ longMs }) => longMs)),
  };
}
