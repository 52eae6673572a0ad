import type { Clock } from '../clock/clock.ts';
import { BurnwatchError, type Maintenance, type Monitor } from '../config/model.ts';
import type { FailureDetail, Tick, TickOutcome } from '../ledger/model.ts';
import type { MetricIdentity } from '../metrics/catalogue.ts';
import { probeDatums } from '../metrics/datums.ts';
import type { ProbeResult } from '../probe/result.ts';
import { type ProbeRow, rowOf } from '../probe/row.ts';
import { isUnderMaintenance } from '../slo/maintenance.ts';
import type { LedgerStore, PublishMetrics } from './ports.ts';
import { isDue, latestTickMs, type Shard } from './tick.ts';

export type { ProbeRow };

/** Runs one probe to its outcome; never throws, and ends soon after the signal is aborted. */
export type RunProbe = (monitor: Monitor, signal: AbortSignal) => Promise<ProbeResult>;

export type ProbeTickDeps = {
  readonly clock: Clock;
  readonly runProbe: RunProbe;
  /** Loaded only after the probes: bringing in a client costs CPU that would spoil the latencies of a cold start. */
  readonly loadLedger: () => Promise<Pick<LedgerStore, 'saveTick'>>;
  readonly loadPublisher: () => Promise<PublishMetrics>;
  readonly identity: MetricIdentity;
  readonly location: string;
  readonly invocationId: string;
  readonly onWarning: (message: string, cause: unknown) => void;
};

export type ProbeTickSummary = {
  readonly at: number;
  readonly results: readonly ProbeResult[];
  /** `late`: too old to be judged, nothing was sent. `duplicate`: another invocation spoke for this tick first. */
  readonly saved: 'saved' | 'duplicate' | 'late';
};

/** Starts are this far apart, so that probes of one shard do not spend their CPU in each other's latency. */
const startSpacingMs = 4;

/**
 * One tick of a shard: probe what is due, then write the row, then publish the metrics, in this order: a lost metric
 * is a nuisance, a lost row could be a lost alert. A row is written even with nothing due. Metrics are published only
 * by the invocation whose row won, and their failure is a warning. Throws when the ledger refuses the row.
 */
export async function probeTick(
  shard: Shard,
  at: number,
  deps: ProbeTickDeps,
  signal: AbortSignal,
): Promise<ProbeTickSummary> {
  if (deps.clock.now() - at > latestTickMs) return { at, results: [], saved: 'late' };
  const due = shard.monitors.filter((monitor) => isDue(monitor, at));
  const results = await runAll(due, deps, signal);
  return record({ shard: shard.shard, at, monitors: due, maintenance: shard.maintenance, results }, deps);
}

/** Probes by hand, all monitors or some: writes nothing anywhere. Unknown ids are an error that names the known ones. */
export async function probeByHand(
  monitors: readonly Monitor[],
  ids: readonly string[] | undefined,
  deps: Pick<ProbeTickDeps, 'clock' | 'runProbe'>,
  signal: AbortSignal,
): Promise<readonly ProbeRow[]> {
  return (await runAll(chooseMonitors(monitors, ids), deps, signal)).map(rowOf);
}

/** Probes by hand, and writes a row of its own under the request's id. */
export async function probeAndRecord(
  shards: readonly Shard[],
  ids: readonly string[] | undefined,
  deps: ProbeTickDeps,
  signal: AbortSignal,
): Promise<readonly ProbeRow[]> {
  const monitors = chooseMonitors(
    shards.flatMap((shard) => shard.monitors),
    ids,
  );
  const at = Math.floor(deps.clock.now() / 1_000) * 1_000;
  const results = await runAll(monitors, deps, signal);
  const maintenance = shards.flatMap((shard) => shard.maintenance);
  await record({ shard: `manual-${deps.invocationId}`, at, monitors, maintenance, results }, deps);
  return results.map(rowOf);
}

function chooseMonitors(monitors: readonly Monitor[], ids: readonly string[] | undefined): readonly Monitor[] {
  if (ids === undefined) return monitors;
  const unknown = ids.filter((id) => !monitors.some((monitor) => monitor.id === id));
  if (unknown.length === 0) return monitors.filter((monitor) => ids.includes(monitor.id));
  const known = monitors.slice(0, 20).map((monitor) => monitor.id);
  throw new BurnwatchError(
    'BURN_MONITOR_UNKNOWN',
    `no monitor is called ${unknown.join(', ')}; there are ${known.join(', ')}${monitors.length > 20 ? ', …' : ''}`,
  );
}

function runAll(
  monitors: readonly Monitor[],
  { clock, runProbe }: Pick<ProbeTickDeps, 'clock' | 'runProbe'>,
  signal: AbortSignal,
): Promise<readonly ProbeResult[]> {
  const startedAt = clock.monotonicMs();
  return Promise.all(
    monitors.map(async (monitor, index) => {
      const waitMs = startedAt + index * startSpacingMs - clock.monotonicMs();
      if (waitMs > 0) await clock.sleep(waitMs);
      return runProbe(monitor, signal);
    }),
  );
}

type Recorded = {
  readonly shard: string;
  readonly at: number;
  readonly monitors: readonly Monitor[];
  readonly maintenance: readonly Maintenance[];
  readonly results: readonly ProbeResult[];
};

async function record(run: Recorded, deps: ProbeTickDeps): Promise<ProbeTickSummary> {
  const { at, results } = run;
  const ledger = await deps.loadLedger();
  const saved = await ledger.saveTick(tickOf(run, deps.location), deps.invocationId);
  const datums = saved === 'saved' ? probeDatums(results, deps.identity, at) : [];
  if (datums.length > 0) {
    try {
      const publish = await deps.loadPublisher();
      await publish(datums);
    } catch (cause) {
      deps.onWarning('the metrics of this tick are lost; its row is in the ledger', cause);
    }
  }
  return { at, results, saved };
}

function tickOf(run: Recorded, location: string): Tick {
  const { at, shard } = run;
  const details: FailureDetail[] = [];
  const outcomes = run.monitors.flatMap((monitor, index): TickOutcome[] => {
    const result = run.results[index];
    if (result === undefined) return [];
    const detail = detailOf(monitor, result);
    if (detail !== undefined) details.push(detail);
    return [outcomeOf(monitor, result, isUnderMaintenance(run.maintenance, monitor.id, at) !== undefined)];
  });
  return { location, at, shard, outcomes, details };
}

function outcomeOf(monitor: Monitor, result: ProbeResult, isMaintenance: boolean): TickOutcome {
  return {
    monitorKey: monitor.key,
    outcome: result.outcome,
    ...(result.errorType === undefined ? {} : { errorType: result.errorType }),
    ...(result.attempts === 0 ? {} : { latencyMs: result.latencyMs }),
    isMaintenance,
    isRetried: result.attempts > 1,
    isContaminated: false,
  };
}

function detailOf(monitor: Monitor, result: ProbeResult): FailureDetail | undefined {
  if (result.outcome === 'passed' || result.message === undefined) return undefined;
  const status = result.statusCode === undefined ? {} : { statusCode: result.statusCode };
  return { monitorKey: monitor.key, message: result.message, ...status };
}
