import type { Outcome, Slo } from '../config/model.ts';
import type { TickOutcome } from '../ledger/model.ts';

/** What a monitor's probes are judged by for one SLO over their latency, and the key under which the ledger keeps it. */
export type LatencyLimit = { readonly monitor: string; readonly key: number; readonly belowMs: number };

/** Every latency that SLOs ask of monitors, of those that `isOf` tells. */
export function latencyLimits(slos: readonly Slo[], isOf: (monitor: string) => boolean): readonly LatencyLimit[] {
  return slos.flatMap(({ indicator }) => {
    if (indicator.kind !== 'latency') return [];
    const { belowMs, keys } = indicator;
    return Object.entries(keys).flatMap(([monitor, key]) => (isOf(monitor) ? [{ monitor, key, belowMs }] : []));
  });
}

/**
 * An outcome as a latency judges it, to be kept beside it: one that took as long as the limit, or longer, is failed; one that
 * failed stays so, however fast it was; one that was measured badly, or not at all, is unknown.
 */
export function judgeLatency(outcome: TickOutcome, { key, belowMs }: LatencyLimit): TickOutcome {
  const { isMaintenance, isRetried, isContaminated } = outcome;
  return { monitorKey: key, outcome: judgedAs(outcome, belowMs), isMaintenance, isRetried, isContaminated };
}

function judgedAs({ outcome, latencyMs, isContaminated }: TickOutcome, belowMs: number): Outcome {
  switch (outcome) {
    case 'failed':
    case 'unknown':
    case 'blocked':
      return outcome;
    case 'passed':
    case 'degraded':
      if (isContaminated || latencyMs === undefined) return 'unknown';
      return latencyMs < belowMs ? outcome : 'failed';
    default:
      return outcome satisfies never;
  }
}
