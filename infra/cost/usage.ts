import type { Config } from '../../shared/config/model.ts';
import type { PriceKey } from '../../shared/metrics/price-list.ts';
import type { Stack } from '../template/model.ts';
import type { ScheduledBurst, ScheduledShard } from './scheduled.ts';

export const categories = [
  'metrics',
  'calls',
  'lambda',
  'dynamodb',
  'alarms',
  'dashboards',
  'logs',
  'messages',
  'schedules',
  'api',
  'keys',
  'transfer',
] as const;
export type Category = (typeof categories)[number];
/** Ours is the monitoring; the target's is what probes and bursts make of work for what they ask. */
export type Whose = 'ours' | 'target';

/** So many of something in a month of 30 days. */
export type Usage = {
  readonly whose: Whose;
  readonly category: Category;
  /** What a line of the bill is called: usages of the same name and unit are one line. */
  readonly what: string;
  readonly unit: PriceKey;
  readonly quantity: number;
  /** The region from which is probed, where there are several. */
  readonly location?: string;
  /** For whom, in equal parts: `monitor/<id>`, `burst/<id>`, `slo/<id>`, `alarm/<id>`; nobody: for all together. */
  readonly of: readonly string[];
};

/** What is priced: a configuration, deployed so. */
export type Scene = {
  readonly config: Config;
  readonly stack: Stack;
  readonly shards: readonly ScheduledShard[];
  readonly bursts: readonly ScheduledBurst[];
  /** When the month begins, epoch ms: schedules by the calendar are counted from there. */
  readonly fromAt: number;
  /** Alerts that fire in a month. */
  readonly alertsPerMonth: number;
  readonly coldStartsPerDay: number;
  /** The same of the other locations, with what is probed from there; home has all the rest. */
  readonly elsewhere: readonly Scene[];
};

/** Every location, home first. */
export function locationsOf(scene: Scene): readonly Scene[] {
  return [scene, ...scene.elsewhere];
}

/** The line of what a sandbox reads that has just begun. */
export const coldReads = 'history, read by cold starts';

/** A usage of the monitoring itself. */
export function ours(
  category: Category,
  what: string,
  unit: PriceKey,
  quantity: number,
  of: readonly string[] = [],
): Usage {
  return { whose: 'ours', category, what, unit, quantity, of };
}

/** The same of the target. */
export function theirs(
  category: Category,
  what: string,
  unit: PriceKey,
  quantity: number,
  of: readonly string[] = [],
): Usage {
  return { ...ours(category, what, unit, quantity, of), whose: 'target' };
}

/** Invocations of a function: each of so many seconds. */
export function invocations(
  name: 'probe' | 'evaluate' | 'burst' | 'notify' | 'status',
  count: number,
  seconds: number,
  gigabytes: number,
  of: readonly string[] = [],
): readonly Usage[] {
  return [
    ours('lambda', `invocations of ${name}`, 'invocation', count, of),
    ours('lambda', `time of ${name}`, 'gigabyteSecond', count * seconds * gigabytes, of),
  ];
}

/** Usages of the location of a scene, where there are several. */
export function from({ stack }: Scene, usages: readonly Usage[]): readonly Usage[] {
  return stack.isOneOfSeveral ? usages.map((usage) => ({ ...usage, location: stack.region })) : usages;
}

export function logged(name: string, bytes: number, of: readonly string[] = []): Usage {
  return ours('logs', `log of ${name}`, 'logGigabyte', bytes / 1e9, of);
}
