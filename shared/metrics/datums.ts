import type { ProbeResult } from '../probe/result.ts';
import type { BudgetReading } from '../slo/model.ts';
import { datum, type MetricIdentity } from './catalogue.ts';
import type { Datum } from './model.ts';

/** The monitor's own CPU was short during these probes: their outcome counts, their latency does not. */
export type Contaminated = ReadonlySet<string>;

const nothingMeasured: ReadonlySet<string> = new Set(['unknown', 'blocked']);

/** What a tick publishes: a latency for each probe that was measured, and failures and unjudged ones where there are any. */
export function probeDatums(
  results: readonly ProbeResult[],
  identity: MetricIdentity,
  at: number,
  contaminated: Contaminated = new Set(),
): readonly Datum[] {
  return results.flatMap((result) => {
    const datums: Datum[] = [];
    if (nothingMeasured.has(result.outcome)) datums.push(datum('probeUnjudged', identity, result.monitor, at, 1));
    else if (!contaminated.has(result.monitor))
      datums.push(datum('probeLatency', identity, result.monitor, at, result.latencyMs));
    if (result.outcome === 'failed') datums.push(datum('probeFailures', identity, result.monitor, at, 1));
    return datums;
  });
}

/**
 * What an evaluation publishes of one SLO: its burn rate while that is above zero, and the budget that is left at
 * midnight UTC and while it burns at 1 or more. A calm evaluation publishes nothing.
 */
export function sloDatums(
  budget: BudgetReading,
  burnRate: number,
  identity: MetricIdentity,
  at: number,
): readonly Datum[] {
  const datums: Datum[] = [];
  if (burnRate > 0) datums.push(datum('burnRate', identity, budget.sloId, at, burnRate));
  if (burnRate >= 1 || isMidnight(at))
    datums.push(datum('errorBudgetLeft', identity, budget.sloId, at, budget.leftPpm / 10_000));
  return datums;
}

/** The first minute of a UTC day. */
const isMidnight = (at: number): boolean => Math.floor(at / 60_000) % 1_440 === 0;
