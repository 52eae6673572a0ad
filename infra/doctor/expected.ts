import { type Config, isSent, locationNames } from '../../shared/config/model.ts';
import { buildResources } from '../resources.ts';
import { keyOf } from '../template/encryption.ts';
import {
  acknowledgeKeyParameter,
  heartbeatKeyParameter,
  metricsTokenParameter,
  writeTokenParameter,
} from '../template/environment.ts';
import {
  functionsOf,
  nameOf,
  type Resource,
  roleNameOf,
  type Stack,
  type StackOptions,
  stackOf,
  type Template,
} from '../template/model.ts';
import { alarmUsers, burstUsers, channelUsers, monitorUsers, sloUsers, type User } from '../template/references.ts';
import type { Expected, ExpectedParameter } from './model.ts';

/** What a deployment of this configuration makes, by the very template that is deployed. Throws what the template throws. */
export function expectedOf(config: Config, options: StackOptions): Expected {
  const stack = stackOf(config, options);
  const { Resources } = buildResources(config, options);
  const named = (type: string, name: string) => namesIn(Resources, type, name);
  const key = keyOf(stack);
  const schedules = schedulesIn(Resources);
  const names = functionsOf(stack).map((name) => nameOf(stack, name));
  return {
    mails: mailsOf(config, Resources),
    topics: named('AWS::SNS::Topic', 'TopicName'),
    alarms: named('AWS::CloudWatch::Alarm', 'AlarmName'),
    schedules,
    functions: names,
    ticking: [nameOf(stack, 'probe'), nameOf(stack, 'evaluate')],
    publisher: roleNameOf(stack, 'evaluate'),
    ...(key === undefined ? {} : { key }),
    // Each schedule starts one, and each other function is called now and then.
    concurrency: schedules.length + names.length - 2,
    parameters: parametersOf(config, stack),
    locations: expectedLocations(config, options),
  };
}

/** Every location and the schedules of its stack, home first; none where the configuration names none. */
export function expectedLocations(config: Config, options: StackOptions): Expected['locations'] {
  return locationNames(config).map((location, place) => {
    const { Resources } = buildResources(config, { ...options, region: location });
    return { location, isHome: place === 0, schedules: schedulesIn(Resources) };
  });
}

export function schedulesIn(resources: Template['Resources']): readonly string[] {
  return namesIn(resources, 'AWS::Scheduler::Schedule', 'Name');
}

function namesIn(resources: Template['Resources'], type: string, name: string): readonly string[] {
  return Object.values(resources)
    .filter(({ Type }) => Type === type)
    .map(({ Properties }) => String(Properties[name]));
}

function mailsOf(config: Config, resources: Readonly<Record<string, Resource>>): Expected['mails'] {
  return Object.values(resources).flatMap(({ Type, Properties }) => {
    if (Type !== 'AWS::SNS::Subscription' || Properties['Protocol'] !== 'email') return [];
    const { Ref = '' } = Properties['TopicArn'] as { readonly Ref?: string };
    const address = String(Properties['Endpoint']);
    const channels = config.channels.flatMap((each) => (!isSent(each) && each.to === address ? [each.id] : []));
    return [{ topic: String(resources[Ref]?.Properties['TopicName']), address, channels }];
  });
}

function parametersOf(config: Config, stack: Stack): readonly ExpectedParameter[] {
  const configured = [
    ...usesOf('monitor', monitorUsers(config)),
    ...usesOf('burst', burstUsers(config)),
    ...usesOf('channel', channelUsers(config)),
    ...usesOf('SLO', sloUsers(config)),
    ...usesOf('alarm', alarmUsers(config)),
  ];
  const own: readonly (readonly [boolean, string, string])[] = [
    [stack.isShortenerOn, writeTokenParameter, "/links of the shortener's API"],
    [stack.hasHeartbeats, heartbeatKeyParameter, 'heartbeats'],
    [stack.hasLinks, acknowledgeKeyParameter, 'links that acknowledge'],
    [stack.areMetricsOn === true, metricsTokenParameter, '/metrics'],
  ];
  const all = [...configured, ...own.flatMap(([isUsed, path, usedBy]) => (isUsed ? [{ path, usedBy }] : []))];
  return [...Map.groupBy(all, ({ path }) => path)].map(([path, uses]) => ({
    path,
    usedBy: [...new Set(uses.map(({ usedBy }) => usedBy))].join(', '),
  }));
}

function usesOf(kind: string, users: readonly User[]): readonly ExpectedParameter[] {
  return users.flatMap(({ id, references }) =>
    references.flatMap((part) => ('ssm' in part ? [{ path: part.ssm, usedBy: `${kind} ${id}` }] : [])),
  );
}
