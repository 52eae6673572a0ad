import { randomUUID } from 'node:crypto';
import type { TakeAcknowledgementDeps } from '../shared/app/alert-change/take-acknowledgement.ts';
import { createExpose, type ExposeDeps } from '../shared/app/exposition/expose.ts';
import { answerScrape } from '../shared/app/exposition/scrape.ts';
import {
  type Heartbeat,
  type HeartbeatAnswer,
  type HeartbeatDeps,
  takeCall,
} from '../shared/app/heartbeat/heartbeat.ts';
import { meterDynamoDb } from '../shared/lambda/database-meter.ts';
import { readLocation, readOutput, readVariable, requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { type HttpApiAnswer, readForm, readHeader, readHttpApiRequest, textAnswer } from '../shared/lambda/http-api.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

/**
 * Heartbeats behind `ANY /heartbeats/{proxy+}` of an HTTP API, the pages of links that acknowledge behind `ANY /ack/{proxy+}`, and
 * the numbers of everything behind `ANY /metrics`. The first two have secrets in their paths, so no path is ever logged.
 */
export const handler = lambdaHandler<unknown, HttpApiAnswer>('status', async (event, invocation) => {
  const { method, path } = readHttpApiRequest(event) ?? { method: 'GET', path: '' };
  if (!methods.includes(method)) return textAnswer(method, 405, 'method not allowed', { allow: methods.join(', ') });
  if (path === '/metrics') return answerMetrics(event, method, invocation);
  if (path.startsWith('/ack/')) return answerLink(event, method, path, invocation);
  const keyParameter = readVariable('HEARTBEAT_KEY_PARAMETER');
  if (keyParameter === undefined) return answerCall(method, 'refused');
  return answerCall(method, await takeCall(path, await createCallDeps(keyParameter, invocation)));
});

const methods = ['GET', 'HEAD', 'POST'];
/** `curl --retry` waits so long before it calls again. */
const retryAfterSeconds = '5';

function answerCall(method: string, answer: HeartbeatAnswer): HttpApiAnswer {
  switch (answer) {
    case 'taken':
      return textAnswer(method, 200, 'ok');
    case 'refused':
      return textAnswer(method, 404, 'not found');
    case 'unavailable':
      return textAnswer(method, 503, 'try again', { 'retry-after': retryAfterSeconds });
    default:
      return answer satisfies never;
  }
}

async function answerLink(
  event: unknown,
  method: string,
  path: string,
  invocation: Invocation,
): Promise<HttpApiAnswer> {
  const keyParameter = readVariable('ACK_KEY_PARAMETER');
  if (keyParameter === undefined) return textAnswer(method, 404, 'not found');
  const { takeAcknowledgement } = await import('../shared/app/alert-change/take-acknowledgement.ts');
  const form = readForm(event);
  const [by, note] = [form.get('by') ?? '', form.get('note') ?? ''];
  const call = { path, isPressed: method === 'POST', by, note };
  const { content, page } = await takeAcknowledgement(call, createLinkDeps(keyParameter, invocation));
  if (content.state === 'acknowledged')
    invocation.log('info', 'acknowledged', { 'burnwatch.incident': content.incident.id });
  const { statusCode, headers, html } = page;
  return { statusCode, headers, body: method === 'HEAD' ? '' : html };
}

async function answerMetrics(event: unknown, method: string, invocation: Invocation): Promise<HttpApiAnswer> {
  const [access, parameter] = [readVariable('METRICS'), readVariable('METRICS_TOKEN_PARAMETER')];
  if (access !== 'open' && parameter === undefined) return textAnswer(method, 404, 'not found');
  if (method === 'POST') return textAnswer(method, 405, 'method not allowed', { allow: 'GET, HEAD' });
  const { statusCode, headers, body } = await answerScrape(
    { authorization: readHeader(event, 'authorization'), accept: readHeader(event, 'accept') },
    {
      access:
        access === 'open'
          ? { kind: 'open' }
          : { kind: 'token', readToken: async () => (await parameters())(parameter ?? '') },
      expose: async (signal) => expose(await createExposeDeps(invocation), signal),
      onTrouble: (message, cause) => invocation.log('error', message, cause === undefined ? {} : describeError(cause)),
      deadline: invocation.deadline,
    },
  );
  return { statusCode, headers, body: method === 'HEAD' ? '' : body };
}

const loadHeartbeats = keepWarm(() =>
  readPackaged<readonly Heartbeat[]>(new URL('./heartbeats.json', import.meta.url)),
);
// Strangers' calls need none of it.
const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
const client = keepWarm(async () => meterDynamoDb((await import('../shared/aws/dynamodb.ts')).createDynamoDb()));
const heartbeats = keepWarm(async () => {
  const { createHeartbeatStore } = await import('../shared/aws/heartbeat-store.ts');
  return createHeartbeatStore(await client(), requireVariable('LEDGER_TABLE'));
});
const alerts = keepWarm(async () => {
  const { createAlertStore } = await import('../shared/aws/alert-store.ts');
  return createAlertStore(await client(), requireVariable('LEDGER_TABLE'));
});

async function createCallDeps(keyParameter: string, { log, deadline }: Invocation): Promise<HeartbeatDeps> {
  return {
    heartbeats: await loadHeartbeats(),
    keyParameter,
    readParameter: async (path) => (await parameters())(path),
    loadStore: heartbeats,
    now: Date.now,
    onCall: (id, call) => log('info', 'called', { 'burnwatch.monitor': id, 'burnwatch.call': call.kind }),
    onTrouble: (message, cause) => log('error', message, cause === undefined ? {} : describeError(cause)),
    deadline,
  };
}

function createLinkDeps(keyParameter: string, { log, deadline }: Invocation): TakeAcknowledgementDeps {
  return {
    keyParameter,
    readParameter: async (path) => (await parameters())(path),
    loadStore: alerts,
    writer: randomUUID(),
    service: requireVariable('BURNWATCH_SERVICE'),
    environment: requireVariable('BURNWATCH_ENVIRONMENT'),
    now: Date.now,
    onTrouble: (message, cause) => log('error', message, cause === undefined ? {} : describeError(cause)),
    deadline,
  };
}

const expose = createExpose();
const exposed = keepWarm(async () => {
  const { createMetricsReaders } = await import('../shared/aws/metrics-readers.ts');
  return createMetricsReaders(await client(), {
    table: requireVariable('LEDGER_TABLE'),
    environment: requireVariable('BURNWATCH_ENVIRONMENT'),
    location: readLocation(),
    outputs: readOutput,
    functions: requireVariable('METRICS_FUNCTIONS').split(','),
    packaged: await readPackaged(new URL('./metrics.json', import.meta.url)),
    periodMs: readPeriodMs(),
  });
});

/** Local mode, where looking costs nothing, has numbers of the newest minute. */
function readPeriodMs(): number | undefined {
  const seconds = readVariable('METRICS_PERIOD_SECONDS');
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}

async function createExposeDeps({ log }: Invocation): Promise<ExposeDeps> {
  return {
    ...(await exposed()),
    location: readLocation(),
    now: Date.now,
    onWarning: (message, cause) => log('warn', message, describeError(cause)),
  };
}
