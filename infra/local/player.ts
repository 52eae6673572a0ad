import type { Config } from '../../shared/config/model.ts';
import { writeRuntimeConfig } from '../build.ts';
import { type BurstWatch, burstFunction } from './burst-watch.ts';
import type { DataFolder } from './data-folder.ts';
import { type Deliveries, notifyFunction } from './deliveries.ts';
import { createFunctions, type Functions } from './function/functions.ts';
import { readLimits } from './function/limits.ts';
import type { LocalAws } from './local-aws.ts';
import type { LogFiles } from './log/files.ts';
import { playStack } from './play-stack.ts';
import { paceOf } from './scheduler.ts';
import { buildStack, type LocalStack, type Origins } from './stack.ts';
import type { VendedMetrics } from './vended-metrics.ts';

/** Plays one configuration at a time: its functions, tables, topics, subscriptions and alarms. */
export type Player = {
  readonly functions: Functions;
  stack(): LocalStack;
  /** Makes what the first configuration needs. */
  prepare(): Promise<void>;
  /** Plays another configuration from now on. Throws the template's BurnwatchError, and goes on with the old one then. */
  take(config: Config): Promise<void>;
};

export type PlayerDeps = {
  readonly root: string;
  readonly origins: Origins;
  readonly data: DataFolder;
  readonly aws: LocalAws;
  readonly logs: LogFiles;
  readonly vended: VendedMetrics;
  readonly bursts: BurstWatch;
  readonly deliveries: Pick<Deliveries, 'wrote'>;
  /** Replaces every monitor's interval, and with it the minute in which schedules tick. */
  readonly intervalMs?: number | undefined;
};

/** The bundles must be there already: the functions start at once. */
export function createPlayer(
  { root, origins, data, aws, logs, vended, bursts, deliveries, intervalMs }: PlayerDeps,
  first: Config,
): Player {
  const limits = readLimits(root);
  const tickMs = paceOf(intervalMs === undefined ? [] : [intervalMs]);
  const build = (config: Config) => buildStack(config, origins, data.build, limits, tickMs);
  let stack = build(first);
  const write = (name: string, text: string): void => {
    logs.write(name, text);
    vended.onLog(text);
    if (name === burstFunction) bursts.wrote(text);
    if (name === notifyFunction) deliveries.wrote(text);
  };
  const functions = createFunctions(stack.functions, write, vended.onInvocation, bursts);
  const play = async (next: LocalStack): Promise<void> => {
    await playStack(next, aws.dynamodb, aws.mails);
    aws.alarms.replace(next.alarms);
  };
  return {
    functions,
    stack: () => stack,
    prepare: () => play(stack),
    take: async (config) => {
      const next = build(config);
      await play(next);
      writeRuntimeConfig(config, data.build, tickMs);
      functions.replace(next.functions);
      stack = next;
    },
  };
}
