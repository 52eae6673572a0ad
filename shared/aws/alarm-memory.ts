import { type DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AlarmMemory } from '../app/notify/alarm.ts';
import { requireFormat } from './format.ts';

/** The partition of all that `notify` remembers: its role may touch no other. */
const partition = 'notify';
/** An alarm may ring for a very long time. */
const keptSeconds = 400 * 86_400;

/** Since when alarms ring, in the ledger's table: an item each. `now` in epoch ms. */
export function createAlarmMemory(client: DynamoDBClient, table: string, now: () => number): AlarmMemory {
  return {
    load: async (name) => {
      const { Items: [item] = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk = :sk',
          ExpressionAttributeValues: { ':pk': { S: partition }, ':sk': { S: keyOf(name) } },
        }),
      );
      if (item !== undefined) requireFormat('alarm', item);
      const [firedAt, resolvedAt] = [item?.['firedAt']?.N, item?.['resolvedAt']?.N];
      if (firedAt === undefined) return undefined;
      return { firedAt: Number(firedAt), ...(resolvedAt !== undefined && { resolvedAt: Number(resolvedAt) }) };
    },
    save: async (name, { firedAt, resolvedAt }) => {
      const Item = {
        pk: { S: partition },
        sk: { S: keyOf(name) },
        firedAt: { N: String(firedAt) },
        ...(resolvedAt !== undefined && { resolvedAt: { N: String(resolvedAt) } }),
        expiresAt: { N: String(Math.floor(now() / 1_000) + keptSeconds) },
      };
      await client.send(new PutItemCommand({ TableName: table, Item }));
    },
  };
}

const keyOf = (name: string): string => `alarm#${name}`;
