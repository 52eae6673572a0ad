import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Publish } from '../app/notify/model.ts';
import { BurnwatchError } from '../config/model.ts';
import { boundedClient } from './client.ts';

/**
 * Publishes messages to the alerts' topic: a text for e-mail, JSON for everything else, and the attributes by which
 * subscriptions filter. SNS keeps no idempotency token: receivers drop doubles by the attribute `id`.
 */
export function createTopic(topicArn: string, client: SNSClient = new SNSClient(boundedClient)): Publish {
  return async (message) => {
    const json = JSON.stringify(message.json);
    const { MessageId: receipt } = await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: message.subject,
        MessageStructure: 'json',
        Message: JSON.stringify({ default: json, email: message.text }),
        MessageAttributes: {
          id: { DataType: 'String', StringValue: message.id },
          kind: { DataType: 'String', StringValue: message.kind },
          severity: { DataType: 'String', StringValue: message.severity },
          channels: { DataType: 'String.Array', StringValue: JSON.stringify(message.channels) },
        },
      }),
    );
    // Whatever answered 200 without an id (some proxy's own page) has not taken the message: it must not count as told.
    if (receipt === undefined)
      throw new BurnwatchError('BURN_TOPIC_ANSWER', 'what answered in the place of SNS has not taken the message');
    return receipt;
  };
}
