import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { HeartbeatRecord, HeartbeatStore } from '../app/heartbeat/heartbeat.ts';
import { BurnwatchError } from '../config/model.ts';
import { requireFormat } from './format.ts';

const partition = 'heartbeat';
type Item = Record<string, AttributeValue>;

/** What calls left behind, in the ledger's table: one item a heartbeat, by its monitor's key, which outlives a rename. */
export function createHeartbeatStore(client: DynamoDBClient, table: string): HeartbeatStore {
  const keyed = (key: number) => ({ TableName: table, Key: { pk: { S: partition }, sk: { S: String(key) } } });
  return {
    load: async (key) => {
      const { Item: item } = await client.send(new GetItemCommand({ ...keyed(key), ConsistentRead: true }));
      if (item === undefined) return { record: {}, version: 0 };
      return { record: recordOf(item), version: Number(item['version']?.N ?? 0) };
    },
    save: async ({ id, key }, record, version) => {
      try {
        await client.send(new UpdateItemCommand({ ...keyed(key), ...saveExpression(id, record, version) }));
        return 'saved';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'conflict';
        throw error;
      }
    },
  };
}

/** Records by the monitor's key. Those who ask at the same time share one query, which reads all of them; one that cannot be read is no trouble of others. */
export function createHeartbeatReader(
  client: DynamoDBClient,
  table: string,
): (monitorKey: number) => Promise<HeartbeatRecord | undefined> {
  let asked: Promise<ReadonlyMap<string, Item>> | undefined;
  return async (monitorKey) => {
    asked ??= loadAll(client, table).finally(() => {
      asked = undefined;
    });
    const item = (await asked).get(String(monitorKey));
    return item && recordOf(item);
  };
}

/** Who wrote it before is of no matter: after a lost answer the step is taken again and changes nothing. */
function saveExpression(id: string, record: HeartbeatRecord, version: number) {
  return {
    UpdateExpression: 'SET #version = :version, #record = :record, #monitor = :monitor',
    ConditionExpression: version === 0 ? 'attribute_not_exists(pk)' : '#version = :before',
    ExpressionAttributeNames: { '#version': 'version', '#record': 'record', '#monitor': 'monitor' },
    ExpressionAttributeValues: {
      ':version': { N: String(version + 1) },
      ':record': { S: JSON.stringify(record) },
      ':monitor': { S: id },
      ...(version === 0 ? {} : { ':before': { N: String(version) } }),
    },
  };
}

async function loadAll(client: DynamoDBClient, table: string): Promise<ReadonlyMap<string, Item>> {
  const all = new Map<string, Item>();
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: partition } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    for (const item of page.Items ?? []) all.set(item['sk']?.S ?? '', item);
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return all;
}

/** What this very store has written. */
function recordOf(item: Item): HeartbeatRecord {
  requireFormat('heartbeat', item);
  const text = item['record']?.S;
  if (text !== undefined) return JSON.parse(text) as HeartbeatRecord;
  throw new BurnwatchError(
    'BURN_LEDGER_CORRUPT',
    `the heartbeat of ${item['monitor']?.S ?? 'a monitor'} has no record`,
  );
}
