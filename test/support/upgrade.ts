import { readFileSync } from 'node:fs';
import { type AttributeValue, BatchWriteItemCommand, type DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type EvaluateDeps, evaluate } from '../../shared/app/evaluate.ts';
import { createMemory } from '../../shared/app/history.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Message } from '../../shared/message/model.ts';
import { tickOf, wellDeps } from './evaluation.ts';
import { configOf } from './monitored.ts';

export type Row = Record<string, AttributeValue>;
const minuteMs = 60_000;
const folder = 'test/fixtures/upgrade';

export const shop = configOf(readFileSync(`${folder}/shop.yml`, 'utf8'));

/** The rows that a release wrote, and when its last probe was, epoch ms. */
export function readFixture(name: string) {
  const text = readFileSync(`${folder}/${name}.json`, 'utf8');
  const bytes = (_: string, value: unknown) => (isBytes(value) ? { B: Buffer.from(value.B, 'base64') } : value);
  return JSON.parse(text, bytes) as { endAt: number; ledger: Row[]; links: Row[] };
}

const isBytes = (value: unknown): value is { B: string } =>
  typeof value === 'object' && value !== null && 'B' in value && typeof value.B === 'string';

/** Writes rows as they are. */
export async function fill(client: DynamoDBClient, table: string, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 25) {
    const some = rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
    await client.send(new BatchWriteItemCommand({ RequestItems: { [table]: some } }));
  }
}

/** Everything in a table, by its keys. */
export async function rowsIn(client: DynamoDBClient, table: string): Promise<ReadonlyMap<string, Row>> {
  const rows = new Map<string, Row>();
  let start: Row | undefined;
  do {
    const page = await client.send(new ScanCommand({ TableName: table, ...(start && { ExclusiveStartKey: start }) }));
    for (const row of page.Items ?? []) rows.set(`${row['pk']?.S} ${row['sk']?.S}`, row);
    start = page.LastEvaluatedKey;
  } while (start);
  return rows;
}

/** A release that begins on what another one left: it probes, judges and tells, minute by minute. */
export function goOn(client: DynamoDBClient, table: string, change: Partial<EvaluateDeps> = {}) {
  const unread: unknown[] = [];
  const sent: Message[] = [];
  const memory = createMemory();
  const ledger = createLedgerStore(client, table, (error) => unread.push(error));
  const alerts = createAlertStore(client, table, Date.now, (error) => unread.push(error));
  const deps = { ...wellDeps, ledger, alerts, notify: async (message: Message) => void sent.push(message), ...change };
  return {
    ...{ memory, sent, unread, ledger, alerts },
    judge: (now: number) => evaluate(shop, memory, { ...deps, writer: `today-${now}` }, now),
    /** So many minutes after an instant, in which all is well. */
    run: async (fromAt: number, minutes: number) => {
      for (let at = fromAt + minuteMs; at <= fromAt + minutes * minuteMs; at += minuteMs) {
        await ledger.saveTick(tickOf(shop, at, 'passed'), `today-${at}`);
        await evaluate(shop, memory, { ...deps, writer: `today-${at}` }, at + 5_000);
      }
    },
    /** Kind and alert of everything that was told, in its order. */
    told: () => sent.flatMap(({ json }) => transitionsIn(json)),
  };
}

function transitionsIn(json: unknown): readonly string[] {
  const { transitions } = json as { transitions: readonly { kind: string; alert?: string; alertId?: string }[] };
  return transitions.map(({ kind, alert, alertId }) => `${kind} ${alert ?? alertId}`);
}
