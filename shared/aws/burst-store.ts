import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { BurstStore, KeptPart, KeptRun, PartResult, RunCounts, RunKey, SentRun } from '../app/ports.ts';
import type { BurstSummary, Tally } from '../burst/model.ts';
import { decodeTally, encodeTally } from '../burst/tally-codec.ts';
import { BurnwatchError } from '../config/model.ts';
import { dayMs } from '../ledger/keys.ts';
import { requireFormat } from './format.ts';
import { runCountsItem } from './run-counts.ts';

type Item = Record<string, AttributeValue>;

/** How long items are kept, in days. */
const keptDays = { run: 400, part: 3 };
/** An item holds at most 400 KB (DynamoDB), its names and keys included. */
const mostBytes = 350_000;
/** Reading the runs before goes through so many pages of 1 MB at most: those that were not sent lie between them. */
const mostPages = 3;
/** Where the burst that is sent by hand is held; parts of runs begin with an instant. */
const byHand = 'by-hand';

/**
 * What is kept of bursts, in the ledger's table: `burst#<id>` holds a run at its instant, `burst-part#<id>` a part at its
 * run's instant and shard. Reads are strongly consistent: the last shard to save must see all others.
 */
export function createBurstStore(client: DynamoDBClient, table: string): BurstStore {
  const TableName = table;
  const get = async ({ pk, sk }: Item): Promise<Item | undefined> => {
    const key = { TableName, Key: { pk, sk } as Item, ConsistentRead: true };
    return (await client.send(new GetItemCommand(key))).Item;
  };
  /** Who lost may have won, and lost the answer only: the id tells. */
  const putFirst = async (item: Item, invocationId: string): Promise<boolean> => {
    try {
      await client.send(
        new PutItemCommand({
          TableName,
          Item: { ...item, id: { S: invocationId } },
          ConditionExpression: 'attribute_not_exists(pk)',
        }),
      );
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return (await get(item))?.['id']?.S === invocationId;
    }
  };

  return {
    claim: async (run, shard, invocationId) => {
      const item = { ...partKey(run, shard), state: { S: 'claimed' }, ...expiry(run.runAt, keptDays.part) };
      return (await putFirst(item, invocationId)) ? 'claimed' : 'duplicate';
    },
    occupy: async (burst, now, untilAt, invocationId) => {
      try {
        await client.send(new UpdateItemCommand({ TableName, ...occupyExpression(burst, now, untilAt, invocationId) }));
        return 'occupied';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'busy';
        throw error;
      }
    },
    savePart: async (run, shard, result, invocationId) => {
      const expression = savePartExpression(result, invocationId);
      await client.send(new UpdateItemCommand({ TableName, Key: partKey(run, shard), ...expression }));
    },
    loadParts: async ({ burst, runAt }) => {
      const items = await queryAll(client, {
        TableName,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': { S: partsOf(burst) }, ':sk': { S: `${instant(runAt)}#` } },
      });
      return items.map(parsePart).sort((a, b) => a.shard - b.shard);
    },
    saveRun: async (run, invocationId) => {
      // First: a run that is there is never saved again, and its requests would be missing for good.
      if (run.state === 'sent') await putFirst(runCountsItem(countsOf(run)), invocationId);
      return (await putFirst(runItem(run), invocationId)) ? 'saved' : 'duplicate';
    },
    loadRuns: async (burst, beforeAt, limit) => {
      const runs: (RunKey & SentRun)[] = [];
      let start: Item | undefined;
      for (let page = 0; page < mostPages && runs.length < limit && (page === 0 || start !== undefined); page += 1) {
        const found = await client.send(
          new QueryCommand({
            TableName,
            ConsistentRead: true,
            ScanIndexForward: false,
            KeyConditionExpression: 'pk = :pk AND sk < :before',
            ExpressionAttributeValues: { ':pk': { S: `burst#${burst}` }, ':before': { S: instant(beforeAt) } },
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        runs.push(...(found.Items ?? []).flatMap((item) => parseRun(burst, item)));
        start = found.LastEvaluatedKey;
      }
      return runs.slice(0, limit);
    },
  };
}

const instant = (at: number): string => new Date(at).toISOString();
const partsOf = (burst: string): string => `burst-part#${burst}`;
const partKey = ({ burst, runAt }: RunKey, shard: number): Item => ({
  pk: { S: partsOf(burst) },
  sk: { S: `${instant(runAt)}#${shard}` },
});
const expiry = (at: number, days: number): Item => ({
  expiresAt: { N: String(Math.floor((at + days * dayMs) / 1_000)) },
});

function occupyExpression(burst: string, now: number, untilAt: number, invocationId: string) {
  return {
    Key: { pk: { S: partsOf(burst) }, sk: { S: byHand } },
    UpdateExpression: 'SET #until = :until, #id = :id, #expiresAt = :expiresAt',
    ConditionExpression: 'attribute_not_exists(pk) OR #until < :now OR #id = :id',
    ExpressionAttributeNames: { '#until': 'until', '#id': 'id', '#expiresAt': 'expiresAt' },
    ExpressionAttributeValues: {
      ':until': { N: String(untilAt) },
      ':now': { N: String(now) },
      ':id': { S: invocationId },
      ':expiresAt': expiry(untilAt, keptDays.part)['expiresAt'] as AttributeValue,
    },
  };
}

/** The same a second time changes nothing, so that a lost answer does not matter. */
function savePartExpression(result: PartResult, invocationId: string) {
  const content = result.state === 'sent' ? tallyText(result.tally) : result.reason;
  return {
    UpdateExpression: 'SET #state = :state, #content = :content',
    ConditionExpression: '#id = :id',
    ExpressionAttributeNames: { '#state': 'state', '#content': contentName(result), '#id': 'id' },
    ExpressionAttributeValues: {
      ':state': { S: result.state },
      ':content': { S: content },
      ':id': { S: invocationId },
    },
  };
}

const contentName = ({ state }: PartResult): string => (state === 'sent' ? 'tally' : 'reason');

function runItem(run: KeptRun): Item {
  const key = { pk: { S: `burst#${run.burst}` }, sk: { S: instant(run.runAt) } };
  const base = { ...key, state: { S: run.state }, ...expiry(run.runAt, keptDays.run) };
  if (run.state !== 'sent') return { ...base, reason: { S: run.reason } };
  const summary = JSON.stringify(run.summary);
  return { ...base, summary: { S: summary }, tally: { S: tallyText(run.tally, Buffer.byteLength(summary)) } };
}

function countsOf({ burst, runAt, summary }: RunKey & SentRun): RunCounts {
  const { requests, failures, startedAt, durationMs } = summary;
  const endedAt = Math.round(Date.parse(startedAt) + durationMs);
  return { burst, runAt, endedAt, good: requests - failures, bad: failures };
}

/** What was counted as text; without its seconds, which are for charts alone, where it would not fit into an item beside `others`. */
function tallyText(tally: Tally, others = 0): string {
  const whole = JSON.stringify(encodeTally(tally));
  if (Buffer.byteLength(whole) + others <= mostBytes) return whole;
  const short = JSON.stringify(encodeTally({ ...tally, seconds: [] }));
  if (Buffer.byteLength(short) + others <= mostBytes) return short;
  throw new BurnwatchError('BURN_RUN_TOO_LARGE', `a run takes ${short.length + others} bytes of at most ${mostBytes}`);
}

async function queryAll(
  client: DynamoDBClient,
  input: ConstructorParameters<typeof QueryCommand>[0],
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let start: Item | undefined;
  do {
    const page = await client.send(
      new QueryCommand({ ...input, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
    );
    items.push(...(page.Items ?? []));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return items;
}

function parsePart(item: Item): KeptPart {
  requireFormat('part of a burst', item);
  const shard = Number((item['sk']?.S ?? '').split('#')[1]);
  const state = item['state']?.S;
  switch (state) {
    case 'claimed':
      return { shard, state };
    case 'sent':
      return { shard, state, tally: tallyOf(item) };
    case 'void':
    case 'refused':
      return { shard, state, reason: textOf(item, 'reason') };
    default:
      throw corrupt(item);
  }
}

function parseRun(burst: string, item: Item): readonly (RunKey & SentRun)[] {
  requireFormat('run of a burst', item);
  if (item['state']?.S !== 'sent') return [];
  const runAt = Date.parse(item['sk']?.S ?? '');
  const summary = JSON.parse(textOf(item, 'summary')) as BurstSummary;
  return [{ burst, runAt, state: 'sent', summary, tally: tallyOf(item) }];
}

const tallyOf = (item: Item): Tally => decodeTally(JSON.parse(textOf(item, 'tally')));

function textOf(item: Item, name: string): string {
  const text = item[name]?.S;
  if (text === undefined) throw corrupt(item);
  return text;
}

const corrupt = (item: Item): BurnwatchError =>
  new BurnwatchError(
    'BURN_LEDGER_CORRUPT',
    `the ledger's item ${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''} is none of a burst`,
  );
