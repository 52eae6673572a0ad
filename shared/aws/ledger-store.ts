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
  encodeDayParts,
  encodeDetails,
  encodeHourParts,
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
    return readAll(items.flat(), parse);
  };
  const readAll = <Row>(items: readonly Item[], parse: (item: Item) => Row): readonly Row[] =>
    items.flatMap((item) => {
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
  const loadRollups = async <Value, Rollup extends { readonly monitors: ReadonlyMap<number, Value> }>(
    ranges: readonly KeyRange[],
    decode: (bytes: Uint8Array) => Rollup,
  ): Promise<readonly Rollup[]> => {
    const parts = await loadAll(ranges.map(withParts), (item) => partOf(item, decode));
    return wholeRollups(parts);
  };
  /** The first part comes last: with it the rollup is there. */
  const putParts = async (key: LedgerKey, parts: readonly Uint8Array[], expiresAtMs: number): Promise<void> => {
    for (const [index, bytes] of [...parts.entries()].reverse())
      await putFirst({
        ...itemOf(partKey(key, index), bytes, expiresAtMs),
        ...(index === 0 && parts.length > 1 ? { parts: { N: String(parts.length) } } : {}),
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
      await putParts(key, encodeHourParts(rollup), rollup.hourAt + keptDays.hour * dayMs);
    },
    loadHours: (location, fromAt, toAt) => loadRollups(hourRanges(location, fromAt, toAt), decodeHour),
    saveDay: async (rollup) => {
      if (unread.isMissedIn(rollup.dayAt, dayMs)) return;
      const key = dayKey(rollup.location, rollup.dayAt);
      await putParts(key, encodeDayParts(rollup), rollup.dayAt + keptDays.day * dayMs);
    },
    loadDays: (location, fromAt, toAt) => loadRollups(dayRanges(location, fromAt, toAt), decodeDay),
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
      if (key.pk.startsWith('hour#')) days.add(dayStart(parseHourKey(wholeKey(key)).hourAt));
    },
    isMissedIn: (at: number, spanMs: number): boolean =>
      at + spanMs > firstTickAt || (spanMs === dayMs && days.has(at)),
  };
}

/**
 * A rollup of many monitors that were restless may not fit into an item: its further parts stand behind the first, which says how many
 * there are. 10,000 monitors that are calm take a quarter of an item, and three where each of them changes at random.
 */
const partKey = ({ pk, sk }: LedgerKey, index: number): LedgerKey => ({ pk, sk: index === 0 ? sk : `${sk}~${index}` });
const wholeKey = ({ pk, sk }: LedgerKey): LedgerKey => ({ pk, sk: sk.replace(/~\d+$/, '') });
/** '~' follows every digit: behind the last part, before the next hour or day. */
const withParts = (range: KeyRange): KeyRange => ({ ...range, skTo: `${range.skTo}~~` });

type Part<Rollup> = {
  readonly key: string;
  readonly isFirst: boolean;
  readonly count: number;
  readonly rollup: Rollup;
};

function partOf<Rollup>(item: Item, decode: (bytes: Uint8Array) => Rollup): Part<Rollup> {
  const [own, whole] = [keyOf(item), wholeKey(keyOf(item))];
  const count = Number(item['parts']?.N ?? 1);
  return { key: `${whole.pk} ${whole.sk}`, isFirst: own.sk === whole.sk, count, rollup: decode(bytesOf(item)) };
}

/** Put together again, but for those of which a part is missing: somebody is still writing it, or nobody can read it. */
function wholeRollups<Value, Rollup extends { readonly monitors: ReadonlyMap<number, Value> }>(
  parts: readonly Part<Rollup>[],
): readonly Rollup[] {
  return [...Map.groupBy(parts, ({ key }) => key).values()].flatMap((all) => {
    const first = all.find(({ isFirst }) => isFirst);
    if (first === undefined || all.length < first.count) return [];
    if (first.count === 1) return [first.rollup];
    const monitors = all.flatMap(({ rollup }) => [...rollup.monitors]).sort(([a], [b]) => a - b);
    return [{ ...first.rollup, monitors: new Map(monitors) }];
  });
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
