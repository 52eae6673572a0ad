import { locationLimitMs } from '../../alert/location.ts';
import type { AlertState } from '../../alert/model.ts';
import { type Config, eventIntervalMs, type Monitor, type MonitorAlert } from '../../config/model.ts';
import { details, type Entry, type History, outcomesBetween } from '../../ledger/history.ts';
import { hourMs } from '../../ledger/keys.ts';
import type { Outputs } from '../../message/shell.ts';
import { isUnderMaintenance } from '../../slo/maintenance.ts';
import { type CountedSources, refreshCounted } from '../counted/counted.ts';
import { type HistorySource, type LedgerMemory, readPresence, refreshHistory } from '../history.ts';
import { needsOf } from '../needs.ts';
import { observeMonitorAlert } from '../observe.ts';
import type { Presence } from '../panel.ts';
import type { AlertStore } from '../ports.ts';
import { type BurstsDeps, burstView, loadBursts } from './burst.ts';
import { incidentView, silencesOf, silenceView } from './incident.ts';
import type { LocationView, MonitorAlertView, MonitorView, Overview } from './model.ts';
import { sloView } from './slo.ts';

export type OverviewDeps = BurstsDeps & {
  readonly environment: string;
  readonly location: string;
  readonly ledger: HistorySource['ledger'];
  readonly alerts: Pick<AlertStore, 'load' | 'loadIncidents'>;
  readonly memory: LedgerMemory;
  /** Asked only where an SLO judges something else than probes. */
  readonly counted?: CountedSources;
  /** The target as it may be shown. */
  readonly showUrl: (monitor: Monitor) => string;
  readonly outputs: Outputs;
};

/** How far back the view shows single probes. */
export const shownMs = 3 * hourMs;
const mostShownIncidents = 20;

/** How everything stands: reads the ledger and the alerts' state, changes nothing. */
export async function overview(deps: OverviewDeps, now: number): Promise<Overview> {
  const { config } = deps;
  const [history, { state }, closed, bursts, counted] = await Promise.all([
    refreshHistory(deps.memory, deps, { ...needsOf(config.slos, now), ticksMs: shownMs, isSaving: false }, now),
    deps.alerts.load(),
    deps.alerts.loadIncidents(mostShownIncidents),
    loadBursts(deps, now),
    // What cannot be read is shown as such.
    refreshCounted(deps.memory.counted, config.slos, deps.counted, () => {}, now),
  ]);
  const presence = await readPresence(deps.memory, deps, now);
  const open = Object.values(state.incidents).sort((a, b) => b.openedAt - a.openedAt);
  const past = closed.filter((incident) => state.incidents[incident.id] === undefined);
  const sources = { ...config, history, counted };
  const slos = config.slos.map((slo) => sloView(slo, sources, state, now, deps.outputs) ?? slo.id);
  const unknown = slos.filter((slo) => typeof slo === 'string');
  return {
    service: config.service,
    environment: deps.environment,
    at: now,
    ...(presence.length > 0 && { locations: presence.map((each, place) => locationView(each, place === 0, now)) }),
    monitors: config.monitors.map((monitor) => monitorView(deps, monitor, history, state, now)),
    slos: slos.filter((slo) => typeof slo !== 'string'),
    ...(unknown.length === 0 ? {} : { unknownSlos: unknown }),
    bursts: bursts.map((burst) => burstView(burst, state, deps.outputs, now)),
    incidents: [...open, ...past].map((incident) => incidentView(config, incident)),
    silences: silencesOf(state, now).map(silenceView),
  };
}

function locationView({ location: id, newestRowAt }: Presence, isHome: boolean, now: number): LocationView {
  if (newestRowAt === undefined) return { id, state: 'waiting', isHome };
  return { id, state: now - newestRowAt > locationLimitMs ? 'silent' : 'heard', isHome, lastTickAt: newestRowAt };
}

function monitorView(
  { config, showUrl }: OverviewDeps,
  monitor: Monitor,
  history: History,
  state: AlertState,
  now: number,
): MonitorView {
  const shown = outcomesBetween(history, monitor.key, now - shownMs, now);
  const newest = shown.at(-1);
  const base = {
    id: monitor.id,
    type: monitor.type,
    url: showUrl(monitor),
    intervalMs: monitor.intervalMs,
    eventIntervalMs: eventIntervalMs(monitor),
    ...(monitor.type === 'heartbeat' ? { graceMs: monitor.graceMs } : {}),
    isUnderMaintenance: isUnderMaintenance(config.maintenance, monitor.id, now) !== undefined,
    ...(monitor.degradedAfterMs === undefined ? {} : { degradedAfterMs: monitor.degradedAfterMs }),
    alerts: monitor.alerts.map((alert) => alertView(config, monitor, alert, history, state, now)),
    history: shown.map(historyEntry),
  };
  if (newest === undefined) return { ...base, state: 'waiting' };
  const { outcome } = newest;
  const changed = shown.findLastIndex((each) => each.outcome.outcome !== outcome.outcome);
  const detail = details(history, monitor.key, newest.at);
  const latencyMs = base.history.findLast(({ isContaminated }) => !isContaminated)?.latencyMs ?? undefined;
  return {
    ...base,
    state: outcome.outcome,
    since: shown[changed + 1]?.at ?? newest.at,
    lastProbeAt: newest.at,
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(outcome.errorType === undefined ? {} : { errorType: outcome.errorType }),
    ...(detail === undefined ? {} : { message: detail.message }),
    ...(detail?.statusCode === undefined ? {} : { statusCode: detail.statusCode }),
    ...(newest.sights && { seenFrom: newest.sights }),
  };
}

/** A time that this machine was too busy to measure is no time of the target's. */
function historyEntry({ at, outcome: seen }: Entry): MonitorView['history'][number] {
  const { outcome, latencyMs = null, isMaintenance, isContaminated } = seen;
  if (isContaminated) return { at, outcome, latencyMs: null, isMaintenance, isContaminated };
  return { at, outcome, latencyMs, isMaintenance };
}

function alertView(
  config: Config,
  monitor: Monitor,
  alert: MonitorAlert,
  history: History,
  state: AlertState,
  now: number,
): MonitorAlertView {
  const firing = state.alerts[alert.id];
  const { facts, heldBy } = observeMonitorAlert(config, monitor, alert, history, state, now);
  const failures = facts.kind === 'monitor' ? facts.failures : 0;
  return {
    id: alert.id,
    status: firing === undefined ? (failures === 0 ? 'inactive' : 'pending') : 'firing',
    ...(firing === undefined ? {} : { firedAt: firing.firedAt }),
    ...(heldBy === undefined ? {} : { heldBy }),
    failures,
    needed: alert.failures,
    of: alert.of,
    notify: alert.notify,
  };
}
