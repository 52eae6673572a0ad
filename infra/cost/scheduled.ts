import type { Burst, Config } from '../../shared/config/model.ts';
import { latencyLimits } from '../../shared/slo/latency.ts';
import { type Shard, shardsOf } from '../template/shards.ts';
import { type RunLoad, runLoadOf } from './burst-load.ts';
import { type RunSizes, runSizes } from './burst-size.ts';
import { type MonthRuns, runsOfMonth } from './month-runs.ts';
import { type Rows, rowsOf } from './rows.ts';

/** A shard of monitors, and what it writes. */
export type ScheduledShard = { readonly shard: Shard; readonly rows: Rows };
/** A burst that runs by itself, how often in the month, and what each run sends and leaves behind. */
export type ScheduledBurst = {
  readonly burst: Burst;
  readonly month: MonthRuns;
  readonly load: RunLoad;
  readonly sizes: RunSizes;
};

export function scheduledShards({ monitors, slos }: Pick<Config, 'monitors' | 'slos'>): readonly ScheduledShard[] {
  const limits = Map.groupBy(
    latencyLimits(slos, () => true),
    ({ monitor }) => monitor,
  );
  return shardsOf(monitors).map((shard) => {
    const outcomesOf = (id: string) => 1 + (limits.get(id)?.length ?? 0);
    return { shard, rows: rowsOf(shard, outcomesOf) };
  });
}

/** `fromAt` is when the month begins, epoch ms. */
export function scheduledBursts(config: Config, fromAt: number): readonly ScheduledBurst[] {
  return config.bursts.flatMap((burst) => {
    if (burst.schedule === undefined) return [];
    const load = runLoadOf(burst, config);
    const sizes = runSizes(burst, Math.round(load.starts), load.seconds);
    return [{ burst, month: runsOfMonth(burst.schedule, fromAt), load, sizes }];
  });
}
