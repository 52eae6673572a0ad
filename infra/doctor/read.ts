import type { Config } from '../../shared/config/model.ts';
import type { ClientSettings } from '../cli/stack.ts';
import type { Expected, Look, StackSeen } from './model.ts';
import { readClock } from './read-clock.ts';
import { readAlarms, readRuns } from './read-cloudwatch.ts';
import { readConcurrency, readFunctions } from './read-lambda.ts';
import { readLocations } from './read-locations.ts';
import { readParameters } from './read-parameters.ts';
import { readSchedules } from './read-schedules.ts';
import { readTargets } from './read-targets.ts';
import { readKeys, readSubscriptions } from './read-topics.ts';

/** What to ask, and how. */
export type Asked = {
  readonly settings: ClientSettings;
  /** What the names of all that belongs to the stack begin with: `shop-prod`. */
  readonly prefix: string;
  /** It is local mode, which plays a part of AWS. */
  readonly isLocal: boolean;
  /** Hosts that the stack may ask whatever their addresses are: those of a running local mode. */
  readonly ownHosts: readonly string[];
  /** Epoch ms. */
  readonly now: number;
  readonly signal: AbortSignal;
};

/** Reads all that the checks judge. What cannot be read says so; never rejects. */
export async function readStack(config: Config, expected: Expected, asked: Asked): Promise<StackSeen> {
  const { isLocal } = asked;
  const onAws = async <Value>(read: () => Promise<Look<Value>>): Promise<Look<Value>> =>
    isLocal ? { unseen: 'local mode plays none that can be asked' } : read();
  const [subscriptions, alarms, runs, parameters, targets, clock] = await Promise.all([
    readSubscriptions(expected.topics, asked),
    readAlarms(asked),
    readRuns(expected.functions, asked),
    readParameters(expected.parameters, asked),
    readTargets(config, asked),
    readClock(asked),
  ]);
  const [keys, schedules, functions, concurrency] = await Promise.all([
    onAws(() => readKeys(expected.topics, asked)),
    onAws(() => readSchedules(asked)),
    onAws(() => readFunctions(expected.functions, asked)),
    onAws(() => readConcurrency(asked)),
  ]);
  const regions = expected.locations.map(({ location }) => location);
  const locations = regions.length === 0 ? [] : await readLocations({ ...asked, regions });
  const all = { subscriptions, alarms, runs, parameters, targets, clock, keys, schedules, functions, concurrency };
  return { ...all, locations };
}
