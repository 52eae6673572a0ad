import { observeBurst } from '../alert/burst.ts';
import { coverageChannels, observeCoverage } from '../alert/coverage.ts';
import { observeDependent, type Parent, parentLookbackMs } from '../alert/dependency.ts';
import { observeDrill, observePath, observeUnread } from '../alert/drill.ts';
import { locationChannels, observeLocation } from '../alert/location.ts';
import type { AlertFacts, AlertState, Observation } from '../alert/model.ts';
import { monitorLookbackMs, type SeenOutcome } from '../alert/monitor.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import {
  type BurnRule,
  type Config,
  followUpOf,
  type Monitor,
  type MonitorAlert,
  monitorIdsOf,
  notifiedChannels,
  type Slo,
} from '../config/model.ts';
import { firstSeenAt, type History, lastOutcomeAt, newestJudgedAt, outcomesBetween } from '../ledger/history.ts';
import { minuteMs } from '../ledger/keys.ts';
import { evaluateBurn, resolveDelayOf } from '../slo/burn.ts';
import { type Events, minutesOf } from '../slo/events.ts';
import { isDegradedBad, judgedOf } from '../slo/indicator.ts';
import { isUnderMaintenance } from '../slo/maintenance.ts';
import type { SeenDrills } from './drill/drill.ts';
import type { Presence } from './panel.ts';
import { isKnown, type Standing } from './standing.ts';

/** What an evaluation looks at. */
export type Seen = {
  readonly config: Config;
  readonly history: History;
  readonly standings: readonly Standing[];
  /** Of several locations; without it there is one. */
  readonly presence?: readonly Presence[];
  /** Of the newest runs of bursts; undefined where they could not be read. */
  readonly verdicts: readonly BurstVerdict[] | undefined;
  readonly state: AlertState;
  readonly now: number;
  /** Undefined where they could not be read. */
  readonly drills?: SeenDrills;
};

/**
 * Everything that the alerts of a configuration see at one instant: one observation an alert. `steady` is what does not
 * depend on the alerts' state: who asks again at the same instant passes it.
 */
export function observeAll(seen: Seen, steady: readonly Observation[] = observeSteady(seen)): readonly Observation[] {
  const planned = monitorsUnderMaintenance(seen);
  const isPlanned = ({ monitors }: Observation) => monitors.length > 0 && monitors.every((id) => planned.has(id));
  return observations(seen, steady).map((each) => (isPlanned(each) ? { ...each, isPlanned: true } : each));
}

function monitorsUnderMaintenance({ config: { maintenance }, now }: Seen): ReadonlySet<string> {
  const named = new Set(maintenance.flatMap(({ monitors }) => monitors));
  return new Set([...named].filter((id) => isUnderMaintenance(maintenance, id, now) !== undefined));
}

function observations(seen: Seen, steady: readonly Observation[]): readonly Observation[] {
  const { config, history, state, now } = seen;
  return [
    ...config.monitors.flatMap((monitor) =>
      monitor.alerts.map((alert) => observeMonitorAlert(config, monitor, alert, history, state, now)),
    ),
    ...steady,
    ...observeDrills(seen),
  ];
}

/** What lost coverage, silent locations, burn rules and bursts see, whatever fires: the larger part of the work. */
export function observeSteady(seen: Seen): readonly Observation[] {
  const { config, history, standings, verdicts, now } = seen;
  return [
    ...observeLocations(seen),
    ...config.monitors.flatMap((monitor) => observeCoverageOf(monitor, history, now)),
    ...standings.flatMap((standing) =>
      standing.slo.alerts.map((rule) => observeBurn(config, standing, rule, history, now)),
    ),
    ...config.bursts.flatMap((burst) => burst.alerts.map((alert) => observeBurst(burst, alert, verdicts))),
  ];
}

function observeLocations({ config, presence = [], now }: Seen): readonly Observation[] {
  const channels = presence.length === 0 ? [] : locationChannels(config.monitors);
  return channels.length === 0 ? [] : presence.map((each) => observeLocation(each, channels, now));
}

function observeDrills({ config, state, now, drills }: Seen): readonly Observation[] {
  const told = notifiedChannels(config);
  const { notify } = config.drill ?? {};
  const path = notify && observePath(drills?.ended ?? [], notify, [...new Set([...told, ...notify])]);
  const own = drills?.drills.map((drill) => observeDrill(drill, state, now)) ?? observeUnread(state);
  return [...own, ...(path ? [path] : [])];
}

/** One m-of-n alert, held while what its monitor depends on is down. */
export function observeMonitorAlert(
  config: Config,
  monitor: Monitor,
  alert: MonitorAlert,
  history: History,
  state: AlertState,
  now: number,
): Observation {
  const lookbackMs = monitorLookbackMs(alert, monitor) + monitor.intervalMs;
  const outcomes = seenOutcomes(monitor, lookbackMs, history, now);
  const named = monitor.dependsOn.length === 0 ? [] : config.monitors; // thousands of monitors depend on none
  const parents = named
    .filter(({ id }) => monitor.dependsOn.includes(id))
    .map((parent): Parent => {
      const spanMs = parentLookbackMs(alert, monitor, parent);
      return { monitor: parent, outcomes: seenOutcomes(parent, spanMs, history, now) };
    });
  const firedAt = state.alerts[alert.id]?.firedAt;
  return observeDependent(alert, monitor, outcomes, parents, state.resolvedAt[alert.id], firedAt, now);
}

/** A monitor's outcomes of the span that ends now, as alerts look at them. */
export function seenOutcomes(monitor: Monitor, spanMs: number, history: History, now: number): SeenOutcome[] {
  return outcomesBetween(history, monitor.key, now - spanMs, now).map(({ at, outcome }) => ({ at, ...outcome }));
}

function observeCoverageOf(monitor: Monitor, history: History, now: number): readonly Observation[] {
  const channels = coverageChannels(monitor);
  if (channels.length === 0) return [];
  const seen = { newestJudgedAt: newestJudgedAt(history, monitor.key), firstSeenAt: firstSeenAt(history, monitor.key) };
  return [observeCoverage(monitor, seen, channels, now)];
}

const noBurnFacts: AlertFacts = {
  kind: 'burn',
  longBad: 0,
  longExpected: 0,
  shortBad: 0,
  shortExpected: 0,
  budgetLeftPpm: 0,
  lastFailureAt: 0,
};

/** A rule whose SLO nobody could count is unknown: whatever fires goes on, and nothing new does. */
function observeBurn(config: Config, standing: Standing, rule: BurnRule, history: History, now: number): Observation {
  const { slo } = standing;
  const base = {
    alertId: rule.id,
    severity: rule.severity,
    notify: rule.notify,
    monitors: monitorIdsOf(slo),
    resolveDelayMs: resolveDelayOf(rule),
    rememberResolvedMs: 0,
    ...followUpOf(rule),
  };
  if (!isKnown(standing)) return { ...base, condition: 'unknown', facts: noBurnFacts };
  const reading = evaluateBurn(slo, rule, standing.events, now);
  return {
    ...base,
    condition: reading.condition,
    facts: {
      kind: 'burn',
      longBad: reading.longBad,
      longExpected: reading.longExpected,
      shortBad: reading.shortBad,
      shortExpected: reading.shortExpected,
      budgetLeftPpm: standing.budget.leftPpm,
      // A calm window holds no failure to look for, and it may be three days long.
      lastFailureAt: reading.longBad === 0 ? 0 : newestBadAt(config, standing, rule.longMs, history, now),
    },
  };
}

/** When the last bad event was in the span that ends now, or the minute of it; 0 where there is none. */
function newestBadAt(
  { monitors }: Config,
  { slo, events }: { readonly slo: Slo; readonly events: Events },
  spanMs: number,
  history: History,
  now: number,
): number {
  const mine = judgedOf(slo, monitors);
  if (mine.length === 0) return newestBadMinute(events, spanMs, now);
  const bad = isDegradedBad(slo) ? (['failed', 'degraded'] as const) : (['failed'] as const);
  return Math.max(0, ...mine.map(({ key }) => lastOutcomeAt(history, key, bad, now - spanMs, now) ?? 0));
}

function newestBadMinute(events: Events, spanMs: number, now: number): number {
  const { bad } = minutesOf(events, now - spanMs, now);
  const index = bad.findLastIndex((count) => count > 0);
  return index < 0 ? 0 : (Math.floor(now / minuteMs) - (bad.length - 1 - index)) * minuteMs;
}
