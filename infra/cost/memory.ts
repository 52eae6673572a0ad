import type { Config } from '../../shared/config/model.ts';
import { gigabytes } from '../template/dashboards/cost.ts';
import { shardCapacity } from '../template/shards.ts';

export { gigabytes };

/** GB of the function that probes: large shards have twice the memory. */
export function probeGigabytes({ monitors }: Pick<Config, 'monitors'>): number {
  return shardCapacity(monitors.length) > 20 ? 2 * gigabytes.probe : gigabytes.probe;
}
