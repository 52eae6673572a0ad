import type { Config } from '../../shared/config/model.ts';
import { type StackOptions, stackOf } from '../template/model.ts';
import { assumptions } from './assumptions.ts';
import { type Bill, billOf } from './bill.ts';
import { burstUsage } from './burst-usage.ts';
import { countedUsage } from './counted-usage.ts';
import { evaluateUsage } from './evaluate-usage.ts';
import { keyUsage } from './key-usage.ts';
import { messageUsage } from './message-usage.ts';
import { probeUsage } from './probe-usage.ts';
import { scheduledBursts, scheduledShards } from './scheduled.ts';
import { stackUsage } from './stack-usage.ts';
import { statusUsage } from './status-usage.ts';
import { targetUsage } from './target-usage.ts';
import { telemetryUsage } from './telemetry-usage.ts';
import type { Scene, Usage } from './usage.ts';

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

/** What it uses in that month: nothing of which it uses none. */
export function usageOf(config: Config, options: CostOptions): readonly Usage[] {
  const { fromAt, alertsPerMonth, coldStartsPerDay = assumptions.coldStartsPerDay } = options;
  const stack = stackOf(config, options);
  const [shards, bursts] = [scheduledShards(config), scheduledBursts(config, fromAt)];
  const scene: Scene = { config, stack, shards, bursts, fromAt, alertsPerMonth, coldStartsPerDay };
  const usages = [
    ...probeUsage(scene),
    ...evaluateUsage(scene),
    ...countedUsage(scene),
    ...burstUsage(scene),
    ...stackUsage(scene),
    ...messageUsage(scene),
    ...statusUsage(scene),
    ...telemetryUsage(scene),
    ...targetUsage(scene),
  ];
  const used = [...usages, ...keyUsage(scene, usages)].filter(({ quantity }) => quantity > 0);
  return stack.isRetained ? [...used, ...recoveryOf(used)] : used;
}

/** Tables that outlive their stack are kept with point-in-time recovery, which is paid for by their size, too. */
function recoveryOf(usages: readonly Usage[]): readonly Usage[] {
  return usages.flatMap((usage) =>
    usage.unit === 'tableGigabyte'
      ? [{ ...usage, unit: 'recoveryGigabyte', what: `${usage.what}, recoverable` } as const]
      : [],
  );
}
