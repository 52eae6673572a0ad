import type { SloDetailView } from '../../../shared/app/overview/model.ts';
import { forecastSentence } from './forecast-words.ts';
import { budgetText, plural } from './words.ts';

/** How far back a burn-down is shown. */
export const zooms = ['window', 'day', 'hours'] as const;
export type Zoom = (typeof zooms)[number];

export type Band = { readonly fromAt: number; readonly toAt: number };

/** Where the budget is to end: as early, most likely, and as late as that. What is absent does not come in what is shown, or ever. */
export type Fan = {
  readonly fromAt: number;
  readonly fromPercent: number;
  readonly earliestAt: number;
  readonly likelyAt?: number;
  readonly latestAt?: number;
};

/** What a burn-down chart draws. Instants are epoch ms, seconds in `data`; percent of the whole budget. Nothing here knows a page. */
export type BurnChartModel = {
  readonly fromAt: number;
  readonly toAt: number;
  readonly lowest: number;
  readonly highest: number;
  /** Seconds, and what is left; null where nobody looked. */
  readonly data: readonly [readonly number[], readonly (number | null)[]];
  /** The line of an even pace: from a whole budget to none. */
  readonly ideal: Band;
  readonly incidents: readonly Band[];
  readonly maintenance: readonly Band[];
  readonly gaps: readonly Band[];
  readonly fan: Fan | null;
  /** All of it in a sentence, for those who do not see it. */
  readonly summary: string;
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const leastMs = 600_000;
/** So much of the width is what comes: at least, and at most. */
const [leastAhead, mostAhead] = [0.06, 0.6];

export function chartModel(detail: SloDetailView, zoom: Zoom, now: number): BurnChartModel {
  const fromAt = beginOf(detail, zoom, now);
  const toAt = now + aheadMs(detail, fromAt, now);
  const shown = detail.burnDown.filter(({ at }) => at >= fromAt);
  const data = withGaps(shown, detail.gaps);
  const lefts = shown.map(({ leftRatio }) => leftRatio * 100);
  const fan = fanOf(detail, now);
  const [low, high] = [Math.min(...lefts, ...(fan === null ? [] : [0]), 100), Math.max(...lefts, 0)];
  const isClose = zoom !== 'window' && fan === null && low > 0;
  const within = ({ fromAt: from, toAt: to }: Band) => to > fromAt && from < toAt;
  return {
    ...{ fromAt, toAt, data, fan },
    lowest: low < 0 ? low * 1.1 : isClose ? low - Math.max(1, (high - low) * 0.2) : 0,
    highest: isClose ? Math.min(104, high + Math.max(1, (high - low) * 0.2)) : 104,
    ideal: { fromAt: detail.fromAt, toAt: detail.endsAt },
    incidents: detail.incidents
      .map(({ openedAt, closedAt }) => ({ fromAt: openedAt, toAt: closedAt ?? now }))
      .filter(within),
    maintenance: detail.maintenance.filter(within),
    gaps: detail.gaps.filter(within),
    summary: summaryOf(detail, now),
  };
}

/** A young history begins where it begins; at least ten minutes are shown. */
function beginOf({ fromAt, burnDown }: SloDetailView, zoom: Zoom, now: number): number {
  const wanted = zoom === 'window' ? fromAt : now - (zoom === 'day' ? dayMs : 6 * hourMs);
  return Math.min(now - leastMs, Math.max(wanted, burnDown[0]?.at ?? wanted));
}

/** As far as the fan goes, within reason. */
function aheadMs({ forecast, endsAt }: SloDetailView, fromAt: number, now: number): number {
  const spanMs = now - fromAt;
  const lastAt =
    forecast.kind === 'burning' ? (forecast.latestAt ?? forecast.likelyAt ?? forecast.earliestAt) : undefined;
  const wanted = Math.max(lastAt === undefined ? 0 : (lastAt - now) * 1.08, endsAt - now);
  return Math.max(leastAhead * spanMs, Math.min(mostAhead * spanMs, wanted));
}

function fanOf({ forecast, budgetLeftRatio }: SloDetailView, now: number): Fan | null {
  if (forecast.kind !== 'burning' || forecast.earliestAt === undefined || budgetLeftRatio <= 0) return null;
  const { earliestAt, likelyAt, latestAt } = forecast;
  return {
    ...{ fromAt: now, fromPercent: budgetLeftRatio * 100, earliestAt },
    ...(likelyAt !== undefined && { likelyAt }),
    ...(latestAt !== undefined && { latestAt }),
  };
}

/** The line is broken where nobody looked. */
function withGaps(points: SloDetailView['burnDown'], gaps: readonly Band[]): BurnChartModel['data'] {
  const breaks = gaps.map(({ fromAt, toAt }) => ({ at: (fromAt + toAt) / 2, left: null }));
  const seen = points
    .filter(({ at }) => !gaps.some(({ fromAt, toAt }) => at > fromAt && at < toAt))
    .map(({ at, leftRatio }) => ({ at, left: leftRatio * 100 }));
  const first = seen[0]?.at ?? Number.POSITIVE_INFINITY;
  const all = [...seen, ...breaks.filter(({ at }) => at > first)].sort((a, b) => a.at - b.at);
  return [all.map(({ at }) => at / 1000), all.map(({ left }) => left)];
}

function summaryOf({ budgetLeftRatio, incidents, gaps, maintenance, forecast }: SloDetailView, now: number): string {
  const said = [
    incidents.length === 0 ? '' : plural(incidents.length, 'incident'),
    maintenance.length === 0 ? '' : plural(maintenance.length, 'maintenance', 'maintenances'),
    gaps.length === 0 ? '' : plural(gaps.length, 'gap'),
  ].filter((part) => part !== '');
  const marks = said.length === 0 ? '' : `, ${said.join(', ')}`;
  return `${budgetText(budgetLeftRatio)} left now${marks}. ${forecastSentence(forecast, now)}`;
}
