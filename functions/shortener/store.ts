import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Fault } from './fault.ts';
import { isExpired, type Link } from './link.ts';
import { type LinkPage, type Store, StoreError } from './ports.ts';

type Item = Record<string, AttributeValue>;

/**
 * Bounds of one call: without `throwOnRequestTimeout` the SDK only warns, and without the others it waits for ever.
 * Two attempts of a second each, and a short pause between them.
 */
const bounds = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true, socketTimeout: 1_000 },
};

/** A page of the list reads the table at most this often before it is given out short. */
const mostReadsPerPage = 4;

const linkPrefix = 'link#';
const linkKey = (code: string): Item => ({ pk: { S: linkPrefix + code }, sk: { S: 'link' } });
const faultKey: Item = { pk: { S: 'fault' }, sk: { S: 'fault' } };

/**
 * The only door to DynamoDB: one table, `pk` and `sk`. A link is `link#<code>`, the drill is `fault`. `expiresAt`, in
 * epoch seconds, is for DynamoDB's TTL; the code goes by its own attribute in milliseconds.
 */
export function createStore(table: string, config: DynamoDBClientConfig = {}): Store {
  const client = new DynamoDBClient({ ...bounds, ...config });
  const load = async (key: Item, abortSignal: AbortSignal): Promise<Item | undefined> => {
    const command = new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true });
    return (await client.send(command, { abortSignal })).Item;
  };
  return guarded({
    createLink: async (link, writer, now, abortSignal) => {
      const command = new PutItemCommand({
        TableName: table,
        Item: { ...toItem(link), writer: { S: writer } },
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
    countClicks: async ({ code, createdAt, count, mark }, abortSignal) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: linkKey(code),
        UpdateExpression: 'SET clickMark = :mark ADD clicks :count',
        ConditionExpression: 'createdAtMs = :createdAt AND (attribute_not_exists(clickMark) OR clickMark <> :mark)',
        ExpressionAttributeValues: { ':mark': { S: mark }, ':count': number(count), ':createdAt': number(createdAt) },
      });
      await unlessRefused(client.send(command, { abortSignal }));
    },
    deleteLink: async (code, now, abortSignal) => {
      const command = new DeleteItemCommand({ TableName: table, Key: linkKey(code), ReturnValues: 'ALL_OLD' });
      return alive((await client.send(command, { abortSignal })).Attributes, now) !== undefined;
    },
    listLinks: (limit, after, now, abortSignal) =>
      readPage(limit, after, now, async (count, start) => {
        const command = new ScanCommand({
          TableName: table,
          Limit: count,
          ConsistentRead: true,
          ...(start && { ExclusiveStartKey: start }),
        });
        const { Items, LastEvaluatedKey } = await client.send(command, { abortSignal });
        return { items: Items ?? [], last: LastEvaluatedKey };
      }),
    loadFault: async (abortSignal) => toFault(await load(faultKey, abortSignal)),
    saveFault: async (fault, abortSignal) => {
      await client.send(new PutItemCommand({ TableName: table, Item: faultItem(fault) }), { abortSignal });
    },
    deleteFault: async (abortSignal) => {
      await client.send(new DeleteItemCommand({ TableName: table, Key: faultKey }), { abortSignal });
    },
    ping: async (abortSignal) => {
      await load(faultKey, abortSignal);
    },
  });
}

/** The value of an SSM parameter, decrypted; undefined when there is none. The SDK's client is loaded at first use. */
export async function readParameter(name: string, abortSignal: AbortSignal): Promise<string | undefined> {
  const { SSMClient, GetParameterCommand, ParameterNotFound } = await import('@aws-sdk/client-ssm');
  const client = new SSMClient(bounds);
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    return (await client.send(command, { abortSignal })).Parameter?.Value;
  } catch (error) {
    if (error instanceof ParameterNotFound) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
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

async function unlessRefused<Output>(
  sent: Promise<Output>,
): Promise<{ output: Output; refusal?: never } | { refusal: ConditionalCheckFailedException }> {
  try {
    return { output: await sent };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { refusal: error };
    throw error;
  }
}

function codeOf(item: Item | undefined): string | undefined {
  const pk = item?.['pk']?.S;
  return pk?.startsWith(linkPrefix) ? pk.slice(linkPrefix.length) : undefined;
}

function alive(item: Item | undefined, now: number): Link | undefined {
  const link = toLink(item);
  return link && !isExpired(link, now) ? link : undefined;
}

function toLink(item: Item | undefined): Link | undefined {
  const code = codeOf(item);
  const url = item?.['url']?.S;
  const createdAt = Number(item?.['createdAtMs']?.N);
  if (code === undefined || url === undefined || Number.isNaN(createdAt)) return undefined;
  const expiry = item?.['expiresAtMs']?.N;
  return {
    code,
    url,
    createdAt,
    ...(expiry !== undefined && { expiresAt: Number(expiry) }),
    clicks: Number(item?.['clicks']?.N ?? 0),
  };
}

function toItem({ code, url, createdAt, expiresAt, clicks }: Link): Item {
  return {
    ...linkKey(code),
    url: { S: url },
    createdAtMs: number(createdAt),
    clicks: number(clicks),
    ...(expiresAt !== undefined && { expiresAtMs: number(expiresAt), expiresAt: seconds(expiresAt) }),
  };
}

function toFault(item: Item | undefined): Fault | undefined {
  const [errorRatio, latencyMs, untilAt] = ['errorRatio', 'latencyMs', 'untilMs'].map((name) =>
    Number(item?.[name]?.N),
  );
  if (errorRatio === undefined || latencyMs === undefined || untilAt === undefined) return undefined;
  return Number.isFinite(errorRatio + latencyMs + untilAt) ? { errorRatio, latencyMs, untilAt } : undefined;
}

function faultItem({ errorRatio, latencyMs, untilAt }: Fault): Item {
  return {
    ...faultKey,
    errorRatio: number(errorRatio),
    latencyMs: number(latencyMs),
    untilMs: number(untilAt),
    expiresAt: seconds(untilAt),
  };
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

function seconds(instantAt: number): AttributeValue {
  return number(Math.ceil(instantAt / 1_000));
}

/** The same store, whose every trouble is a `StoreError`. */
function guarded(store: Store): Store {
  const entries = Object.entries(store) as [string, (...args: unknown[]) => Promise<unknown>][];
  const wrapped = entries.map(([name, run]) => [
    name,
    async (...args: unknown[]) => {
      try {
        return await run(...args);
      } catch (error) {
        const isTimeout = error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError');
        throw new StoreError(isTimeout ? 'timeout' : 'unavailable', error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as Store; // the same names, each with the arguments and the result it had
}
