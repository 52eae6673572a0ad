import { gunzipSync, gzipSync } from 'node:zlib';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { OutboxEntry } from '../alert/model.ts';
import { BurnwatchError } from '../config/model.ts';

/** An item holds at most 400 KB (DynamoDB), its keys and what is marked in it included. */
const mostPartBytes = 350_000;
/** Of these, what is marked takes 40 KB. */
const mostEntries = 2_000;
/** How long what nobody names any more is kept for those who were about to read it. */
const retiredMs = 3_600_000;

/**
 * What the home item of the alerts' state has no room for: compressed, in items of their own beside it. A part is written once,
 * under a name that no other writer has, and is of no account until the home item names it.
 */
export type AlertParts = {
  /** Writes a text in as many parts as it takes: how many these are. */
  saveText(name: string, text: string): Promise<number>;
  /** Undefined where a part of it is gone. */
  loadText(name: string, count: number): Promise<string | undefined>;
  /** Writes entries in as many parts as they take: the names of these, with what is in each. */
  saveEntries(name: string, entries: readonly OutboxEntry[]): Promise<readonly EntriesPart[]>;
  /** Those that are not marked as told; none where the part is gone: it is only taken away once all of it is told. */
  loadEntries(name: string): Promise<readonly OutboxEntry[]>;
  markTold(name: string, ids: readonly string[]): Promise<void>;
  /** Lets DynamoDB delete parts that nothing names any more. One that stays for ever, after a crash, costs next to nothing. */
  retireText(name: string, count: number): Promise<void>;
  retireEntries(names: readonly string[]): Promise<void>;
};
export type EntriesPart = { readonly name: string; readonly ids: readonly string[] };

export function createAlertParts(client: DynamoDBClient, table: string, now: () => number): AlertParts {
  const keyOf = (sk: string) => ({ TableName: table, Key: { pk: { S: 'alerts' }, sk: { S: sk } } });
  const put = (sk: string, bytes: Uint8Array) =>
    update(sk, 'SET #data = :data', { '#data': 'data' }, { ':data': { B: bytes } });
  async function update(sk: string, change: string, names: Record<string, string>, values: Item, isThere = false) {
    await client.send(
      new UpdateItemCommand({
        ...keyOf(sk),
        UpdateExpression: change,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
        ...(isThere ? { ConditionExpression: 'attribute_exists(pk)' } : {}),
      }),
    );
  }
  async function load(sk: string): Promise<Item | undefined> {
    const { Item: item } = await client.send(new GetItemCommand({ ...keyOf(sk), ConsistentRead: true }));
    return item;
  }
  async function retire(keys: readonly string[]): Promise<void> {
    const expiresAt = { N: String(Math.floor((now() + retiredMs) / 1_000)) };
    const ends = keys.map((sk) =>
      update(sk, 'SET #expires = :expires', { '#expires': 'expiresAt' }, { ':expires': expiresAt }, true),
    );
    await Promise.allSettled(ends);
  }

  return {
    saveText: async (name, text) => {
      const slices = cut(gzipSync(text));
      await Promise.all(slices.map((bytes, index) => put(textKey(name, index), bytes)));
      return slices.length;
    },
    loadText: async (name, count) => {
      const items = await Promise.all(indexes(count).map((index) => load(textKey(name, index))));
      const slices = items.map((item) => item?.['data']?.B).filter((bytes) => bytes !== undefined);
      return slices.length === count ? unpack(Buffer.concat(slices)) : undefined;
    },
    saveEntries: async (name, entries) => {
      const groups = indexes(Math.ceil(entries.length / mostEntries)).map((index) => ({
        name: `${name}#${index}`,
        group: entries.slice(index * mostEntries, (index + 1) * mostEntries),
      }));
      await Promise.all(groups.map((each) => put(entriesKey(each.name), gzipSync(JSON.stringify(each.group)))));
      return groups.map((each) => ({ name: each.name, ids: each.group.map(({ id }) => id) }));
    },
    loadEntries: async (name) => {
      const item = await load(entriesKey(name));
      const bytes = item?.['data']?.B;
      const told = new Set(item?.['told']?.SS);
      const entries = bytes === undefined ? [] : (JSON.parse(unpack(bytes)) as readonly OutboxEntry[]);
      return entries.filter(({ id }) => !told.has(id));
    },
    markTold: async (name, ids) => {
      try {
        await update(entriesKey(name), 'ADD #told :told', { '#told': 'told' }, { ':told': { SS: [...ids] } }, true);
      } catch (error) {
        // Somebody has told all of it meanwhile.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    },
    retireText: (name, count) => retire(indexes(count).map((index) => textKey(name, index))),
    retireEntries: (names) => retire(names.map(entriesKey)),
  };
}

type Item = Record<string, AttributeValue>;

const textKey = (name: string, index: number): string => `part#${name}#${index}`;
const entriesKey = (name: string): string => `outbox#${name}`;
const indexes = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function cut(bytes: Uint8Array): readonly Uint8Array[] {
  const count = Math.ceil(bytes.length / mostPartBytes);
  return indexes(count).map((index) => bytes.subarray(index * mostPartBytes, (index + 1) * mostPartBytes));
}

function unpack(bytes: Uint8Array): string {
  try {
    return gunzipSync(bytes).toString('utf8');
  } catch (cause) {
    throw new BurnwatchError('BURN_STATE_CORRUPT', "a part of the alerts' state in the ledger is damaged", { cause });
  }
}
