import type { Burst } from '../../shared/config/model.ts';
import { gigabytes } from '../template/memory.ts';
import { assumptions, daysPerMonth, hoursPerMonth } from './assumptions.ts';
import { type RunSizes, verdictBytes } from './burst-size.ts';
import { readUnits, writeUnits } from './capacity.ts';
import type { ScheduledBurst } from './scheduled.ts';
import { invocations, logged, ours, type Scene, type Usage } from './usage.ts';

const { burst: times, logBytes, sentBytes, keptDays, storage } = assumptions;
/** A page of a query: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html */
const pageBytes = 1_048_576;

/** What bursts cost that run on a schedule; by hand they cost so much a run, too, and are not counted here. */
export function burstUsage({ bursts }: Scene): readonly Usage[] {
  return bursts.flatMap((scheduled) => [...runUsage(scheduled), ...ledgerUsage(scheduled)]);
}

function runUsage({ burst, month: { runs, hours }, load }: ScheduledBurst): readonly Usage[] {
  const { shards } = burst;
  const of = [`burst/${burst.id}`];
  const gather = shards > 1 ? times.gatherSeconds : 0;
  const lines = logBytes.burst + logBytes.invocation + logBytes.platform + Math.ceil(load.seconds) * logBytes.second;
  const metrics = ['BurstLatency', ...(burst.load.model === 'breakingPoint' ? ['BurstSustained'] : [])];
  return [
    ours('schedules', 'runs of bursts', 'schedule', runs * shards, of),
    ...invocations('burst', runs * shards, gather + load.seconds + times.overheadSeconds, gigabytes.burst, of),
    ...metrics.map((name) => ours('metrics', name, 'metric', hours / hoursPerMonth, of)),
    ours('calls', 'PutMetricData of burst', 'metricCall', runs, of),
    logged('burst', runs * shards * lines, of),
    ours('transfer', 'requests of bursts', 'gigabyteOut', (runs * load.requests * sentBytes.load) / 1e9, of),
  ];
}

function ledgerUsage({ burst, month: { runs }, sizes }: ScheduledBurst): readonly Usage[] {
  const of = [`burst/${burst.id}`];
  const verdict = verdictBytes(burst.id);
  const reads = readsOf(burst, runs, sizes) + readUnits(verdict);
  const writes = writesOf(burst, sizes) + writeUnits(verdict);
  return [
    ours('dynamodb', 'runs of bursts, written', 'writeUnit', runs * writes, of),
    ours('dynamodb', 'runs of bursts, read', 'readUnit', runs * reads, of),
    ours('dynamodb', 'runs of bursts, kept', 'tableGigabyte', storedBytes(burst, runs, sizes) / 1e9, of),
  ];
}

/**
 * Each shard claims its part and keeps it, and each tries to keep the whole: a write whose condition does not hold is charged, too.
 */
function writesOf({ shards }: Burst, { claim, part, counts, run }: RunSizes): number {
  const parts = shards > 1 ? shards * writeUnits(part) : 0;
  return shards * writeUnits(claim) + parts + shards * (writeUnits(counts) + writeUnits(run));
}

/** Shards look at each other before they begin, and about twice until all have said what came of it; the late ones at who was first. */
function readsOf({ shards, compare, requireBudget }: Burst, runs: number, sizes: RunSizes): number {
  const others = shards > 1 ? readUnits(shards * sizes.claim) + 2 * readUnits(shards * sizes.part) : 0;
  const late = (shards - 1) * (readUnits(sizes.counts) + readUnits(sizes.run));
  const compared = compare === undefined ? 0 : shards * readUnits(Math.min(pageBytes, keptRuns(runs) * sizes.run));
  const budget = requireBudget === undefined ? 0 : shards * budgetReads;
  return shards * others + late + compared + budget;
}

/** A month of days, the hours at its edges, and the alerts' state. */
const budgetReads = 20;

function storedBytes({ shards }: Burst, runs: number, { claim, part, counts, run }: RunSizes): number {
  const parts = (keptDays.part + storage.lateDays) * (runs / daysPerMonth) * shards;
  return (
    keptRuns(runs) * (run + counts + 2 * storage.itemBytes) + parts * ((shards > 1 ? part : claim) + storage.itemBytes)
  );
}

/** Runs that are there when each is kept for as long as it may be. */
const keptRuns = (runs: number): number => (keptDays.run * runs) / daysPerMonth;
