import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import type { LedgerStore } from '../app/ports.ts';
import { isUnreadable } from '../config/format.ts';
import { BurnwatchError } from '../config/model.ts';
import {
  decodeDay,
  decodeDetails,
  decodeHour,
  decodeTick,
  encodeDay,
  encodeDetails,
  encodeHour,
  encodeTick,
} from '../ledger/codec.ts';
import {
  dayKey,
  dayMs,
  dayRanges,
  dayStart,
  hourKey,
  hourMs,
  hourRanges,
  type KeyRange,
  type LedgerKey,
  parseHourKey,
  parseTickKey,
  tickKey,
  tickRanges,
} from '../ledger/keys.ts';
import type { Tick } from '../ledger/model.ts';
import type { OnUnread } from './format.ts';

/** How long items are kept, in days. DynamoDB deletes up to two days late: readers ask for ranges, so that does not matter. */
const keptDays = { tick: 3, hour: 35, day: 400 };

type Item = Record<string, AttributeValue>;

/**
 * The ledger in its DynamoDB table. Reads are strongly consistent: an evaluation must see the row written a moment ago. With `onUnread`
 * what cannot be read is passed over and told, as if it were not there, and what would be folded of it is not kept: the rows
 * wait for a release that reads them. Without it, it throws.
 */
export function createLedgerStore(client: DynamoDBClient, table: string, onUnread?: OnUnread): LedgerStore {
  const unread = createUnread();
  const put = (item: Item) =>
    client.send(new PutItemCommand({ TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(pk)' }));
  const loadAll = async <Row>(ranges: readonly KeyRange[], parse: (item: Item) => Row): Promise<readonly Row[]> => {
    const items = await inBatches(ranges, (range) => query(client, table, range));
    return items.flat().flatMap((item) => {
      try {
        return [parse(item)];
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        const { pk, sk } = keyOf(item);
        const named = new BurnwatchError(error.code, `the ledger's item ${pk} ${sk}: ${error.message}`);
        if (onUnread === undefined) throw named;
        unread.add({ pk, sk });
        onUnread(named);
        return [];
      }
    });
  };
  /** The first one stays: a rollup of the same hour or day is the same, or was made with more of its rows. */
  const putFirst = async (item: Item): Promise<void> => {
    try {
      await put(item);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
    }
  };

  return {
    saveTick: async (tick, invocationId) => {
      const key = tickKey(tick.location, tick.at, tick.shard);
      try {
        await put({ ...tickItem(key, tick), id: { S: invocationId } });
        return 'saved';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // The answer to our own write may have been lost and the write tried again: the row's id tells.
        const Key = { pk: { S: key.pk }, sk: { S: key.sk } };
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }));
        return Item?.['id']?.S === invocationId ? 'saved' : 'duplicate';
      }
    },
    loadTicks: (location, fromAt, toAt) => loadAll(tickRanges(location, fromAt, toAt), parseTick),
    saveHour: async (rollup) => {
      if (unread.isMissedIn(rollup.hourAt, hourMs)) return;
      const key = hourKey(rollup.location, rollup.hourAt);
      await putFirst(itemOf(key, encodeHour(rollup), rollup.hourAt + keptDays.hour * dayMs));
    },
    loadHours: (location, fromAt, toAt) =>
      loadAll(hourRanges(location, fromAt, toAt), (item) => decodeHour(bytesOf(item))),
    saveDay: async (rollup) => {
      if (unread.isMissedIn(rollup.dayAt, dayMs)) return;
      const key = dayKey(rollup.location, rollup.dayAt);
      await putFirst(itemOf(key, encodeDay(rollup), rollup.dayAt + keptDays.day * dayMs));
    },
    loadDays: (location, fromAt, toAt) =>
      loadAll(dayRanges(location, fromAt, toAt), (item) => decodeDay(bytesOf(item))),
  };
}

/**
 * What could not be read. Hours are folded in their order, and whoever starts anew goes on behind the last one that is kept: so
 * nothing is kept from the first row on that nobody could read, nor the day of an hour that nobody could.
 */
function createUnread() {
  let firstTickAt = Number.POSITIVE_INFINITY;
  const days = new Set<number>();
  return {
    add: (key: LedgerKey): void => {
      if (key.pk.startsWith('tick#')) firstTickAt = Math.min(firstTickAt, parseTickKey(key).at);
      if (key.pk.startsWith('hour#')) days.add(dayStart(parseHourKey(key).hourAt));
    },
    isMissedIn: (at: number, spanMs: number): boolean =>
      at + spanMs > firstTickAt || (spanMs === dayMs && days.has(at)),
  };
}

/** How many partitions are read at a time: a cold start reads two days of them. */
const mostQueriesAtOnce = 12;

async function inBatches<In, Out>(inputs: readonly In[], run: (input: In) => Promise<Out>): Promise<readonly Out[]> {
  const outputs: Out[] = [];
  for (let from = 0; from < inputs.length; from += mostQueriesAtOnce)
    outputs.push(...(await Promise.all(inputs.slice(from, from + mostQueriesAtOnce).map(run))));
  return outputs;
}

/** Every page of one range. */
async function query(client: DynamoDBClient, table: string, { pk, skFrom, skTo }: KeyRange): Promise<readonly Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: { ':pk': { S: pk }, ':from': { S: skFrom }, ':to': { S: skTo } },
        ...(start === undefined ? {} : { ExclusiveStartKey: start }),
      }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

function tickItem(key: LedgerKey, tick: Tick): Item {
  const item = itemOf(key, encodeTick(tick.outcomes), tick.at + keptDays.tick * dayMs);
  return tick.details.length === 0 ? item : { ...item, details: { S: encodeDetails(tick.details) } };
}

const itemOf = ({ pk, sk }: LedgerKey, bytes: Uint8Array, expiresAtMs: number): Item => ({
  pk: { S: pk },
  sk: { S: sk },
  data: { B: bytes },
  expiresAt: { N: String(Math.floor(expiresAtMs / 1_000)) },
});

function parseTick(item: Item): Tick {
  const details = item['details']?.S;
  return {
    ...parseTickKey(keyOf(item)),
    outcomes: decodeTick(bytesOf(item)),
    details: details === undefined ? [] : decodeDetails(details),
  };
}

const keyOf = (item: Item): LedgerKey => ({ pk: item['pk']?.S ?? '', sk: item['sk']?.S ?? '' });

function bytesOf(item: Item): Uint8Array {
  const bytes = item['data']?.B;
  if (bytes !== undefined) return bytes;
  const { pk, sk } = keyOf(item);
  throw new BurnwatchError('BURN_LEDGER_CORRUPT', `the ledger's item ${pk} ${sk} holds no data`);
}
