import type { Slo } from '../../config/model.ts';
import { hourMs, minuteMs } from '../../ledger/keys.ts';
import { latelyOf, lookAhead } from '../../slo/ahead.ts';
import { burnDown } from '../../slo/budget.ts';
import { gapsOf, maintenanceIn } from '../../slo/gaps.ts';
import { budgetSpan } from '../../slo/window.ts';
import { readSloDetail, type SloReportDeps } from '../slo-report.ts';
import { incidentView } from './incident.ts';
import type { SloDetailView } from './model.ts';

/** Points of the burn-down over the whole window, over its last day, and over its last hours. */
const spans = [
  { points: 240, longestMs: Number.POSITIVE_INFINITY },
  { points: 240, longestMs: 24 * hourMs },
  { points: 180, longestMs: 6 * hourMs },
] as const;
const mostEpisodes = 20;
const mostIncidents = 50;

/** Everything about one SLO that a page of its own shows; undefined where what it counts could not be read. Changes nothing. */
export async function sloDetailView(
  slo: Slo,
  deps: Omit<SloReportDeps, 'config'> & {
    readonly config: Parameters<typeof incidentView>[0] & SloReportDeps['config'];
  },
  now: number,
): Promise<SloDetailView | undefined> {
  const read = await readSloDetail(slo, deps, now);
  if (read === undefined) return undefined;
  const { detail, events, state } = read;
  const { slo: _, spending, incidents, ...view } = detail;
  const { fromAt, toAt } = budgetSpan(slo, now);
  const lately = latelyOf(events, now);
  return {
    ...view,
    fromAt,
    endsAt: toAt,
    outageLeftMs: outageLeftMs(slo, detail.budgetLeftRatio, toAt - fromAt),
    burnDown: burnDowns(slo, events, now),
    gaps: gapsOf(events, Math.max(fromAt, now - 35 * 24 * hourMs), now),
    maintenance: maintenanceIn(deps.config.maintenance, view.monitors, fromAt, Math.max(toAt, now + 24 * hourMs)),
    lately,
    rules: view.rules.map((rule, index) => {
      const own = slo.alerts[index];
      const firing = state.alerts[rule.id];
      return own === undefined ? rule : { ...rule, ahead: lookAhead(slo, own, events, lately, now, firing) };
    }),
    spending: { ...spending, episodes: spending.episodes.slice(0, mostEpisodes) },
    incidents: incidents.slice(0, mostIncidents).map((incident) => incidentView(deps.config, incident)),
  };
}

/** For how long everything may fail until nothing is left; 0 where nothing is. */
function outageLeftMs({ objectivePpm }: Slo, leftRatio: number, spanMs: number): number {
  return Math.max(0, Math.round((leftRatio * spanMs * (1_000_000 - objectivePpm)) / 1_000_000 / minuteMs) * minuteMs);
}

/** The newest hours by more points than the weeks before them. */
function burnDowns(slo: Slo, events: Parameters<typeof burnDown>[1], now: number): SloDetailView['burnDown'] {
  const all = spans.flatMap(({ points, longestMs }) => burnDown(slo, events, now, points, longestMs));
  return [...new Map(all.map((point) => [point.at, point])).values()].sort((a, b) => a.at - b.at);
}
