import { type Heartbeat, type HeartbeatAnswer, type HeartbeatDeps, takeCall } from '../shared/app/heartbeat.ts';
import { requireVariable } from '../shared/lambda/environment.ts';
import { readPackaged } from '../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../shared/lambda/handler.ts';
import { type HttpApiAnswer, readHttpApiRequest, textAnswer } from '../shared/lambda/http-api.ts';
import { keepWarm } from '../shared/lambda/warm.ts';

/** Heartbeats, behind `ANY /heartbeats/{proxy+}` of an HTTP API. Tokens are in the path, so no path is ever logged. */
export const handler = lambdaHandler<unknown, HttpApiAnswer>('status', async (event, invocation) => {
  const { method, path } = readHttpApiRequest(event) ?? { method: 'GET', path: '' };
  if (!methods.includes(method)) return textAnswer(method, 405, 'method not allowed', { allow: methods.join(', ') });
  return answerOf(method, await takeCall(path, await createDeps(invocation)));
});

const methods = ['GET', 'HEAD', 'POST'];
/** `curl --retry` waits so long before it calls again. */
const retryAfterSeconds = '5';

function answerOf(method: string, answer: HeartbeatAnswer): HttpApiAnswer {
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

const loadHeartbeats = keepWarm(() =>
  readPackaged<readonly Heartbeat[]>(new URL('./heartbeats.json', import.meta.url)),
);
// Strangers' calls need none of it.
const parameters = keepWarm(async () => (await import('../shared/aws/parameters.ts')).createParameters(Date.now));
const store = keepWarm(async () => {
  const { createHeartbeatStore } = await import('../shared/aws/heartbeat-store.ts');
  const { createDynamoDb } = await import('../shared/aws/dynamodb.ts');
  return createHeartbeatStore(createDynamoDb(), requireVariable('LEDGER_TABLE'));
});

async function createDeps({ log, deadline }: Invocation): Promise<HeartbeatDeps> {
  return {
    heartbeats: await loadHeartbeats(),
    keyParameter: requireVariable('HEARTBEAT_KEY_PARAMETER'),
    readParameter: async (path) => (await parameters())(path),
    loadStore: store,
    now: Date.now,
    onCall: (id, call) => log('info', 'called', { 'burnwatch.monitor': id, 'burnwatch.call': call.kind }),
    onTrouble: (message, cause) => log('error', message, cause === undefined ? {} : describeError(cause)),
    deadline,
  };
}
