import type { Maintenance, Monitor } from '../../config/model.ts';
import type { FailureDetail, Tick, TickOutcome } from '../../ledger/model.ts';
import type { MetricIdentity } from '../../metrics/catalogue.ts';
import type { Datum } from '../../metrics/model.ts';
import type { ProbeResult } from '../../probe/result.ts';
import { judgeLatency, type LatencyLimit } from '../../slo/latency.ts';
import { isUnderMaintenance } from '../../slo/maintenance.ts';
import type { LedgerStore, PublishMetrics } from '../ports.ts';

export type RecordDeps = {
  /** Loaded only after the probes: bringing in a client costs CPU that would spoil the latencies of a cold start. */
  readonly loadLedger: () => Promise<Pick<LedgerStore, 'saveTick'>>;
  readonly loadPublisher: () => Promise<PublishMetrics>;
  readonly identity: MetricIdentity;
  readonly location: string;
  readonly invocationId: string;
  readonly onWarning: (message: string, cause: unknown) => void;
};

/** One row: what the probes of one instant found. `results` in the order of `monitors`. */
export type Row = {
  readonly shard: string;
  /** Epoch ms, whole seconds. */
  readonly at: number;
  readonly monitors: readonly Monitor[];
  readonly maintenance: readonly Maintenance[];
  /** What SLOs ask of their latencies: each is judged in the same row. */
  readonly latencies: readonly LatencyLimit[];
  readonly results: readonly ProbeResult[];
};

/** Writes the row. `duplicate`: another invocation spoke for this instant first. Throws when the ledger refuses. */
export async function saveRow(row: Row, deps: RecordDeps): Promise<'saved' | 'duplicate'> {
  const ledger = await deps.loadLedger();
  return ledger.saveTick(tickOf(row, deps.location), deps.invocationId);
}

/** Publishes; a failure is a warning, because a lost metric is a nuisance and its row is in the ledger. */
export async function publishDatums(datums: readonly Datum[], deps: RecordDeps): Promise<void> {
  if (datums.length === 0) return;
  try {
    const publish = await deps.loadPublisher();
    await publish(datums);
  } catch (cause) {
    deps.onWarning('the metrics of this tick are lost; its row is in the ledger', cause);
  }
}

function tickOf({ shard, at, monitors, maintenance, latencies, results }: Row, location: string): Tick {
  const details: FailureDetail[] = [];
  const outcomes = monitors.flatMap((monitor, index): TickOutcome[] => {
    const result = results[index];
    // A heartbeat that was never called is not seen at all: an alert on its coverage would wait for a job that never ran.
    if (result === undefined || result.isWaiting) return [];
    const detail = detailOf(monitor, result);
    if (detail !== undefined) details.push(detail);
    const outcome = outcomeOf(monitor, result, isUnderMaintenance(maintenance, monitor.id, at) !== undefined);
    const limits = latencies.filter((limit) => limit.monitor === monitor.id);
    return [outcome, ...limits.map((limit) => judgeLatency(outcome, limit))];
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
    isContaminated: result.isContaminated,
    ...(result.isRepeat ? { isRepeat: true } : {}),
  };
}

function detailOf(monitor: Monitor, result: ProbeResult): FailureDetail | undefined {
  if (result.outcome === 'passed' || result.message === undefined) return undefined;
  const status = result.statusCode === undefined ? {} : { statusCode: result.statusCode };
  return { monitorKey: monitor.key, message: result.message, ...status };
}
