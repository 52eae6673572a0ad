import { DeleteItemCommand, PutItemCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { Link } from '../link.ts';
import type { LinkPage, Store } from '../ports.ts';
import { alive, clicksByDay, codeOf, dayName, type Item, linkItem, linkKey, number } from './items.ts';
import { type Table, unlessRefused } from './table.ts';

type LinkStore = Pick<
  Store,
  'createLink' | 'loadLink' | 'loadClicks' | 'changeLink' | 'countClicks' | 'deleteLink' | 'listLinks'
>;

/** A page of the list reads the table at most this often before it is given out short. */
const mostReadsPerPage = 4;
/** Days whose clicks are kept for sure, and how many there may be before older ones are removed. */
const keptDays = 60;
const mostDays = 90;

/** Links, each an item `link#<code>`. */
export function linkStore({ name, client, load }: Table): LinkStore {
  return {
    createLink: async (link, writer, now, abortSignal) => {
      const command = new PutItemCommand({
        TableName: name,
        Item: { ...linkItem(link), writer: { S: writer } },
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAtMs <= :now',
        ExpressionAttributeValues: { ':now': number(now) },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      const clash = await unlessRefused(client.send(command, { abortSignal }));
      if (!clash.refusal) return 'created';
      // Not every DynamoDB says which item stood in the way; one with our own mark was put by a try whose answer was lost.
      const there = clash.refusal.Item ?? (await load(linkKey(link.code), abortSignal));
      return there?.['writer']?.S === writer ? 'created' : 'taken';
    },
    loadLink: async (code, now, abortSignal) => alive(await load(linkKey(code), abortSignal), now),
    loadClicks: async (code, now, abortSignal) => {
      const item = await load(linkKey(code), abortSignal);
      const link = alive(item, now);
      return item && link && { link, byDay: clicksByDay(item) };
    },
    changeLink: async (code, isDisabled, now, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: linkKey(code),
        UpdateExpression: 'SET isDisabled = :isDisabled',
        ConditionExpression:
          'attribute_exists(pk) AND attribute_not_exists(#format) AND (attribute_not_exists(expiresAtMs) OR expiresAtMs > :now)',
        ExpressionAttributeNames: { '#format': 'format' },
        ExpressionAttributeValues: { ':isDisabled': { BOOL: isDisabled }, ':now': number(now) },
        ReturnValues: 'ALL_NEW',
      });
      const { output } = { output: undefined, ...(await unlessRefused(client.send(command, { abortSignal }))) };
      return alive(output?.Attributes, now);
    },
    countClicks: async ({ code, createdAt, day, count, mark }, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: name,
        Key: linkKey(code),
        UpdateExpression: `SET clickMark = :mark ADD clicks :count, ${dayName(day)} :count`,
        ConditionExpression: 'createdAtMs = :createdAt AND (attribute_not_exists(clickMark) OR clickMark <> :mark)',
        ExpressionAttributeValues: { ':mark': { S: mark }, ':count': number(count), ':createdAt': number(createdAt) },
        ReturnValues: 'ALL_NEW',
      });
      const { output } = { output: undefined, ...(await unlessRefused(client.send(command, { abortSignal }))) };
      const old = oldDays(output?.Attributes ?? {});
      if (old.length > 0) await removeDays(code, old, abortSignal);
    },
    deleteLink: async (code, now, abortSignal) => {
      const command = new DeleteItemCommand({
        TableName: name,
        Key: linkKey(code),
        ConditionExpression: 'attribute_not_exists(#format)',
        ExpressionAttributeNames: { '#format': 'format' },
        ReturnValues: 'ALL_OLD',
      });
      const { output } = { output: undefined, ...(await unlessRefused(client.send(command, { abortSignal }))) };
      // What is there still, after a refusal, is of a later release: reading it says so.
      return alive(output ? output.Attributes : await load(linkKey(code), abortSignal), now) !== undefined;
    },
    listLinks: (limit, after, now, abortSignal) =>
      readPage(limit, after, now, async (count, start) => {
        const command = new ScanCommand({
          TableName: name,
          Limit: count,
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        });
        const { Items, LastEvaluatedKey } = await client.send(command, { abortSignal });
        return { items: Items ?? [], last: LastEvaluatedKey };
      }),
  };

  async function removeDays(code: string, days: readonly number[], abortSignal: AbortSignal): Promise<void> {
    const UpdateExpression = `REMOVE ${days.map(dayName).join(', ')}`;
    const command = new UpdateItemCommand({
      TableName: name,
      Key: linkKey(code),
      UpdateExpression,
      ConditionExpression: 'attribute_exists(pk)',
    });
    await unlessRefused(client.send(command, { abortSignal }));
  }
}

/** The days to remove once there are too many: an update is billed for the whole item, so it must not grow for ever. */
function oldDays(item: Item): readonly number[] {
  const days = [...clicksByDay(item).keys()].sort((a, b) => a - b);
  return days.length > mostDays ? days.slice(0, -keptDays) : [];
}

type ReadItems = (count: number, start: Item | undefined) => Promise<{ items: Item[]; last: Item | undefined }>;

/** Reads on until the page is full, the table ends, or it was read often enough; never ends on anything but a link. */
async function readPage(limit: number, after: string | undefined, now: number, read: ReadItems): Promise<LinkPage> {
  const links: Link[] = [];
  let last = after === undefined ? undefined : linkKey(after);
  for (let reads = 0; reads < mostReadsPerPage || codeOf(last) === undefined; reads++) {
    const page = await read(Math.max(1, limit - links.length), last);
    links.push(...page.items.flatMap((item) => alive(item, now) ?? []));
    last = page.last;
    if (last === undefined) return { links };
    if (links.length >= limit) break; // what filled it was a link, so `last` is one
  }
  return { links, next: codeOf(last) ?? '' };
}
