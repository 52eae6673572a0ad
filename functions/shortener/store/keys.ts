import { PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Store } from '../ports.ts';
import { number, recordItem, recordKey, toRecord } from './items.ts';
import { type Table, unlessRefused } from './table.ts';

/** Idempotency keys, each an item `key#<digest>`. */
export function keyStore({ name, client, load }: Table): Pick<Store, 'putKey' | 'takeKey' | 'finishKey' | 'unlockKey'> {
  return {
    putKey: async (record, now, abortSignal) => {
      const command = new PutItemCommand({
        TableName: name,
        Item: recordItem(record),
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAtMs <= :now',
        ExpressionAttributeValues: { ':now': number(now) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const clash = await unlessRefused(client.send(command, { abortSignal }));
      if (!clash.refusal) return undefined;
      return toRecord(clash.refusal.Item ?? (await load(recordKey(record.key), abortSignal)));
    },
    takeKey: async ({ key, holder, lockedUntil }, former, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: recordKey(key),
        UpdateExpression: 'SET holder = :holder, lockedUntilMs = :until',
        ConditionExpression: 'holder = :former AND attribute_not_exists(answer)',
        ExpressionAttributeValues: {
          ':holder': { S: holder },
          ':former': { S: former },
          ':until': number(lockedUntil),
        },
      });
      return (await unlessRefused(client.send(command, { abortSignal }))).refusal === undefined;
    },
    finishKey: async ({ key, holder }, answer, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: recordKey(key),
        UpdateExpression: 'SET answer = :answer',
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: { ':holder': { S: holder }, ':answer': { S: JSON.stringify(answer) } },
      });
      await unlessRefused(client.send(command, { abortSignal }));
    },
    unlockKey: async ({ key, holder }, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: recordKey(key),
        UpdateExpression: 'SET lockedUntilMs = :none',
        ConditionExpression: 'holder = :holder',
        ExpressionAttributeValues: { ':holder': { S: holder }, ':none': number(0) },
      });
      await unlessRefused(client.send(command, { abortSignal }));
    },
  };
}
