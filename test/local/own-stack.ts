import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  type AttributeValue,
  CreateTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { createFunctionHost, type FunctionHost, type InvocationResult } from '../../infra/local/function/host.ts';
import type { AlertState } from '../../shared/alert/model.ts';
import type { LedgerStore } from '../../shared/app/ports.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Outcome } from '../../shared/config/model.ts';

const region = 'us-east-1';
type Item = Record<string, AttributeValue>;

/** A ledger, a topic and a mailbox of a test's own, on a running local mode's AWS endpoint. */
export type OwnStack = {
  readonly table: string;
  readonly topicArn: string;
  readonly to: string;
  readonly ledger: LedgerStore;
  /** Writes one tick of the shard s00. */
  tick(at: number, monitorKey: number, outcome: Outcome): Promise<void>;
  /** Everything in the ledger by its key, as JSON. */
  items(): Promise<Map<string, string>>;
  put(items: ReadonlyMap<string, string>): Promise<void>;
  load(): Promise<{ readonly state: AlertState; readonly outbox: readonly string[] }>;
  /** Ids of the messages in the mailbox, oldest first. */
  mailed(): Promise<readonly string[]>;
  close(): void;
};

/** Makes one; `known` finds one again that was made on the same data before. */
export async function openOwnStack(local: { aws: string; console: string }, known?: OwnStack): Promise<OwnStack> {
  const id = randomUUID().slice(0, 8);
  const table = known?.table ?? `own-${id}-ledger`;
  const to = known?.to ?? `${id}@example.com`;
  const options = { endpoint: local.aws, region, credentials: { accessKeyId: 'x', secretAccessKey: 'x' } };
  const client = new DynamoDBClient(options);
  const sns = new SNSClient(options);
  if (!known) await createTable(client, table);
  const topicArn = known?.topicArn ?? (await createMailbox(sns, `own-${id}-alerts`, to));
  const ledger = createLedgerStore(client, table);
  const put = async (items: ReadonlyMap<string, string>) => {
    for (const item of items.values())
      await client.send(new PutItemCommand({ TableName: table, Item: JSON.parse(item, reviveBytes) as Item }));
  };
  return {
    table,
    topicArn,
    to,
    ledger,
    tick: async (at, monitorKey, outcome) => {
      const flags = { isMaintenance: false, isRetried: false, isContaminated: false };
      const outcomes = [{ monitorKey, outcome, ...flags }];
      await ledger.saveTick({ location: region, at, shard: 's00', outcomes, details: [] }, randomUUID());
    },
    items: async () => {
      const { Items } = await client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
      return new Map((Items ?? []).map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, JSON.stringify(item)]));
    },
    put,
    load: async () => {
      const { state, outbox } = await createAlertStore(client, table).load();
      return { state, outbox: outbox.map((entry) => entry.id) };
    },
    mailed: async () => {
      const response = await fetch(`${local.console}/api/state`);
      const { inbox } = (await response.json()) as { inbox: { to: string; text: string }[] };
      return inbox.flatMap((mail) => (mail.to === to ? [messageId(mail.text)] : [])).reverse();
    },
    close: () => {
      client.destroy();
      sns.destroy();
    },
  };
}

async function createTable(client: DynamoDBClient, TableName: string): Promise<void> {
  const keys = [
    ['pk', 'HASH'],
    ['sk', 'RANGE'],
  ] as const;
  const KeySchema = keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType }));
  const AttributeDefinitions = keys.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' as const }));
  const BillingMode = 'PAY_PER_REQUEST';
  await client.send(new CreateTableCommand({ TableName, BillingMode, KeySchema, AttributeDefinitions }));
}

async function createMailbox(sns: SNSClient, Name: string, Endpoint: string): Promise<string> {
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name }));
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint }));
  return TopicArn;
}

/** What a reader would tell doubles by. */
function messageId(text: string): string {
  const id = /^Message ([0-9a-f]+)$/m.exec(text)?.[1];
  if (id === undefined) throw new Error(`a mail without an id:\n${text}`);
  return id;
}

/** JSON makes an object of bytes; this makes them bytes again. */
function reviveBytes(key: string, value: unknown): unknown {
  return key === 'B' ? Uint8Array.from(Object.values(value as Record<string, number>)) : value;
}

export type OwnFunction = {
  invoke(event?: object): Promise<InvocationResult>;
  /** Ends it in the middle of whatever it does. */
  kill(): Promise<void>;
  readonly log: () => string;
};

/** Starts a bundle of `outdir` as a function of that stack; `aws` is where its AWS clients go. */
export function startOwnFunction(
  name: 'probe' | 'evaluate',
  outdir: string,
  stack: Pick<OwnStack, 'table' | 'topicArn'>,
  aws: string,
  timeoutMs = 30_000,
): OwnFunction {
  let log = '';
  const host: FunctionHost = createFunctionHost(
    {
      name,
      functionName: `own-${name}`,
      functionArn: `arn:aws:lambda:${region}:000000000000:function:own-${name}`,
      file: join(outdir, name, 'index.js'),
      environment: {
        AWS_REGION: region,
        AWS_ACCESS_KEY_ID: 'x',
        AWS_SECRET_ACCESS_KEY: 'x',
        AWS_ENDPOINT_URL: aws,
        BURNWATCH_SERVICE: 'own',
        BURNWATCH_ENVIRONMENT: 'test',
        LEDGER_TABLE: stack.table,
        ALERT_TOPIC_ARN: stack.topicArn,
      },
      timeoutMs,
      memoryMegabytes: 256,
    },
    (text) => {
      log += text;
    },
  );
  return {
    invoke: (event = {}) => host.invoke(JSON.stringify(event)),
    kill: () => host.close(0),
    log: () => log,
  };
}
