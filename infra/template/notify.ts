import { type Config, isSent, type Json } from '../../shared/config/model.ts';
import { alarmTopics } from './alarm-topics.ts';
import { keyOf } from './encryption.ts';
import { functions, getAtt, nameOf, type Resource, type Resources, ref, type Stack } from './model.ts';

/** What could not be told waits for a person so long: the longest that SQS keeps anything. */
const keptSeconds = 14 * 86_400;
/** A message that is older than this is told by its reminders, or by the console: it is kept, and no longer sent. */
const oldestEventSeconds = 3_600;

/** The queue of what could not be told. */
export function undeliveredName(stack: Stack): string {
  return nameOf(stack, 'undelivered');
}

/**
 * What brings the alerts to the function that sends them on, and keeps what could not be told: one subscription whose filter lists
 * all of its channels, one without a filter for each topic of alarms that it tells of, two further attempts by Lambda, a queue, and an alarm on what lies in it. Nothing where every channel is an
 * e-mail address.
 */
export function notifyResources(stack: Stack, config: Pick<Config, 'channels' | 'alarms'>): Resources {
  if (!stack.isNotifyOn) return {};
  const ids = config.channels.filter(isSent).map(({ id }) => id);
  const alarms = alarmTopics(config).flatMap((topic) => (topic.isToNotify ? [topic.id] : []));
  return {
    AlertsToNotify: subscription('AlertsTopic', {
      FilterPolicyScope: 'MessageAttributes',
      FilterPolicy: { channels: ids.toSorted() },
    }),
    NotifyPermission: permission('AlertsTopic'),
    ...Object.fromEntries(
      alarms.flatMap((id) => [
        [`${id}ToNotify`, subscription(id)],
        [`${id}Permission`, permission(id)],
      ]),
    ),
    NotifyInvokeConfig: invokeConfig,
    UndeliveredQueue: queue(stack),
    UndeliveredQueuePolicy: queuePolicy(['AlertsTopic', ...alarms]),
    UndeliveredAlarm: alarm(stack),
  };
}

function subscription(topic: string, filter: { readonly [name: string]: Json } = {}): Resource {
  return {
    Type: 'AWS::SNS::Subscription',
    Properties: {
      TopicArn: ref(topic),
      Protocol: 'lambda',
      Endpoint: getAtt(functions.notify, 'Arn'),
      ...filter,
      RedrivePolicy: { deadLetterTargetArn: getAtt('UndeliveredQueue', 'Arn') },
    },
  };
}

const permission = (topic: string): Resource => ({
  Type: 'AWS::Lambda::Permission',
  Properties: {
    Action: 'lambda:InvokeFunction',
    FunctionName: getAtt(functions.notify, 'Arn'),
    Principal: 'sns.amazonaws.com',
    SourceArn: ref(topic),
  },
});

const invokeConfig: Resource = {
  Type: 'AWS::Lambda::EventInvokeConfig',
  Properties: {
    FunctionName: ref(functions.notify),
    Qualifier: '$LATEST',
    MaximumRetryAttempts: 2,
    MaximumEventAgeInSeconds: oldestEventSeconds,
    DestinationConfig: { OnFailure: { Destination: getAtt('UndeliveredQueue', 'Arn') } },
  },
};

function queue(stack: Stack): Resource {
  const key = keyOf(stack);
  return {
    Type: 'AWS::SQS::Queue',
    Properties: {
      QueueName: undeliveredName(stack),
      MessageRetentionPeriod: keptSeconds,
      ...(key === undefined ? { SqsManagedSseEnabled: true } : { KmsMasterKeyId: key }),
    },
  };
}

/** SNS puts there what it could not hand to the function; Lambda does so with the rights of the function itself. */
const queuePolicy = (topics: readonly string[]): Resource => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [ref('UndeliveredQueue')],
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'RefusePlainHttp',
          Effect: 'Deny',
          Principal: '*',
          Action: 'sqs:*',
          Resource: getAtt('UndeliveredQueue', 'Arn'),
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
        {
          Sid: 'LetTheAlertsBeKept',
          Effect: 'Allow',
          Principal: { Service: 'sns.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: getAtt('UndeliveredQueue', 'Arn'),
          Condition: { ArnEquals: { 'aws:SourceArn': topics.length === 1 ? ref('AlertsTopic') : topics.map(ref) } },
        },
      ],
    },
  },
});

/** It mails to the addresses of the alarms, so that it does not depend on what has failed. */
function alarm(stack: Stack): Resource {
  const name = undeliveredName(stack);
  const log = `/aws/lambda/${nameOf(stack, 'notify')}`;
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription:
        `There are alerts that a channel was not told, after all attempts: they lie in the queue ${name}, and the log ` +
        `${log} says why. The alarm ends when the queue is empty. Look first: docs/runbooks/undelivered.md`,
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: name }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 60,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [ref('AlarmsTopic')],
      OKActions: [ref('AlarmsTopic')],
    },
  };
}
