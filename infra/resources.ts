import { BurnwatchError, type Config, type Json } from '../shared/config/model.ts';
import { deadManAlarms } from './template/alarms.ts';
import { plainAlarms } from './template/alarms-plain.ts';
import { dashboards, dashboardUrl } from './template/dashboard.ts';
import { monitorsAt } from './template/locations.ts';
import { queryDefinitions } from './template/log-queries.ts';
import { logGroups } from './template/logs.ts';
import {
  getAtt,
  hasApi,
  type Output,
  ref,
  type Stack,
  type StackOptions,
  stackOf,
  type Template,
} from './template/model.ts';
import { notifyResources } from './template/notify.ts';
import { functionRoles } from './template/roles.ts';
import { burstSchedules, schedules } from './template/schedules.ts';
import { type Shard, shardsOf } from './template/shards.ts';
import { tables } from './template/tables.ts';
import { topics } from './template/topics.ts';

export type { StackOptions, Template } from './template/model.ts';
export { shardsOf } from './template/shards.ts';

/** CloudFormation takes 500 resources a stack; a shard of monitors, a shard of a burst and an alarm are one each. */
const mostSchedules = 400;

/**
 * Everything of the stack but the functions and the HTTP API, which the framework makes of serverless.yml: the same
 * configuration and options give the same template, byte for byte. In a region of `locations.also` it is what probes need, and nothing
 * else. Throws a BurnwatchError when the environment's name is too long for IAM, when there are more monitors and bursts than one
 * stack holds, or for a region that is none of the locations.
 */
export function buildResources(config: Config, options: StackOptions): Template {
  const stack = stackOf(config, options);
  const shards = shardsOf(monitorsAt(config, options.region), options.tickMs);
  if (stack.elsewhere) return probing(stack, config, shards);
  const bursts = burstSchedules(config.bursts);
  const alarms = plainAlarms(stack, config);
  if (shards.length + bursts.length + Object.keys(alarms).length > mostSchedules)
    throw tooMany(config, shards.length, bursts.length);
  return {
    Resources: {
      ...tables(stack),
      ...topics(stack, config),
      ...notifyResources(stack, config),
      ...logGroups(stack),
      ...queryDefinitions(stack),
      ...functionRoles(config, stack),
      ...schedules(stack, shards, bursts, config.drill),
      ...deadManAlarms(stack),
      ...alarms,
      ...dashboards(stack, config),
    },
    Outputs: outputs(stack, config),
  };
}

function probing(stack: Stack, config: Config, shards: readonly Shard[]): Template {
  if (shards.length > mostSchedules) throw tooMany({ ...config, alarms: [] }, shards.length, 0);
  return {
    Resources: {
      ...logGroups(stack),
      ...functionRoles(config, stack),
      ...schedules(stack, shards, [], undefined),
    },
    Outputs: {},
  };
}

function tooMany({ monitors, alarms = [] }: Config, shards: number, bursts: number): BurnwatchError {
  const ofBursts = bursts === 0 ? '' : ` and bursts ${bursts}`;
  const ofAlarms = alarms.length === 0 ? '' : ` beside ${alarms.length} alarms`;
  return new BurnwatchError(
    'BURN_TOO_MANY_MONITORS',
    `${monitors.length} monitors need ${shards} schedules${ofBursts}${ofAlarms}, and one stack holds ${mostSchedules}: ` +
      'split them over several configurations with a service name each',
  );
}

function outputs(stack: Stack, config: Config): Record<string, Output> {
  return {
    ...(stack.isShortenerOn ? shortenerOutputs : {}),
    ...(hasApi(stack) ? { ApiId: output('The id of the HTTP API.', ref('HttpApi')) } : {}),
    ...(stack.isStatusOn
      ? {
          StatusUrl: output(
            'Where heartbeats are called, and incidents acknowledged.',
            getAtt('HttpApi', 'ApiEndpoint'),
          ),
        }
      : {}),
    DashboardUrl: output('The dashboard, for people with access to this account.', dashboardUrl(stack, config)),
    LedgerTable: output('The table that holds every tick and the state of every alert.', ref('LedgerTable')),
    AlertsTopic: output('The topic of every alert: subscribe a queue or a function of your own.', ref('AlertsTopic')),
    AlarmsTopic: output('The topic of the alarms that watch the monitoring itself.', ref('AlarmsTopic')),
  };
}

const shortenerOutputs = {
  ShortenerUrl: output('Where the shortener answers.', getAtt('HttpApi', 'ApiEndpoint')),
  LinksTable: output('The table of its links.', ref('LinksTable')),
};

function output(Description: string, Value: Json): Output {
  return { Description, Value };
}
