import { CreateTableCommand, ResourceInUseException, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import type { Context } from 'aws-lambda';
import { type EvaluateSummary, evaluate } from '../../shared/app/evaluate.ts';
import { createMemory } from '../../shared/app/history.ts';
import { createPacing } from '../../shared/app/probe/batch.ts';
import { type ProbeTickSummary, probeTick } from '../../shared/app/probe/probe.ts';
import { renderTransitions } from '../../shared/app/render.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createDynamoDb } from '../../shared/aws/dynamodb.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import { createMetricsPublisher } from '../../shared/aws/metrics.ts';
import { createTopic } from '../../shared/aws/topic.ts';
import type { Outcome } from '../../shared/config/model.ts';
import { describeError, lambdaHandler } from '../../shared/lambda/handler.ts';
import { aConfig, aMonitor } from './config.ts';

const minuteMs = 60_000;
const location = 'us-east-1';
export const tableOf = (name: string): string => `${name}-ledger`;
export const topicOf = (name: string): string => `arn:aws:sns:us-east-1:000000000000:${name}-alerts`;
/** Three failures of five fire its alert. */
export const faultyConfig = aConfig({ monitors: [aMonitor()], slos: [] });

/** Where the clients of AWS that are made from now on go. */
export function pointAws(origin: string): void {
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: origin,
    AWS_REGION: location,
    AWS_ACCESS_KEY_ID: 'x',
    AWS_SECRET_ACCESS_KEY: 'x',
  });
}

/** A table like the deployed one, where `pointAws` points. */
export async function createLedgerTable(name: string): Promise<void> {
  const keys = [
    ['pk', 'HASH'],
    ['sk', 'RANGE'],
  ] as const;
  const client = createDynamoDb();
  const create = new CreateTableCommand({
    TableName: tableOf(name),
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: keys.map(([AttributeName, KeyType]) => ({ AttributeName, KeyType })),
    AttributeDefinitions: keys.map(([AttributeName]) => ({ AttributeName, AttributeType: 'S' as const })),
  });
  // Where the machine is busy the answer to the first attempt comes too late, and the second finds the table made.
  await client.send(create).catch((error: unknown) => {
    if (!(error instanceof ResourceInUseException)) throw error;
  });
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.01, maxDelay: 0.1 }, { TableName: tableOf(name) });
  client.destroy();
}

export type Tick = { readonly outcome: Outcome; readonly latencyMs?: number; readonly monitors?: readonly string[] };

/** The use cases of `probe` and `evaluate` in their handlers' stack, over the clients of `shared/aws` that are made where `pointAws` points. */
export function createFunctions(name: string) {
  const client = createDynamoDb();
  const table = tableOf(name);
  const [ledger, alerts] = [createLedgerStore(client, table), createAlertStore(client, table)];
  const [publish, notify] = [createMetricsPublisher(), createTopic(topicOf(name))];
  const memory = createMemory();
  const identity = { service: name, environment: 'test' };
  const probe = lambdaHandler<Tick & { readonly at: number; readonly arrivedAt: number }, ProbeTickSummary>(
    'probe',
    async ({ at, arrivedAt, outcome, latencyMs = 20, monitors = ['api'] }, { id, log }) => {
      const shard = {
        service: 'shop',
        shard: 's00',
        monitors: monitors.map((id) => aMonitor({ id })),
        maintenance: [],
      };
      return probeTick(
        shard,
        at,
        {
          clock: { now: () => arrivedAt, monotonicMs: () => 0, sleep: async () => {} },
          runProbe: async ({ id: monitor }) => ({
            ...probed,
            monitor,
            outcome,
            latencyMs: monitor === 'api' ? latencyMs : 20,
          }),
          prepare: async () => {},
          pacing: createPacing(1, () => 0),
          loadLedger: async () => ledger,
          loadPublisher: async () => publish,
          identity,
          location,
          invocationId: id,
          onWarning: (message, cause) => log('warn', message, describeError(cause)),
        },
        new AbortController().signal,
      );
    },
  );
  const judge = lambdaHandler<{ readonly now: number }, EvaluateSummary>(
    'evaluate',
    async ({ now }, { id, log, remainingMs }) =>
      evaluate(
        faultyConfig,
        memory,
        {
          ledger,
          alerts,
          loadVerdicts: async () => [],
          notify,
          publishMetrics: publish,
          render: (transitions, view) =>
            renderTransitions(transitions, view, { environment: 'test', outputs: () => undefined, links: [] }),
          identity,
          location,
          writer: id,
          remainingMs,
          onWarning: (message, cause) => log('warn', message, describeError(cause)),
        },
        now,
      ),
  );
  return {
    probe: (at: number, tick: Tick, arrivedAt = at + 1_000) => probe({ at, arrivedAt, ...tick }, aContext()),
    evaluate: (now: number) => judge({ now }, aContext()),
    ledger,
    alerts,
    client,
    close: () => client.destroy(),
  };
}

let invocations = 0;

function aContext(): Context {
  const endAt = Date.now() + 30_000;
  invocations += 1;
  const awsRequestId = `request-${process.pid}-${invocations}`;
  return { awsRequestId, functionName: 'own', getRemainingTimeInMillis: () => endAt - Date.now() } as Context;
}

const probed = {
  attempts: 1,
  statusCode: 200,
  phases: { resolveMs: 1, connectMs: 1, tlsMs: 1, processingMs: 16, transferMs: 1 },
  assertions: [],
  redirects: 0,
  isContaminated: false,
};

/** The newest whole minute. */
export const thisMinute = (): number => Math.floor(Date.now() / minuteMs) * minuteMs;

/** As a program of its own: one evaluation, so that it can be killed. */
if (process.argv[1] === import.meta.filename) {
  pointAws(process.argv[2] ?? '');
  await createFunctions(process.argv[3] ?? '').evaluate(Number(process.argv[4]));
}
