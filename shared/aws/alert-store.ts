import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {
  type AlertState,
  emptyAlertState,
  type Incident,
  isReadableEntry,
  type OutboxEntry,
  outboxFormat,
  stateSchema,
} from '../alert/model.ts';
import type { AlertStore } from '../app/ports.ts';
import { isUnreadable, newerFormat } from '../config/format.ts';
import { BurnwatchError } from '../config/model.ts';
import { createAlertParts, type EntriesPart } from './alert-parts.ts';
import { type OnUnread, requireFormat } from './format.ts';

const stateKey = { pk: { S: 'alerts' }, sk: { S: 'state' } };
const outboxPrefix = 'out#';
const partPrefix = 'more#';
const incidentsPk = 'incidents';
/** An item holds at most 400 KB (DynamoDB); the outbox needs room beside the state: some 500 entries. */
const mostHomeBytes = 150_000;
/** An expression names at most this many outbox attributes (DynamoDB's limit is on the expression's size: 4 KB). */
const mostOutboxEntries = 50;
/** Somebody may write a new state while the parts of the old one are read. */
const mostReads = 5;

type Item = Record<string, AttributeValue>;

/**
 * The alerts' state and its outbox in one item, their home: the state as JSON, and one attribute for each undelivered entry, so that
 * an entry can be acknowledged without touching the state. What is too large for it lies in parts beside it (see alert-parts.ts):
 * the whole state, and entries of which there are more than one expression takes. They are written first, and the one conditional
 * write of the home item that names them makes them count, all at once: whatever breaks off before it has changed nothing, and of two
 * writers one wins, however many items each of them wrote. When the state is small again it is back in its home. A state that a
 * newer release wrote throws BURN_FORMAT_NEWER; entries and incidents of one are told to `onUnread`, stay where they are, and throw without it.
 */
export function createAlertStore(
  client: DynamoDBClient,
  table: string,
  now: () => number = Date.now,
  onUnread: OnUnread = rethrow,
): AlertStore {
  const key = { TableName: table, Key: stateKey };
  const parts = createAlertParts(client, table, now);
  /** Entries in parts that are not told, by the name of the part; as they were loaded and saved here. */
  const untold = new Map<string, Set<string>>();

  async function readHome(): Promise<Item | undefined> {
    const { Item: home } = await client.send(new GetItemCommand({ ...key, ConsistentRead: true }));
    if (home !== undefined) requireFormat('alerts', home);
    return home;
  }

  async function load(): Promise<{ state: AlertState; outbox: readonly OutboxEntry[] }> {
    for (let read = 1; read <= mostReads; read += 1) {
      const home = await readHome();
      if (home === undefined) return { state: emptyAlertState, outbox: [] };
      const text = home['state']?.S ?? (await loadParts(home));
      if (text !== undefined) return { state: parseState(text), outbox: await loadOutbox(home) };
    }
    throw new BurnwatchError('BURN_STATE_CORRUPT', "a part of the alerts' state is missing in the ledger");
  }

  async function loadParts(home: Item): Promise<string | undefined> {
    const { name, count } = partsIn(home);
    return count === 0 ? '' : parts.loadText(name, count);
  }

  async function loadOutbox(home: Item): Promise<readonly OutboxEntry[]> {
    const names = namesIn(home, partPrefix);
    untold.clear();
    const far = await Promise.all(names.map((name) => parts.loadEntries(name)));
    names.forEach((name, index) => {
      untold.set(name, new Set(far[index]?.map(({ id }) => id)));
    });
    const near = namesIn(home, outboxPrefix).map((name) => parseJson<OutboxEntry>(home[outboxPrefix + name]));
    return [...near, ...far.flat()].filter((entry) => {
      if (isReadableEntry(entry)) return true;
      onUnread(newerFormat(`an undelivered entry of the alerts (${entry.id})`, entry.format ?? 1, outboxFormat));
      return false;
    });
  }

  async function save(state: AlertState, entries: readonly OutboxEntry[], writer: string) {
    const written = await writeParts(state, entries, writer);
    try {
      const command = new UpdateItemCommand({ ...key, ...saveExpression(written), ReturnValues: 'UPDATED_OLD' });
      const { Attributes: before = {} } = await client.send(command);
      const old = partsIn(before);
      await parts.retireText(old.name, old.count);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (!(await isOurs(written))) return 'conflict';
    }
    for (const part of written.far) untold.set(part.name, new Set(part.ids));
    return 'saved';
  }

  async function writeParts(state: AlertState, entries: readonly OutboxEntry[], writer: string): Promise<Written> {
    const json = JSON.stringify(state);
    const name = `${state.version}#${writer}`;
    const isNear = Buffer.byteLength(json) <= mostHomeBytes;
    const areNear = entries.length <= mostOutboxEntries;
    const count = isNear ? 0 : await parts.saveText(name, json);
    const far = areNear ? [] : await parts.saveEntries(name, entries);
    return { state, writer, name, count, ...(isNear && { json }), near: areNear ? entries : [], far };
  }

  /** An answer may have been lost after our own write went through: the writer's id tells. Otherwise our parts are nobody's. */
  async function isOurs({ state, writer, name, count, far }: Written): Promise<boolean> {
    const home = (await readHome()) ?? {};
    if (home['writer']?.S === writer && home['version']?.N === String(state.version)) return true;
    // Where somebody has written since, they may still name what we wrote.
    const named = new Set(namesIn(home, partPrefix));
    await parts.retireText(name, partsIn(home).name === name ? 0 : count);
    await parts.retireEntries(far.map((part) => part.name).filter((part) => !named.has(part)));
    return false;
  }

  async function forget(attributes: readonly string[]): Promise<void> {
    for (let from = 0; from < attributes.length; from += mostOutboxEntries) {
      const some = attributes.slice(from, from + mostOutboxEntries);
      const names = Object.fromEntries(some.map((attribute, i) => [`#o${i}`, attribute]));
      const UpdateExpression = `REMOVE ${Object.keys(names).join(', ')}`;
      await client.send(new UpdateItemCommand({ ...key, UpdateExpression, ExpressionAttributeNames: names }));
    }
  }

  async function forgetIn(part: string, ids: readonly string[]): Promise<void> {
    const left = untold.get(part) ?? new Set();
    for (const id of ids) left.delete(id);
    if (left.size > 0) return parts.markTold(part, ids);
    await forget([partPrefix + part]);
    untold.delete(part);
    await parts.retireEntries([part]);
  }

  return {
    load,
    save,
    acknowledge: async (ids) => {
      const partOf = new Map([...untold].flatMap(([part, left]) => [...left].map((id) => [id, part] as const)));
      for (const [part, group] of Map.groupBy(ids, (id) => partOf.get(id)))
        await (part === undefined ? forget(group.map((id) => outboxPrefix + id)) : forgetIn(part, group));
    },
    saveIncident: async (incident) => {
      const sk = `${new Date(incident.openedAt).toISOString()}#${incident.id}`;
      const Item = { pk: { S: incidentsPk }, sk: { S: sk }, incident: { S: JSON.stringify(incident) } };
      const command = new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' });
      await client.send(command).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
    loadIncidents: async (limit) => {
      const { Items: items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: incidentsPk } },
          ScanIndexForward: false,
          Limit: limit,
        }),
      );
      return items.flatMap((item) => {
        try {
          requireFormat('incident', item);
          return [parseJson<Incident>(item['incident'])];
        } catch (error) {
          if (!isUnreadable(error)) throw error;
          onUnread(error);
          return [];
        }
      });
    },
  };
}

type Written = {
  readonly state: AlertState;
  readonly writer: string;
  /** The state where it is near; otherwise it is in so many parts of this name. */
  readonly json?: string;
  readonly name: string;
  readonly count: number;
  /** Entries that go into the home item, and those in parts. */
  readonly near: readonly OutboxEntry[];
  readonly far: readonly EntriesPart[];
};

function saveExpression({ state, writer, json, name, count, near, far }: Written) {
  const sets: [name: string, value: AttributeValue][] = [
    ['version', { N: String(state.version) }],
    ['writer', { S: writer }],
    ...(json === undefined
      ? ([
          ['parts', { N: String(count) }],
          ['partsOf', { S: name }],
        ] as [string, AttributeValue][])
      : ([['state', { S: json }]] as [string, AttributeValue][])),
    ...near.map((entry): [string, AttributeValue] => [outboxPrefix + entry.id, { S: JSON.stringify(entry) }]),
    ...far.map((part): [string, AttributeValue] => [partPrefix + part.name, { N: String(part.ids.length) }]),
  ];
  const gone = json === undefined ? ['state'] : ['parts', 'partsOf'];
  return {
    UpdateExpression: `SET ${sets.map((_, i) => `#s${i} = :s${i}`).join(', ')} REMOVE ${gone.map((_, i) => `#r${i}`).join(', ')}`,
    ConditionExpression: 'attribute_not_exists(#s0) OR #s0 = :before',
    ExpressionAttributeNames: Object.fromEntries([
      ...sets.map(([attribute], i) => [`#s${i}`, attribute]),
      ...gone.map((attribute, i) => [`#r${i}`, attribute]),
    ]),
    ExpressionAttributeValues: {
      ':before': { N: String(state.version - 1) },
      ...Object.fromEntries(sets.map(([, value], i) => [`:s${i}`, value])),
    },
  };
}

function partsIn(home: Item): { readonly name: string; readonly count: number } {
  return { name: home['partsOf']?.S ?? '', count: Number(home['parts']?.N ?? 0) };
}

function namesIn(home: Item, prefix: string): readonly string[] {
  return Object.keys(home)
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}

function parseState(text: string): AlertState {
  const state = parseJson<AlertState>({ S: text });
  if (state.schema === stateSchema) return state;
  if (state.schema > stateSchema) throw newerFormat("the alerts' state", state.schema, stateSchema);
  throw new BurnwatchError('BURN_STATE_CORRUPT', `the alerts' state in the ledger has no schema, but ${state.schema}`);
}

function rethrow(error: unknown): never {
  throw error;
}

/** What we wrote ourselves: its shape is the writer's promise, kept by the schema number beside it. */
function parseJson<T>(value: AttributeValue | undefined): T {
  try {
    return JSON.parse(value?.S ?? '') as T;
  } catch (cause) {
    throw new BurnwatchError('BURN_STATE_CORRUPT', "the alerts' state in the ledger is not JSON", { cause });
  }
}
