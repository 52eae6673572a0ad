import { outageOf } from '../alert/dependency.ts';
import type { AlertState, Transition } from '../alert/model.ts';
import { isJudged } from '../alert/monitor.ts';
import { type Config, type Monitor, monitorIdsOf } from '../config/model.ts';
import { details, type Entry, outcomesBetween } from '../ledger/history.ts';
import { dayMs } from '../ledger/keys.ts';
import type { Dependency, Message, Notice, SeenFrom, SpentBudget } from '../message/model.ts';
import { buildNotices, type Failure, worstTransitions } from '../message/notice.ts';
import { renderMessage } from '../message/render.ts';
import { earliestResolution } from '../slo/resolution.ts';
import type { RenderView } from './evaluate.ts';
import { spentIn } from './incident/spent.ts';
import { seenOutcomes } from './observe.ts';
import { describeStanding, isKnown, type KnownStanding } from './standing.ts';

/** What rendering needs beside an evaluation's view: where this stack's outputs point, and links for the reader. */
export type RenderContext = {
  readonly environment: string;
  readonly outputs: (name: string) => string | undefined;
  readonly links: Notice['links'];
  /** Where an incident is acknowledged; absent where that is not deployed. */
  readonly acknowledgeUrl?: (incidentId: string, at: number) => string | undefined;
};

/** A message shows fifty lines at most. */
const mostShown = 100;

/** Renders what one batch says of one incident, at the moment of sending: a message for each distinct set of channels. */
export function renderTransitions(
  transitions: readonly Transition[],
  view: RenderView,
  context: RenderContext,
): readonly Message[] {
  const { config, standings, now } = view;
  // Of thousands the worst are shown: what is known of the others is not looked up.
  const shown = worstTransitions(transitions, mostShown);
  const notices = buildNotices(transitions, {
    config,
    now,
    environment: context.environment,
    incidents: Object.fromEntries(view.incidents),
    standings: new Map(spokenOf(standings, shown, config).map((each) => [each.slo.id, describeStanding(each, now)])),
    failures: new Map(concerned(config, shown).flatMap((monitor) => newestFailure(monitor, view))),
    seen: new Map(concerned(config, shown).flatMap((monitor) => failureSeen(monitor, view))),
    verdicts: view.verdicts ?? [],
    resolvesAt: new Map(resolutions(shown, view)),
    failingSince: new Map(shown.flatMap((transition) => failingSince(transition, view))),
    dependencies: new Map(shown.flatMap((transition) => dependencyOf(transition, view))),
    spent: new Map(transitions.flatMap((transition) => spentOf(transition, view))),
    quiet: new Map(quietOf(view.state)),
    ...(context.acknowledgeUrl && { acknowledgeUrl: context.acknowledgeUrl }),
    outputs: context.outputs,
    links: context.links,
  });
  return notices.map(renderMessage);
}

/** The SLOs that the transitions speak of: looking ahead costs some milliseconds for each. */
function spokenOf(
  standings: RenderView['standings'],
  transitions: readonly Transition[],
  config: Config,
): readonly KnownStanding[] {
  const alerts = new Set(transitions.map((transition) => transition.alertId));
  const monitors = new Set(concerned(config, transitions).map(({ id }) => id));
  return standings
    .filter(isKnown)
    .filter(
      ({ slo }) => slo.alerts.some(({ id }) => alerts.has(id)) || monitorIdsOf(slo).some((id) => monitors.has(id)),
    );
}

/** The monitors that the transitions speak of, by themselves or through an SLO. */
function concerned(config: Config, transitions: readonly Transition[]): readonly Monitor[] {
  const alerts = new Set(transitions.map((transition) => transition.alertId));
  const bySlo = config.slos.filter((slo) => slo.alerts.some((rule) => alerts.has(rule.id)));
  const ids = new Set(bySlo.flatMap(monitorIdsOf));
  return config.monitors.filter(
    (monitor) => ids.has(monitor.id) || monitor.alerts.some((alert) => alerts.has(alert.id)),
  );
}

/** What the newest failed probe of the last day said, while the ledger still knows. */
function newestFailure(monitor: Monitor, view: RenderView): [string, Failure][] {
  const failed = newestFailed(monitor, view);
  const detail = failed && details(view.history, monitor.key, failed.at);
  return detail === undefined ? [] : [[monitor.id, detail]];
}

/** From which of several locations it was seen. */
function failureSeen(monitor: Monitor, view: RenderView): [string, SeenFrom][] {
  const sights = monitor.agreement && newestFailed(monitor, view)?.sights;
  return sights === undefined ? [] : [[monitor.id, sights]];
}

function newestFailed({ key }: Monitor, { history, now }: RenderView): Entry | undefined {
  return outcomesBetween(history, key, now - dayMs, now).findLast(({ outcome }) => outcome.outcome === 'failed');
}

/** Alerts that say nothing of their own while a page of their SLO is open. */
function quietOf({ alerts }: AlertState): [string, number][] {
  return Object.entries(alerts).flatMap(([id, { heldBack, firedAt }]): [string, number][] =>
    heldBack === 'page' ? [[id, firedAt]] : [],
  );
}

/** What an incident that is over took of budgets. */
function spentOf({ kind, incidentId }: Transition, view: RenderView): [string, readonly SpentBudget[]][] {
  const incident = kind === 'closed' ? view.incidents.get(incidentId) : undefined;
  return incident === undefined ? [] : [[incidentId, spentIn(incident, view.standings.filter(isKnown), view.now)]];
}

/**
 * When the failures began that an alert fires for: an alert of few short intervals sees only the newest of them. Of what has
 * fired for long that is its firing at the latest.
 */
function failingSince(
  { kind, alertId, facts, firedAt }: Transition,
  { config, history, now }: RenderView,
): [string, number][] {
  if (kind === 'resolved' || facts.kind !== 'monitor' || facts.firstFailureAt === 0) return [];
  const { firstFailureAt } = facts;
  const monitor = config.monitors.find(({ alerts }) => alerts.some(({ id }) => id === alertId));
  if (monitor === undefined) return [];
  const judged = seenOutcomes(monitor, now - firstFailureAt + dayMs, history, now).filter(isJudged);
  const before = judged.filter(({ at }) => at <= firstFailureAt);
  const lastGood = before.findLastIndex(({ outcome }) => outcome !== 'failed');
  const beganAt = before[lastGood + 1]?.at ?? firstFailureAt;
  return [[alertId, kind === 'fired' ? beganAt : Math.min(beganAt, firedAt)]];
}

/** What held a monitor's alert until it fired: the last outage to end of those that it depends on, if it saw the first failure. */
function dependencyOf({ kind, alertId, firedAt, facts }: Transition, view: RenderView): [string, Dependency][] {
  if (kind !== 'fired' || facts.kind !== 'monitor') return [];
  const { config, history } = view;
  const child = config.monitors.find(({ alerts }) => alerts.some(({ id }) => id === alertId));
  const parents = config.monitors.filter(({ id }) => child?.dependsOn.includes(id));
  const outages = parents.flatMap((monitor) => {
    const outcomes = seenOutcomes(monitor, view.now - firedAt + dayMs, history, view.now);
    return outageOf({ monitor, outcomes }, firedAt);
  });
  const held = outages
    .flatMap(({ monitor, downAt, upAt }) => (upAt === undefined ? [] : [{ monitor: monitor.id, downAt, upAt }]))
    .filter(({ upAt }) => upAt >= facts.firstFailureAt)
    .sort((a, b) => b.upAt - a.upAt)[0];
  return child && held ? [[child.id, held]] : [];
}

function resolutions(transitions: readonly Transition[], view: RenderView): [string, number][] {
  const fired = new Set(transitions.filter(({ kind }) => kind !== 'resolved').map(({ alertId }) => alertId));
  return view.standings.filter(isKnown).flatMap(({ slo, events }) =>
    slo.alerts
      .filter((rule) => fired.has(rule.id))
      .map((rule): [string, number] => {
        const clearSince = view.state.alerts[rule.id]?.clearSince;
        return [rule.id, earliestResolution(slo, rule, events, view.now, clearSince)];
      }),
  );
}
