import type { AlertState, Incident } from '../../alert/model.ts';
import type { Config } from '../../config/model.ts';
import { type Entry, type History, outcomesBetween } from '../../ledger/history.ts';
import { dayMs, hourMs, minuteMs } from '../../ledger/keys.ts';
import { refreshCounted } from '../counted/counted.ts';
import { refreshHistory } from '../history.ts';
import { needsOf } from '../needs.ts';
import { incidentView } from '../overview/incident.ts';
import type { IncidentDetailView, ProbeFailureView } from '../overview/model.ts';
import type { SloReportDeps } from '../slo-report.ts';
import { isKnown, standingOf } from '../standing.ts';
import { timelineOf } from '../timeline.ts';
import { spentIn } from './spent.ts';

export type IncidentDetailDeps = Omit<SloReportDeps, 'config'> & { readonly config: Config };

/** Probes are shown from so long before it opened to so long after it was over. */
const beforeMs = 15 * minuteMs;
const afterMs = 5 * minuteMs;
const mostFailures = 50;
/** Single rows are kept for three days. */
const longestTicksMs = 3 * dayMs - hourMs;
const mostClosed = 100;

/** Everything about one incident that a page of its own shows; undefined where none of this id is kept. Changes nothing. */
export async function incidentDetailView(
  id: string,
  deps: IncidentDetailDeps,
  now: number,
): Promise<IncidentDetailView | undefined> {
  const [{ state }, closed] = await Promise.all([deps.alerts.load(), deps.alerts.loadIncidents(mostClosed)]);
  const open = Object.hasOwn(state.incidents, id) ? state.incidents[id] : undefined;
  const incident = open ?? closed.find((each) => each.id === id);
  return incident === undefined ? undefined : detailOf(incident, state, deps, now);
}

async function detailOf(
  incident: Incident,
  state: AlertState,
  deps: IncidentDetailDeps,
  now: number,
): Promise<IncidentDetailView> {
  const { config } = deps;
  const sinceMs = now - incident.openedAt + beforeMs + hourMs;
  const needs = { ...needsOf(config.slos, now), ticksMs: Math.min(sinceMs, longestTicksMs), isSaving: false };
  const [history, counted] = await Promise.all([
    refreshHistory(deps.memory, deps, needs, now),
    refreshCounted(deps.memory.counted, config.slos, deps.counted, deps.onWarning, now),
  ]);
  const sources = { monitors: config.monitors, maintenance: config.maintenance, history, counted };
  const standings = config.slos.map((slo) => standingOf(slo, sources, now)).filter(isKnown);
  const failures = failuresIn(incident, config, history, now);
  return {
    incident: incidentView(config, incident),
    moments: timelineOf(incident, state, now),
    spent: spentIn(incident, standings, now),
    failures: failures.slice(0, mostFailures),
    failureCount: failures.length,
    runbooks: runbooksOf(incident, config),
    told: incident.told ?? [],
  };
}

/** The failed probes of its monitors, the newest first. */
function failuresIn(
  { monitors, openedAt, closedAt }: Incident,
  config: Config,
  history: History,
  now: number,
): readonly ProbeFailureView[] {
  const toAt = Math.min(now, (closedAt ?? now) + afterMs);
  return config.monitors
    .filter(({ id }) => monitors.includes(id))
    .flatMap(({ id, key }) =>
      outcomesBetween(history, key, openedAt - beforeMs, toAt)
        .filter(({ outcome }) => outcome.outcome === 'failed')
        .map((entry) => failureView(id, entry)),
    )
    .sort((a, b) => b.at - a.at);
}

function failureView(monitor: string, { at, outcome, detail, sights }: Entry): ProbeFailureView {
  return {
    monitor,
    at,
    ...(outcome.errorType !== undefined && { errorType: outcome.errorType }),
    ...(detail?.statusCode !== undefined && { statusCode: detail.statusCode }),
    ...(detail !== undefined && { message: detail.message }),
    ...(sights && { seenFrom: sights }),
  };
}

/** Those that its alerts name, each once. */
function runbooksOf({ alerts }: Incident, { monitors, slos, bursts }: Config): IncidentDetailView['runbooks'] {
  const ids = new Set(alerts.map(({ alertId }) => alertId));
  const named = [...monitors, ...slos, ...bursts].flatMap(({ id, alerts: own }) =>
    own.flatMap((alert) =>
      alert.runbook !== undefined && ids.has(alert.id) ? [{ name: id, runbook: alert.runbook }] : [],
    ),
  );
  return [...new Map(named.map((each) => [each.runbook, each])).values()];
}
