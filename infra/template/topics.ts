import { type Channel, type Config, isSent, type Json } from '../../shared/config/model.ts';
import { type AlarmTopic, alarmTopics } from './alarm-topics.ts';
import { withKey } from './encryption.ts';
import { accountId, arnOf, digest, nameOf, type Resource, type Resources, ref, type Stack } from './model.ts';

/**
 * Two kinds of topics: `alerts`, on which each address gets the messages of its channels, and those for CloudWatch, whose
 * messages carry no attributes and would be dropped by a filter. An address confirms one subscription of each.
 */
export function topics(stack: Stack, config: Pick<Config, 'channels' | 'alarms'>): Resources {
  return {
    AlertsTopic: topic(stack, 'alerts'),
    AlertsTopicPolicy: topicPolicy('AlertsTopic', []),
    ...alertsSubscriptions(config.channels),
    ...Object.assign({}, ...alarmTopics(config).map((each) => topicOfAlarms(stack, each))),
  };
}

function topicOfAlarms(stack: Stack, { id, name, addresses }: AlarmTopic): Resources {
  const kind = id.replace(/^AlarmsTopic/, '');
  return {
    [id]: topic(stack, name),
    [`${id}Policy`]: topicPolicy(id, [letAlarmsPublish(stack)]),
    ...Object.fromEntries(
      addresses.map((address) => [`AlarmsEmail${kind}${digest(address)}`, subscription(id, address)]),
    ),
  };
}

function topic(stack: Stack, thing: string): Resource {
  return {
    Type: 'AWS::SNS::Topic',
    Properties: { TopicName: nameOf(stack, thing), ...withKey(stack, 'KmsMasterKeyId') },
  };
}

function topicPolicy(id: string, statements: readonly ((topicArn: Json) => Json)[]): Resource {
  return {
    Type: 'AWS::SNS::TopicPolicy',
    Properties: {
      Topics: [ref(id)],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [refusePlainHttp, ...statements].map((statement) => statement(ref(id))),
      },
    },
  };
}

const refusePlainHttp = (topicArn: Json): Json => ({
  Sid: 'RefusePlainHttp',
  Effect: 'Deny',
  Principal: '*',
  Action: 'sns:Publish',
  Resource: topicArn,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});

const letAlarmsPublish =
  (stack: Stack) =>
  (topicArn: Json): Json => ({
    Sid: 'LetTheAlarmsOfThisStackPublish',
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topicArn,
    Condition: {
      StringEquals: { 'aws:SourceAccount': accountId },
      ArnLike: { 'aws:SourceArn': arnOf('cloudwatch', `alarm:${nameOf(stack, '*')}`) },
    },
  });

/** One subscription an address, because SNS refuses a second one: its filter lists all of the address's channels. */
function alertsSubscriptions(channels: readonly Channel[]): Resources {
  const mailed = channels.flatMap((channel) => (isSent(channel) ? [] : [channel]));
  const addresses = Map.groupBy(mailed, (channel) => channel.to);
  return Object.fromEntries(
    [...addresses].map(([address, own]) => [
      `AlertsEmail${digest(address)}`,
      alertsSubscription(address, own.map(({ id }) => id).sort()),
    ]),
  );
}

function alertsSubscription(address: string, channelIds: string[]): Resource {
  return subscription('AlertsTopic', address, {
    FilterPolicyScope: 'MessageAttributes',
    FilterPolicy: { channels: channelIds },
  });
}

function subscription(topicId: string, address: string, filter: { readonly [name: string]: Json } = {}): Resource {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: { TopicArn: ref(topicId), Protocol: 'email', Endpoint: address, ...filter },
  };
}
