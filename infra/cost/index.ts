import type { Config } from '../../shared/config/model.ts';
import { monitorsAt } from '../template/locations.ts';
import { type StackOptions, stackOf } from '../template/model.ts';
import { assumptions } from './assumptions.ts';
import { type Bill, billOf } from './bill.ts';
import { burstUsage } from './burst-usage.ts';
import { countedUsage } from './counted-usage.ts';
import { crossingUsage } from './crossing-usage.ts';
import { evaluateUsage } from './evaluate-usage.ts';
import { keyUsage } from './key-usage.ts';
import { messageUsage } from './message-usage.ts';
import { probeUsage } from './probe-usage.ts';
import { scheduledBursts, scheduledShards } from './scheduled.ts';
import { stackUsage } from './stack-usage.ts';
import { statusUsage } from './status-usage.ts';
import { loadedUsage, probedUsage } from './target-usage.ts';
import { telemetryUsage } from './telemetry-usage.ts';
import { from, locationsOf, type Scene, type Usage } from './usage.ts';

export type CostOptions = StackOptions & {
  /** When the month begins, epoch ms. */
  readonly fromAt: number;
  /** Alerts that fire in it. */
  readonly alertsPerMonth: number;
  /** As assumed where absent. */
  readonly coldStartsPerDay?: number;
};

/** What a configuration costs a month of 30 days, deployed so, by what it asks of AWS. The same input gives the same bill. */
export function costOf(config: Config, options: CostOptions): Bill {
  return billOf(usageOf(config, options));
}

/** What it uses in that month: nothing of which it uses none. Of several locations all of them, whatever region is asked about. */
export function usageOf(config: Config, options: CostOptions): readonly Usage[] {
  const scene = sceneOf(config, options);
  const usages = [
    ...locationsOf(scene).flatMap((each) => from(each, [...probeUsage(each), ...crossingUsage(each)])),
    ...evaluateUsage(scene),
    ...countedUsage(scene),
    ...burstUsage(scene),
    ...stackUsage(scene),
    ...messageUsage(scene),
    ...statusUsage(scene),
    ...telemetryUsage(scene),
    ...scene.elsewhere.flatMap((each) => from(each, telemetryUsage(each))),
    ...locationsOf(scene).flatMap((each) => from(each, probedUsage(each))),
    ...loadedUsage(scene),
  ];
  const used = [...usages, ...keyUsage(scene, usages)].filter(({ quantity }) => quantity > 0);
  return scene.stack.isRetained ? [...used, ...recoveryOf(used)] : used;
}

function sceneOf(config: Config, options: CostOptions): Scene {
  const { fromAt, alertsPerMonth, coldStartsPerDay = assumptions.coldStartsPerDay } = options;
  const { locations } = config;
  const month = { fromAt, alertsPerMonth, coldStartsPerDay, elsewhere: [] };
  const at = (region: string, probed: Config): Scene => ({
    ...month,
    config: probed,
    stack: stackOf(config, { ...options, region }),
    shards: scheduledShards(probed),
    bursts: scheduledBursts(probed, fromAt),
  });
  const elsewhere = (locations?.also ?? []).map((region) =>
    at(region, { ...config, monitors: monitorsAt(config, region), bursts: [] }),
  );
  return { ...at(locations?.home ?? options.region, config), elsewhere };
}

/** Tables that outlive their stack are kept with point-in-time recovery, which is paid for by their size, too. */
function recoveryOf(usages: readonly Usage[]): readonly Usage[] {
  return usages.flatMap((usage) =>
    usage.unit === 'tableGigabyte'
      ? [{ ...usage, unit: 'recoveryGigabyte', what: `${usage.what}, recoverable` } as const]
      : [],
  );
}
