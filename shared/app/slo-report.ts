import type { AlertState, Incident } from '../alert/model.ts';
import { type Config, monitorIdsOf, type Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { dayMs, hourMs, minuteMs } from '../ledger/keys.ts';
import { burnRateOf } from '../slo/burn.ts';
import type { Events } from '../slo/events.ts';
import { windowStart } from '../slo/indicator.ts';
import { type EventSources, eventsOf } from '../slo/sources.ts';
import { type Spending, spendingOf } from '../slo/spending.ts';
import { budgetSpan } from '../slo/window.ts';
import { badEventsOf } from './bad-events.ts';
import { type CountedSources, refreshCounted } from './counted/counted.ts';
import { type HistorySource, type LedgerMemory, refreshHistory } from './history.ts';
import { needsOf } from './needs.ts';
import type { SloView } from './overview/model.ts';
import { sloView } from './overview/slo.ts';
import type { AlertStore } from './ports.ts';
import { isKnown, standingOf } from './standing.ts';

export type SloReportDeps = HistorySource & {
  readonly config: Pick<Config, 'monitors' | 'maintenance'>;
  readonly alerts: Pick<AlertStore, 'load' | 'loadIncidents'>;
  readonly memory: LedgerMemory;
  /** Asked only where an SLO judges something else than probes. */
  readonly counted?: CountedSources;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** How one SLO stands, and what comes. Undefined in place of it where what it counts could not be read. */
export type SloReport = SloView & {
  readonly slo: Slo;
  /** Over the last six hours. */
  readonly slowBurnRate: number;
  /** Something was judged in the last hour, or in three of its intervals where they are longer; always, where nothing is scheduled. */
  readonly isWatched: boolean;
  readonly watchedMs: number;
  /** The longest regular time between two events; 0 where none is scheduled. */
  readonly intervalMs: number;
};

/** The same with where its budget went, and the incidents of its span, the newest first. */
export type SloDetail = SloReport & { readonly spending: Spending; readonly incidents: readonly Incident[] };

/** Minutes are kept for so long, single rows for three days. */
const longestMinutesMs = 35 * dayMs;
const longestTicksMs = 3 * dayMs - hourMs;
const mostIncidents = 100;
const leastGapMs = 5 * minuteMs;

/** How these SLOs stand at an instant; one that nobody could count is undefined. Reads the ledger and the alerts' state, changes nothing. */
export async function reportSlos(
  slos: readonly Slo[],
  deps: SloReportDeps,
  now: number,
): Promise<readonly (SloReport | undefined)[]> {
  const needs = { ...needsOf(slos, now), isSaving: false };
  const [history, { state }, counted] = await Promise.all([
    refreshHistory(deps.memory, deps, needs, now),
    deps.alerts.load(),
    refreshCounted(deps.memory.counted, slos, deps.counted, deps.onWarning, now),
  ]);
  return slos.map((slo) => reportOf(slo, sourcesOf(deps, history, counted), state, now));
}

/** How one SLO stands, with where its budget went: to the minute as far as minutes are kept, with reasons as far as rows are. */
export async function reportSlo(slo: Slo, deps: SloReportDeps, now: number): Promise<SloDetail | undefined> {
  return (await readSloDetail(slo, deps, now))?.detail;
}

/** A detail with what it was made from. */
export type ReadSlo = { readonly detail: SloDetail; readonly events: Events; readonly state: AlertState };

/** As `reportSlo`, for whoever shows more of it. */
export async function readSloDetail(slo: Slo, deps: SloReportDeps, now: number): Promise<ReadSlo | undefined> {
  const spanMs = now - budgetSpan(slo, now).fromAt;
  const { spansMs, minutesMs = 0 } = needsOf([slo], now);
  const detailed = { minutesMs: Math.max(minutesMs, Math.min(spanMs, longestMinutesMs)), ticksMs: longestTicksMs };
  const [history, { state }, closed, counted] = await Promise.all([
    refreshHistory(deps.memory, deps, { spansMs, ...detailed, isSaving: false }, now),
    deps.alerts.load(),
    deps.alerts.loadIncidents(mostIncidents),
    refreshCounted(deps.memory.counted, [slo], deps.counted, deps.onWarning, now),
  ]);
  const sources = sourcesOf(deps, history, counted);
  const report = reportOf(slo, sources, state, now);
  const events = eventsOf(slo, sources, now);
  if (report === undefined || events === undefined) return undefined;
  const incidents = incidentsOf(slo, state, closed, now - spanMs);
  const gapMs = Math.max(leastGapMs, 3 * report.intervalMs);
  const spending = spendingOf(badEventsOf(slo, sources, now), incidents, gapMs);
  return { detail: { ...report, incidents, spending }, events, state };
}

function sourcesOf({ config }: SloReportDeps, history: History, counted: EventSources['counted']): EventSources {
  return { monitors: config.monitors, maintenance: config.maintenance, history, counted };
}

function reportOf(slo: Slo, sources: EventSources, state: AlertState, now: number): SloReport | undefined {
  const view = sloView(slo, sources, state, now);
  const standing = standingOf(slo, sources, now);
  if (view === undefined || !isKnown(standing)) return undefined;
  const { events } = standing;
  const fromAt = windowStart(6 * hourMs, now);
  const watchedMs = Math.max(hourMs, 3 * events.intervalMs);
  return {
    ...view,
    slo,
    slowBurnRate: burnRateOf(slo, events.between(fromAt, now).bad, events.expected(fromAt, now)),
    isWatched: isWatched(events, watchedMs, now),
    watchedMs,
    intervalMs: events.intervalMs,
  };
}

function isWatched(events: Events, spanMs: number, now: number): boolean {
  const { good, bad } = events.between(now - spanMs, now);
  return good + bad > 0 || events.expected(now - spanMs, now) === 0;
}

/** Of its own alerts, or those of its monitors. */
function incidentsOf(slo: Slo, state: AlertState, closed: readonly Incident[], fromAt: number): readonly Incident[] {
  const monitors = new Set(monitorIdsOf(slo));
  const isMine = ({ alerts, monitors: about }: Incident) =>
    alerts.some(({ alertId }) => alertId.startsWith(`slo/${slo.id}/`)) || about.some((id) => monitors.has(id));
  const open = Object.values(state.incidents);
  const past = closed.filter(({ id }) => state.incidents[id] === undefined);
  return [...open, ...past]
    .filter((incident) => isMine(incident) && (incident.closedAt ?? Infinity) > fromAt)
    .toSorted((a, b) => b.openedAt - a.openedAt);
}
