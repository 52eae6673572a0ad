import { assumptions, minutesPerMonth } from './assumptions.ts';
import { tickBytes } from './capacity.ts';
import { partOf } from './requests.ts';
import type { ScheduledShard } from './scheduled.ts';
import { ours, type Scene, type Usage } from './usage.ts';

const { crossingBytes } = assumptions;

/** What a location elsewhere sends home, rows and metrics: AWS charges what leaves a region for another. */
export function crossingUsage({ stack, shards }: Scene): readonly Usage[] {
  if (stack.elsewhere === undefined) return [];
  return shards.map((scheduled) => {
    const gigabytes = (minutesPerMonth * bytesAMinute(stack.region, scheduled)) / 1e9;
    const of = scheduled.shard.monitors.map(partOf);
    return ours('transfer', 'rows and metrics, sent home', 'gigabyteBetween', gigabytes, of);
  });
}

/** On average: a call for each row, and one for the metrics of what was measured. Three bytes of a row are four on the way. */
function bytesAMinute(region: string, { shard, rows: { minutes } }: ScheduledShard): number {
  const sent = minutes.flat().map(({ outcomes, probes }) => {
    const row = crossingBytes.call + (tickBytes(region, shard.id, outcomes) * 4) / 3;
    return row + (probes > 0 ? crossingBytes.call + probes * crossingBytes.datum : 0);
  });
  return sent.reduce((sum, bytes) => sum + bytes, 0) / minutes.length;
}
