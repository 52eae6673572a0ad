import { BurnwatchError, type Monitor } from '../../config/model.ts';
import { probeDatums, sumDatums } from '../../metrics/datums.ts';
import type { Datum } from '../../metrics/model.ts';
import type { ProbeResult } from '../../probe/result.ts';
import { type ProbeRow, rowOf } from '../../probe/row.ts';
import { isDue, latestTickMs, offsetsOf, type Shard } from '../tick.ts';
import { type BatchDeps, runBatch } from './batch.ts';
import { publishDatums, type RecordDeps, saveRow } from './record.ts';

export type { ProbeRow };

export type ProbeTickDeps = BatchDeps & RecordDeps;

export type ProbeTickSummary = {
  readonly at: number;
  readonly results: readonly ProbeResult[];
  /** `late`: too old to be judged, or of a time that has not come; nothing was sent. `duplicate`: another invocation spoke for this tick first. */
  readonly saved: 'saved' | 'duplicate' | 'late';
};

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
  if (Math.abs(deps.clock.now() - at) > latestTickMs) return { at, results: [], saved: 'late' };
  if (shard.spanMs !== undefined) return probeSpan(shard, { at, spanMs: shard.spanMs }, deps, signal);
  const { summary, datums } = await probeAt(shard, { at }, deps, signal);
  await publishDatums(datums, deps);
  return summary;
}

type Probed = { readonly summary: ProbeTickSummary; readonly datums: readonly Datum[] };

/** Probes what is due at one instant, spread over the room that there is, and writes its row. What there is to publish is empty where the row lost. */
async function probeAt(
  shard: Shard,
  when: { readonly at: number; readonly roomMs?: number },
  deps: ProbeTickDeps,
  signal: AbortSignal,
): Promise<Probed> {
  const { at } = when;
  const { maintenance, latencies = [] } = shard;
  const monitors = shard.monitors.filter((monitor) => isDue(monitor, at));
  const results = await runBatch(monitors, deps, signal, when);
  const saved = await saveRow({ shard: shard.shard, at, monitors, maintenance, latencies, results }, deps);
  const datums = saved === 'saved' ? datumsOf(monitors, results, deps, at) : [];
  return { summary: { at, results, saved }, datums };
}

/** What there is to publish of probes, in the order of their monitors: of those that several locations judge, with where this is. */
function datumsOf(
  monitors: readonly Monitor[],
  results: readonly ProbeResult[],
  { identity, location }: RecordDeps,
  at: number,
): readonly Datum[] {
  const together = new Set(monitors.filter(({ agreement }) => agreement !== undefined).map(({ id }) => id));
  const [several, alone] = [true, false].map((is) => results.filter(({ monitor }) => together.has(monitor) === is));
  return [...probeDatums(alone ?? [], identity, at), ...probeDatums(several ?? [], { ...identity, location }, at)];
}

/**
 * A span of monitors that are due several times in it, each time with a row of its own, which is written at once. The
 * offsets count from the arrival, so that a late invocation keeps their distance; what one of them waits for holds up no
 * other. The metrics go out together at the end. It ends as soon as another invocation turns out to speak for this span: a
 * row is lost before one was won. Throws at its end when the ledger refused a row.
 */
async function probeSpan(
  shard: Shard,
  { at, spanMs }: { at: number; spanMs: number },
  deps: ProbeTickDeps,
  signal: AbortSignal,
): Promise<ProbeTickSummary> {
  const { clock } = deps;
  const arrivedAt = clock.monotonicMs();
  const lost = new AbortController();
  const ending = AbortSignal.any([signal, lost.signal]);
  const rounds: Promise<Probed>[] = [];
  let hasWon = false;
  const learn = ({ summary: { saved } }: Probed): void => {
    if (saved === 'saved') hasWon = true;
    else if (!hasWon) lost.abort();
  };
  for (const { offsetMs, roomMs } of withRoom(offsetsOf(shard.monitors, at, spanMs))) {
    await sleepUntil(arrivedAt + offsetMs, deps, ending);
    if (ending.aborted) break;
    const round = probeAt(shard, { at: at + offsetMs, roomMs }, deps, signal);
    round.then(learn, () => {}); // a refusal is told at the end
    rounds.push(round);
  }
  return endSpan(at, await Promise.allSettled(rounds), deps);
}

/** Which part of the time until the next offset the probes of one may be spread over. */
const roomPart = 0.25;

/** It is paid for until the last offset, so up to there probes take their time; those of the last one do not prolong it. */
function withRoom(offsets: readonly number[]): readonly { readonly offsetMs: number; readonly roomMs: number }[] {
  return offsets.map((offsetMs, index) => ({
    offsetMs,
    roomMs: roomPart * ((offsets[index + 1] ?? offsetMs) - offsetMs),
  }));
}

/** Until an instant of the monotonic clock, or until the signal is aborted. */
async function sleepUntil(untilMs: number, { clock }: ProbeTickDeps, signal: AbortSignal): Promise<void> {
  const waitMs = untilMs - clock.monotonicMs();
  if (waitMs <= 0) return;
  try {
    await clock.sleep(Math.ceil(waitMs), signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function endSpan(
  at: number,
  rounds: readonly PromiseSettledResult<Probed>[],
  deps: ProbeTickDeps,
): Promise<ProbeTickSummary> {
  const probed = rounds.flatMap((round) => (round.status === 'fulfilled' ? [round.value] : []));
  const refused = rounds.find((round) => round.status === 'rejected');
  await publishDatums(
    sumDatums(
      probed.flatMap(({ datums }) => datums),
      at,
    ),
    deps,
  );
  if (refused !== undefined) throw refused.reason;
  const isSaved = probed.some(({ summary }) => summary.saved === 'saved');
  return { at, results: probed.flatMap(({ summary }) => summary.results), saved: isSaved ? 'saved' : 'duplicate' };
}

/** Probes by hand, all monitors or some, by their ids: writes nothing anywhere. Unknown ids are an error that names the known ones. */
export async function probeByHand(
  monitors: readonly Monitor[],
  ids: readonly string[] | undefined,
  deps: BatchDeps,
  signal: AbortSignal,
): Promise<readonly ProbeRow[]> {
  return (await runBatch(chooseMonitors(monitors, ids), deps, signal)).map(rowOf);
}

/** Probes by hand, and writes a row of its own under the request's id. */
export async function probeAndRecord(
  shards: readonly Shard[],
  ids: readonly string[] | undefined,
  deps: ProbeTickDeps,
  signal: AbortSignal,
): Promise<readonly ProbeRow[]> {
  const all = shards.flatMap((shard) => shard.monitors);
  const monitors = chooseMonitors(all, ids);
  const at = Math.floor(deps.clock.now() / 1_000) * 1_000;
  const results = await runBatch(monitors, deps, signal, { at });
  const maintenance = shards.flatMap((shard) => shard.maintenance);
  const latencies = shards.flatMap((shard) => shard.latencies ?? []);
  const row = { shard: `manual-${deps.invocationId}`, at, monitors, maintenance, latencies, results };
  const saved = await saveRow(row, deps);
  if (saved === 'saved') await publishDatums(datumsOf(monitors, results, deps, at), deps);
  return results.map(rowOf);
}

function chooseMonitors(all: readonly Monitor[], ids: readonly string[] | undefined): readonly Monitor[] {
  const monitors = all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  if (ids === undefined) return monitors;
  const unknown = ids.filter((id) => !monitors.some((monitor) => monitor.id === id));
  if (unknown.length === 0) return monitors.filter((monitor) => ids.includes(monitor.id));
  const known = monitors.slice(0, 20).map((monitor) => monitor.id);
  throw new BurnwatchError(
    'BURN_MONITOR_UNKNOWN',
    `no monitor is called ${unknown.join(', ')}; there are ${known.join(', ')}${monitors.length > 20 ? ', …' : ''}`,
  );
}
