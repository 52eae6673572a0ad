import type { ProbeResult } from '../probe/result.ts';
import type { BudgetReading } from '../slo/model.ts';
import { datum, type MetricIdentity } from './catalogue.ts';
import type { Datum, DatumValue } from './model.ts';
import { spread } from './values.ts';

/**
 * What a tick publishes: a latency for each probe that was measured with CPU enough, and failures and unjudged ones where
 * there are any. A heartbeat's repeated judgement is nothing new, and one that was never called has none.
 */
export function probeDatums(results: readonly ProbeResult[], identity: MetricIdentity, at: number): readonly Datum[] {
  return results.flatMap((result) => {
    const { monitor, outcome, latencyMs } = result;
    if (result.isRepeat || result.isWaiting) return [];
    if (outcome === 'unknown' || outcome === 'blocked') return [datum('probeUnjudged', identity, monitor, at, 1)];
    const isMeasured = result.attempts > 0 && !result.isContaminated;
    return [
      ...(isMeasured ? [datum('probeLatency', identity, monitor, at, latencyMs)] : []),
      ...(outcome === 'failed' ? [datum('probeFailures', identity, monitor, at, 1)] : []),
    ];
  });
}

/**
 * Several ticks as one: a datum for each metric and its dimensions, at `at`. Counts are added up; of anything else every
 * distinct value is kept, with how often it occurred, 150 of them a datum.
 */
export function sumDatums(datums: readonly Datum[], at: number): readonly Datum[] {
  const series = Map.groupBy(datums, ({ name, dimensions }) => JSON.stringify([name, dimensions]));
  return [...series.values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { name, dimensions, unit } = first;
    return valuesOf(unit, same.flatMap(countedValues)).map((value) => ({ name, dimensions, unit, at, ...value }));
  });
}

type Counted = { readonly value: number; readonly count: number };

function countedValues(datum: DatumValue): readonly Counted[] {
  if ('value' in datum) return [{ value: datum.value, count: 1 }];
  return datum.values.map((value, index) => ({ value, count: datum.counts[index] ?? 0 }));
}

function valuesOf(unit: Datum['unit'], all: readonly Counted[]): readonly DatumValue[] {
  if (unit === 'Count') return [{ value: all.reduce((sum, { value, count }) => sum + value * count, 0) }];
  const counts = new Map<number, number>();
  for (const { value, count } of all) counts.set(value, (counts.get(value) ?? 0) + count);
  return spread([...counts]);
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
