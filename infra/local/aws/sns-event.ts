import type { Publication } from './sns-message.ts';
import type { Subscription } from './sns-store.ts';

/** The event with which SNS invokes a function: https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function snsEvent(
  { arn, topicArn }: Pick<Subscription, 'arn' | 'topicArn'>,
  messageId: string,
  { subject, text, machineText = text, rawAttributes = {} }: Publication,
  now: number,
): string {
  const sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject,
    Message: machineText,
    Timestamp: new Date(now).toISOString(),
    SignatureVersion: '1',
    Signature: 'local',
    SigningCertUrl: 'local',
    UnsubscribeUrl: 'local',
    MessageAttributes: rawAttributes,
  };
  return JSON.stringify({
    Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: arn, Sns: sns }],
  });
}
