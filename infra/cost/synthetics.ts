import type { Monitor } from '../../shared/config/model.ts';
import { priceOfOne } from '../../shared/metrics/price-list.ts';
import { minutesPerMonth } from './assumptions.ts';

/** What CloudWatch Synthetics asks for the runs of the same monitors, dollars a month; without Lambda, S3, logs and alarms, which it adds. */
export type Synthetics = {
  /** Monitors, each counted as often as there are locations. */
  readonly monitors: number;
  /** A canary for each. */
  readonly canaries: number;
  /** Ten checks in one run: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Blueprints.html */
  readonly multiCheck: number;
};

const minuteMs = 60_000;
const checksPerRun = 10;

/** A canary runs once a minute at most, and once an hour at least, in one region. Heartbeats have no match there. */
export function syntheticsOf(monitors: readonly Monitor[], locations = 1): Synthetics {
  const probed = monitors.filter(({ type }) => type !== 'heartbeat');
  const runs = (intervalMs: number) => minutesPerMonth / Math.min(60, Math.max(1, intervalMs / minuteMs));
  const price = priceOfOne('canaryRun');
  const alike = Map.groupBy(probed, ({ intervalMs }) => runs(intervalMs));
  const sum = (count: (each: number) => number) =>
    [...alike].reduce((all, [perMonth, same]) => all + locations * perMonth * count(same.length) * price, 0);
  return {
    monitors: probed.length * locations,
    canaries: sum((count) => count),
    multiCheck: sum((count) => Math.ceil(count / checksPerRun)),
  };
}
