import type { Config, Json } from '../shared/config/model.ts';
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
import { checkSize } from './template/stack-limits.ts';
import { tables } from './template/tables.ts';
import { topics } from './template/topics.ts';

export type { StackOptions, Template } from './template/model.ts';
export { shardsOf } from './template/shards.ts';

/**
 * Everything of the stack but the functions and the HTTP API, which the framework makes of serverless.yml: the same
 * configuration and options give the same template, byte for byte. In a region of `locations.also` it is what probes need, and nothing
 * else. Throws a BurnwatchError when the environment's name is too long for IAM, when there are more monitors and bursts than one
 * stack holds, or for a region that is none of the locations.
 */
export function buildResources(config: Config, options: StackOptions): Template {
  const stack = stackOf(config, options);
  const shards = shardsOf(monitorsAt(config, options.region), options.tickMs);
  const template = stack.elsewhere ? probing(stack, config, shards) : atHome(stack, config, shards);
  checkSize(config, template);
  return template;
}

function atHome(stack: Stack, config: Config, shards: readonly Shard[]): Template {
  return {
    Resources: {
      ...tables(stack),
      ...topics(stack, config),
      ...notifyResources(stack, config),
      ...logGroups(stack),
      ...queryDefinitions(stack),
      ...functionRoles(config, stack),
      ...schedules(stack, shards, burstSchedules(config.bursts), config.drill),
      ...deadManAlarms(stack),
      ...plainAlarms(stack, config),
      ...dashboards(stack, config),
    },
    Outputs: outputs(stack, config),
  };
}

function probing(stack: Stack, config: Config, shards: readonly Shard[]): Template {
  return {
    Resources: {
      ...logGroups(stack),
      ...functionRoles(config, stack),
      ...schedules(stack, shards, [], undefined),
    },
    Outputs: {},
  };
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
