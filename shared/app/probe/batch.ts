import type { Clock } from '../../clock/clock.ts';
import type { Monitor } from '../../config/model.ts';
import { systemMeter } from '../../probe/cpu.ts';
import {
  type CpuCosts,
  coldCosts,
  connectionsOf,
  learnCosts,
  type ProbeKind,
  planStarts,
  startAfter,
} from '../../probe/pacing.ts';
import { prepareProbers } from '../../probe/probers.ts';
import type { ProbeResult } from '../../probe/result.ts';

export { cpuShareOf } from '../../probe/pacing.ts';

/**
 * Runs one probe to its outcome; never throws, and ends soon after the signal is aborted. `at` is the instant of its tick,
 * epoch ms; absent by hand.
 */
export type RunProbe = (monitor: Monitor, signal: AbortSignal, at?: number) => Promise<ProbeResult>;

/** What a process remembers of the CPU that its probes cost. Losing it costs nothing but a wider spacing. */
export type Pacing = {
  costs: CpuCosts;
  /** The part of a core that this process has, 0 to 1. */
  readonly cpuShare: number;
  /** CPU that this process has used since an arbitrary start, ms. */
  readonly cpuMs: () => number;
  /** Batches that run now, and that were ever begun: one that was not alone is nothing to learn from. */
  running: number;
  begun: number;
};

/** Of a process that has this part of a core, and has measured nothing yet. */
export function createPacing(cpuShare: number, cpuMs: () => number = systemMeter.cpuMs): Pacing {
  return { costs: coldCosts, cpuShare, cpuMs, running: 0, begun: 0 };
}

export type BatchDeps = {
  readonly clock: Clock;
  readonly runProbe: RunProbe;
  /** Does before the first probe what would otherwise be charged to it: compiling, loading, reading secrets. Bounded. */
  readonly prepare: (monitors: readonly Monitor[]) => Promise<void>;
  readonly pacing: Pacing;
};

/** The instant of a tick, epoch ms; absent by hand. Over how much time its probes may be spread that costs nothing. */
export type When = { readonly at?: number; readonly roomMs?: number };

/**
 * Probes these monitors, each started at its own planned instant, and gives their results in the same order. Heartbeats are
 * judged after the others have ended: reading them costs CPU that would be measured as latency.
 */
export async function runBatch(
  monitors: readonly Monitor[],
  deps: BatchDeps,
  signal: AbortSignal,
  when: When = {},
): Promise<readonly ProbeResult[]> {
  // What could not be prepared is a fault that the probe itself reports.
  await Promise.allSettled([prepareProbers(monitors), deps.prepare(monitors)]);
  const targets = monitors.filter(({ type }) => type !== 'heartbeat');
  const heartbeats = monitors.filter(({ type }) => type === 'heartbeat');
  const measured = await measureCosts(targets, deps.pacing, () => runPaced(targets, deps, signal, when));
  const judged = await Promise.all(heartbeats.map((monitor) => deps.runProbe(monitor, signal, when.at)));
  const [nextMeasured, nextJudged] = [measured.values(), judged.values()];
  return monitors.flatMap(({ type }) => (type === 'heartbeat' ? nextJudged : nextMeasured).next().value ?? []);
}

/** Waits between the starts, never for a probe: one that hangs holds up no other. */
async function runPaced(
  monitors: readonly Monitor[],
  { clock, runProbe, pacing }: BatchDeps,
  signal: AbortSignal,
  { at, roomMs }: When,
): Promise<readonly ProbeResult[]> {
  const startedAt = clock.monotonicMs();
  const elapsedMs = () => clock.monotonicMs() - startedAt;
  const running: Promise<ProbeResult>[] = [];
  let previousMs = Number.NEGATIVE_INFINITY;
  for (const [index, start] of planStarts(monitors, pacing.costs, pacing.cpuShare, roomMs).entries()) {
    const waitMs = startAfter(start, previousMs) - elapsedMs();
    if (waitMs > 0) await clock.sleep(Math.ceil(waitMs));
    previousMs = elapsedMs();
    const monitor = monitors[index];
    if (monitor !== undefined) running.push(runProbe(monitor, signal, at));
  }
  return Promise.all(running);
}

/** Learns from a batch that ran alone what its connections cost. */
async function measureCosts(
  monitors: readonly Monitor[],
  pacing: Pacing,
  run: () => Promise<readonly ProbeResult[]>,
): Promise<readonly ProbeResult[]> {
  const isAlone = pacing.running === 0;
  pacing.running += 1;
  pacing.begun += 1;
  const { begun } = pacing;
  const before = pacing.cpuMs();
  try {
    const results = await run();
    if (isAlone && pacing.begun === begun) {
      const batch = { connections: connectionsMade(monitors, results), cpuMs: pacing.cpuMs() - before };
      pacing.costs = learnCosts(pacing.costs, batch);
    }
    return results;
  } finally {
    pacing.running -= 1;
  }
}

function connectionsMade(monitors: readonly Monitor[], results: readonly ProbeResult[]): Record<ProbeKind, number> {
  const made = { plain: 0, tls: 0 };
  for (const [index, monitor] of monitors.entries()) {
    const attempts = results[index]?.attempts ?? 0;
    const { plain, tls } = connectionsOf(monitor);
    made.plain += attempts * plain;
    made.tls += attempts * tls;
  }
  return made;
}
