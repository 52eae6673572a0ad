import { hasBurstAlerts } from '../alert/burst.ts';
import type { AlertState, Incident, OutboxEntry, Transition } from '../alert/model.ts';
import { monitorLookbackMs } from '../alert/monitor.ts';
import { stepAlerts } from '../alert/step.ts';
import type { BurstVerdict } from '../burst/verdict.ts';
import type { Config } from '../config/model.ts';
import { keptTicksMs } from '../ledger/history.ts';
import { minuteMs } from '../ledger/keys.ts';
import type { Message } from '../message/model.ts';
import type { MetricIdentity } from '../metrics/catalogue.ts';
import { sloDatums } from '../metrics/datums.ts';
import { type CountedSources, refreshCounted } from './counted/counted.ts';
import { type DeliverDeps, deliver, incidentIdOf } from './deliver.ts';
import { createDrillLog, readDrills } from './drill/drill.ts';
import type { DrillSource } from './drill/model.ts';
import { type LedgerMemory, readPresence, refreshHistory } from './history.ts';
import { needsOf } from './needs.ts';
import { observeAll, observeSteady, type Seen } from './observe.ts';
import type { AlertStore, LedgerStore, LoadVerdicts, Notify, PublishMetrics } from './ports.ts';
import { isKnown, type Standing, standingOf } from './standing.ts';
import { together } from './together.ts';

export type EvaluateDeps = {
  readonly ledger: Omit<LedgerStore, 'saveTick'>;
  readonly alerts: Omit<AlertStore, 'loadIncidents'>;
  /** Asked only where a burst has alerts. */
  readonly loadVerdicts: LoadVerdicts;
  /** Asked only where an SLO judges something else than probes. */
  readonly counted?: CountedSources;
  /** Where drills are; without it there are none. */
  readonly drills?: DrillSource;
  readonly notify: Notify;
  readonly publishMetrics: PublishMetrics;
  readonly render: Render;
  readonly identity: MetricIdentity;
  readonly location: string;
  /** Random, and different for each invocation: by it a write whose answer was lost is recognised. */
  readonly writer: string;
  /** Until the invocation is ended from outside. */
  readonly remainingMs: () => number;
  readonly onWarning: (message: string, cause: unknown) => void;
};

export type Render = (
  transitions: readonly Transition[],
  view: RenderView,
) => readonly Message[] | Promise<readonly Message[]>;

/** What a message is rendered from, beside its transitions. */
export type RenderView = Seen & {
  /** Open incidents, and those that closed with what is being told. */
  readonly incidents: ReadonlyMap<string, Incident>;
};

export type EvaluateSummary = {
  readonly firing: number;
  readonly fired: number;
  readonly resolved: number;
  /** Messages sent, those left over from earlier rounds included. */
  readonly sent: number;
};

/** A step carries a bounded number of changes; what is left over is decided in the next round of the same evaluation. */
const mostRounds = 8;
/** While so much is undelivered nothing more is decided: the outbox shares an item of at most 400 KB with the state. */
const mostWaiting = 100;

/** Of the invocation's time, this much is kept from what is left over, to decide what is new and to send that. */
const decideMs = 18_000;
/** One message that hangs, and then its acknowledgement, take so long: two attempts of two seconds each. */
const deliverMs = 9_000;

/**
 * One evaluation: sends what is left over, reads the new ticks, steps every alert, writes the state and its outbox in one
 * conditional write, sends, acknowledges, publishes the SLOs' metrics. Throws an AggregateError at its end when something
 * could not be delivered (it stays in the outbox), and before anything is decided when the ledger refuses.
 */
export async function evaluate(
  config: Config,
  memory: LedgerMemory,
  given: EvaluateDeps,
  now: number,
): Promise<EvaluateSummary> {
  const drillLog = createDrillLog(given.notify, given.drills);
  const deps = { ...given, notify: drillLog.notify };
  const [loaded, verdicts, history, counted, drills] = await together([
    deps.alerts.load(),
    readVerdicts(config, deps),
    refreshHistory(
      memory,
      { ...deps, config },
      { ...needsOf(config.slos, now), ticksMs: ticksOf(config), isSaving: true },
      now,
    ),
    refreshCounted(memory.counted, config.slos, deps.counted, deps.onWarning, now),
    deps.drills && readDrills(config, deps.drills, deps.onWarning, now),
  ]);
  const sources = { ...config, history, counted };
  const standings = config.slos.map((slo) => standingOf(slo, sources, now));
  const presence = await readPresence(memory, { ...deps, config }, now);
  const view = { config, history, standings, presence, verdicts, state: loaded.state, now, drills };
  const waiting = new Set<string>();
  const backlog = await send(loaded.outbox, view, { ...deps, waiting }, decideMs);
  const decided =
    loaded.outbox.length - backlog.sentEntries > mostWaiting
      ? { state: loaded.state, entries: [], sent: 0, errors: [] }
      : await decide(view, { ...deps, waiting });
  await drillLog.flush(deps.onWarning);
  await publish(standings, deps, now);
  const errors = [...backlog.errors, ...decided.errors];
  if (errors.length > 0)
    throw new AggregateError(errors, `${errors.length} messages could not be delivered: ${reason(errors[0])}`);
  const kinds = decided.entries.map((entry) => (entry.kind === 'transition' ? entry.transition.kind : 'archived'));
  return {
    firing: Object.keys(decided.state.alerts).length,
    fired: kinds.filter((kind) => kind === 'fired').length,
    resolved: kinds.filter((kind) => kind === 'resolved').length,
    sent: backlog.sent + decided.sent,
  };
}

/** Bursts are told of beside everything else: where their verdicts cannot be read, their alerts stay as they are. */
async function readVerdicts(config: Config, deps: EvaluateDeps): Promise<readonly BurstVerdict[] | undefined> {
  if (!hasBurstAlerts(config)) return [];
  try {
    return await deps.loadVerdicts();
  } catch (cause) {
    deps.onWarning('the verdicts of bursts could not be read: their alerts stay as they are', cause);
    return undefined;
  }
}

/**
 * How far back a first reading needs single rows, ms: a folded minute keeps the counts of a monitor that is probed several
 * times in it, but not their order, and nothing of a heartbeat's repeats. Bounded by how long single rows are remembered.
 */
function ticksOf({ monitors }: Config): number {
  const needs = monitors
    .filter(({ type, intervalMs }) => type === 'heartbeat' || intervalMs < minuteMs)
    .flatMap((monitor) => monitor.alerts.map((alert) => monitorLookbackMs(alert, monitor) + monitor.intervalMs));
  return Math.min(keptTicksMs, Math.max(0, ...needs));
}

type Decided = {
  readonly state: AlertState;
  readonly entries: readonly OutboxEntry[];
  readonly sent: number;
  readonly errors: readonly unknown[];
};

async function decide(view: Seen, deps: SendDeps): Promise<Decided> {
  let state = view.state;
  let isReloaded = false;
  const steady = observeSteady(view);
  const done = { entries: [] as OutboxEntry[], sent: 0, errors: [] as unknown[] };
  for (let round = 0; round < mostRounds; round += 1) {
    const observations = observeAll({ ...view, state }, steady);
    const step = stepAlerts(state, observations, view.now);
    if (step.state === state) break;
    const saved = await deps.alerts.save(step.state, step.entries, deps.writer);
    if (saved === 'conflict') {
      // Someone else evaluated at the same time: decide once more on what they wrote, then leave it to the next minute.
      if (isReloaded) break;
      isReloaded = true;
      const { state: theirs, outbox } = await deps.alerts.load();
      state = theirs;
      // They send what they decided, or the next minute does; what is decided on top of it is told after it.
      for (const entry of outbox) deps.waiting.add(incidentIdOf(entry));
      continue;
    }
    state = step.state;
    const delivery = await send(step.entries, { ...view, state }, deps, deliverMs);
    done.entries.push(...step.entries);
    done.sent += delivery.sent;
    done.errors.push(...delivery.errors);
  }
  return { state, ...done };
}

type SendDeps = EvaluateDeps & Pick<DeliverDeps, 'waiting'>;

/** Delivers an outbox as long as more than `keptMs` of the invocation's time remain. */
async function send(outbox: readonly OutboxEntry[], view: Seen, deps: SendDeps, keptMs: number) {
  const closed = outbox.flatMap((entry) => (entry.kind === 'incident' ? [entry.incident] : []));
  const all = [...Object.values(view.state.incidents), ...closed];
  const incidents = new Map(all.map((incident) => [incident.id, incident]));
  const render = (transitions: readonly Transition[]) => deps.render(transitions, { ...view, incidents });
  const hasTime = () => deps.remainingMs() > keptMs;
  return deliver(outbox, { alerts: deps.alerts, notify: deps.notify, render, hasTime, waiting: deps.waiting });
}

async function publish(standings: readonly Standing[], deps: EvaluateDeps, now: number): Promise<void> {
  const datums = standings
    .filter(isKnown)
    .flatMap(({ budget, burnRate }) => sloDatums(budget, burnRate, deps.identity, now));
  if (datums.length === 0) return;
  try {
    await deps.publishMetrics(datums);
  } catch (cause) {
    deps.onWarning('the metrics of this evaluation are lost', cause);
  }
}

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error));
