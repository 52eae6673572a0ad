import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { CountedStore } from '../app/ports.ts';
import { BurnwatchError } from '../config/model.ts';
import { decodeHour, encodeHour } from '../ledger/codec.ts';
import { dayMs } from '../ledger/keys.ts';
import type { Counts } from '../ledger/model.ts';

type Item = Record<string, AttributeValue>;
type Kind = 'hour' | 'day';

/** How long items are kept, in days; as those of probes are. */
const keptDays: Readonly<Record<Kind, number>> = { hour: 35, day: 400 };
/** Items hold one series: its key inside them says nothing. */
const onlySeries = 0;

/**
 * What was counted of metrics, in the ledger's table: `metric#<series>` holds `hour#<hour>` with the counts of its minutes and
 * `day#<day>` with those of its hours, each once. Both are written as the hours of probes are.
 */
export function createCountedStore(client: DynamoDBClient, table: string): CountedStore {
  const load = async (series: string, kind: Kind, fromAt: number, toAt: number) => {
    const items = await queryAll(client, table, series, [skOf(kind, fromAt), skOf(kind, toAt)]);
    return items.map((item) => countsOf(series, kind, item));
  };
  const save = async (series: string, kind: Kind, at: number, counts: readonly Counts[]) => {
    const data = encodeHour({ location: 'metric', hourAt: at, monitors: new Map([[onlySeries, counts]]) });
    const expiresAt = { N: String(Math.floor((at + keptDays[kind] * dayMs) / 1_000)) };
    const Item = { pk: { S: partitionOf(series) }, sk: { S: skOf(kind, at) }, data: { B: data }, expiresAt };
    try {
      await client.send(
        new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
      );
    } catch (error) {
      // The first one stays: another evaluation has counted the same.
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };
  return {
    loadHours: async (series, fromAt, toAt) =>
      (await load(series, 'hour', fromAt, toAt)).map(({ at, counts }) => ({ hourAt: at, counts })),
    saveHour: (series, { hourAt, counts }) => save(series, 'hour', hourAt, counts),
    loadDays: async (series, fromAt, toAt) =>
      (await load(series, 'day', fromAt, toAt)).map(({ at, counts }) => ({ dayAt: at, counts })),
    saveDay: (series, { dayAt, counts }) => save(series, 'day', dayAt, counts),
  };
}

const partitionOf = (series: string): string => `metric#${series}`;

/** `hour#2026-11-20T03`, `day#2026-11-20`. */
function skOf(kind: Kind, at: number): string {
  return `${kind}#${new Date(at).toISOString().slice(0, kind === 'hour' ? 13 : 10)}`;
}

/** Every page; read strongly, since what one evaluation has kept the next one must not read once more. */
async function queryAll(
  client: DynamoDBClient,
  table: string,
  series: string,
  [from, to]: readonly [string, string],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: partitionOf(series) }, ':from': { S: from }, ':to': { S: to } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

/** Of a day the hours are its first 24 minutes. */
function countsOf(series: string, kind: Kind, item: Item): { readonly at: number; readonly counts: readonly Counts[] } {
  const bytes = item['data']?.B;
  const rollup = bytes === undefined ? undefined : decodeHour(bytes);
  const counts = rollup?.monitors.get(onlySeries);
  if (rollup === undefined || counts === undefined)
    throw new BurnwatchError('BURN_LEDGER_CORRUPT', `the counts of ${series} at ${item['sk']?.S} are none`);
  return { at: rollup.hourAt, counts: kind === 'day' ? counts.slice(0, 24) : counts };
}
