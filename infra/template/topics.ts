import { createHash } from 'node:crypto';
import { type Channel, isSent, type Json } from '../../shared/config/model.ts';
import { accountId, arnOf, nameOf, type Resource, type Resources, ref, type Stack } from './model.ts';

/**
 * Two topics: `alerts`, on which each address gets the messages of its channels, and `alarms` for CloudWatch, whose
 * messages carry no attributes and would be dropped by a filter. An address confirms one subscription of each.
 */
export function topics(stack: Stack, channels: readonly Channel[]): Resources {
  return {
    AlertsTopic: topic(stack, 'alerts'),
    AlarmsTopic: topic(stack, 'alarms'),
    AlertsTopicPolicy: topicPolicy('AlertsTopic', []),
    AlarmsTopicPolicy: topicPolicy('AlarmsTopic', [letAlarmsPublish(stack)]),
    ...subscriptions(channels),
  };
}

function topic(stack: Stack, thing: string): Resource {
  return { Type: 'AWS::SNS::Topic', Properties: { TopicName: nameOf(stack, thing) } };
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
function subscriptions(channels: readonly Channel[]): Resources {
  const mailed = channels.flatMap((channel) => (isSent(channel) ? [] : [channel]));
  const addresses = Map.groupBy(mailed, (channel) => channel.to);
  return Object.fromEntries(
    [...addresses].flatMap(([address, own]) => [
      [`AlertsEmail${digest(address)}`, alertsSubscription(address, own.map(({ id }) => id).sort())],
      [`AlarmsEmail${digest(address)}`, subscription('AlarmsTopic', address)],
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

/** Names an address in a logical id, which takes letters and digits only; it stays when channels come and go. */
function digest(address: string): string {
  return createHash('sha256').update(address).digest('hex').slice(0, 12);
}
