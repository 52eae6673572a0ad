import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AlertState, emptyAlertState, type Incident, type OutboxEntry } from '../alert/model.ts';
import type { AlertStore } from '../app/ports.ts';
import { BurnwatchError } from '../config/model.ts';

const stateKey = { pk: { S: 'alerts' }, sk: { S: 'state' } };
const outboxPrefix = 'out#';
const incidentsPk = 'incidents';
/** An item holds at most 400 KB (DynamoDB); the outbox needs room beside the state. */
const mostStateBytes = 300_000;
/** An expression names at most this many outbox attributes (DynamoDB's limit is on the expression's size: 4 KB). */
export const mostOutboxEntries = 50;

/**
 * The alerts' state and its outbox in one item: the state as JSON, and one attribute for each undelivered entry, so that
 * an entry can be acknowledged without touching the state.
 */
export function createAlertStore(client: DynamoDBClient, table: string): AlertStore {
  const key = { TableName: table, Key: stateKey };

  async function load(): Promise<{ state: AlertState; outbox: readonly OutboxEntry[]; writer?: string }> {
    const { Item: item } = await client.send(new GetItemCommand({ ...key, ConsistentRead: true }));
    if (item === undefined) return { state: emptyAlertState, outbox: [] };
    return { ...parseState(item), ...(item['writer']?.S === undefined ? {} : { writer: item['writer'].S }) };
  }

  async function save(state: AlertState, entries: readonly OutboxEntry[], writer: string) {
    try {
      await client.send(new UpdateItemCommand({ ...key, ...saveExpression(state, entries, writer) }));
      return 'saved';
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      // An answer may have been lost after our own write went through: the writer's id tells.
      const stored = await load();
      return stored.writer === writer && stored.state.version === state.version ? 'saved' : 'conflict';
    }
  }

  return {
    load,
    save,
    acknowledge: async (ids) => {
      if (ids.length === 0) return;
      const names = Object.fromEntries(ids.map((id, i) => [`#o${i}`, outboxPrefix + id]));
      await client.send(
        new UpdateItemCommand({
          ...key,
          UpdateExpression: `REMOVE ${Object.keys(names).join(', ')}`,
          ExpressionAttributeNames: names,
        }),
      );
    },
    saveIncident: async (incident) => {
      const sk = `${new Date(incident.openedAt).toISOString()}#${incident.id}`;
      const Item = { pk: { S: incidentsPk }, sk: { S: sk }, incident: { S: JSON.stringify(incident) } };
      await client.send(new PutItemCommand({ TableName: table, Item }));
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
      return items.map((item) => parseJson<Incident>(item['incident']));
    },
  };
}

function saveExpression(state: AlertState, entries: readonly OutboxEntry[], writer: string) {
  if (entries.length > mostOutboxEntries)
    throw new BurnwatchError(
      'BURN_OUTBOX_FULL',
      `one write carries at most ${mostOutboxEntries} entries, not ${entries.length}`,
    );
  const json = JSON.stringify(state);
  if (json.length > mostStateBytes)
    throw new BurnwatchError(
      'BURN_STATE_TOO_LARGE',
      `the alerts' state takes ${json.length} bytes of at most ${mostStateBytes}: too many alerts fire at once`,
    );
  const outbox = entries.map((entry, i) => ({ name: `#o${i}`, value: `:o${i}`, entry }));
  return {
    UpdateExpression: `SET #version = :version, #writer = :writer, #state = :state${outbox.map(({ name, value }) => `, ${name} = ${value}`).join('')}`,
    ConditionExpression: 'attribute_not_exists(#version) OR #version = :before',
    ExpressionAttributeNames: {
      '#version': 'version',
      '#writer': 'writer',
      '#state': 'state',
      ...Object.fromEntries(outbox.map(({ name, entry }) => [name, outboxPrefix + entry.id])),
    },
    ExpressionAttributeValues: {
      ':version': { N: String(state.version) },
      ':before': { N: String(state.version - 1) },
      ':writer': { S: writer },
      ':state': { S: json },
      ...Object.fromEntries(outbox.map(({ value, entry }) => [value, { S: JSON.stringify(entry) }])),
    },
  };
}

function parseState(item: Record<string, AttributeValue>): { state: AlertState; outbox: readonly OutboxEntry[] } {
  const state = parseJson<AlertState>(item['state']);
  if (state.schema !== 1)
    throw new BurnwatchError(
      'BURN_STATE_UNKNOWN',
      `the alerts' state has schema ${state.schema}; this release reads 1`,
    );
  const outbox = Object.entries(item)
    .filter(([name]) => name.startsWith(outboxPrefix))
    .map(([, value]) => parseJson<OutboxEntry>(value));
  return { state, outbox };
}

/** What we wrote ourselves: its shape is the writer's promise, kept by the schema number beside it. */
function parseJson<T>(value: AttributeValue | undefined): T {
  try {
    return JSON.parse(value?.S ?? '') as T;
  } catch (cause) {
    throw new BurnwatchError('BURN_STATE_CORRUPT', "the alerts' state in the ledger is not JSON", { cause });
  }
}
