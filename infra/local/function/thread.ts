import { AsyncLocalStorage } from 'node:async_hooks';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromThread, ThreadSettings, ToThread } from './host.ts';

/**
 * Runs one function's bundle, as Lambda's runtime does: the handler gets an event and a context, its answer or its
 * error goes back as JSON, and every line that it writes is told together with the invocation that wrote it.
 */
type Handler = (event: unknown, context: unknown) => unknown;

const settings: ThreadSettings = workerData;
const invocations = new AsyncLocalStorage<string>();
const tell = (message: FromThread) => parentPort?.postMessage(message);

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    tell({ kind: 'log', requestId: invocations.getStore() ?? '', text });
    const done = rest.find((argument) => typeof argument === 'function');
    if (done) queueMicrotask(() => done());
    return true;
  };
}

const loading: Promise<Handler> = import(settings.file).then((module) => {
  if (typeof module.handler === 'function') return module.handler;
  throw new Error(`${settings.functionName} exports no handler`);
});
loading.catch(() => {}); // told to each invocation, as Lambda tells a failed start

parentPort?.on('message', (message: ToThread) => {
  void invocations.run(message.requestId, () => run(message));
});

async function run({ requestId, event, deadlineAt }: ToThread): Promise<void> {
  try {
    const handler = await loading;
    const answer = await handler(JSON.parse(event), contextOf(requestId, deadlineAt));
    const payload = JSON.stringify(answer) ?? 'null';
    if (payload.length > mostBytes) throw new ResponseSizeTooLarge();
    tell({ kind: 'answer', requestId, isError: false, payload });
  } catch (error) {
    tell({ kind: 'answer', requestId, isError: true, payload: JSON.stringify(describe(error)) });
  }
}

function contextOf(requestId: string, deadlineAt: number) {
  return {
    awsRequestId: requestId,
    functionName: settings.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: settings.functionArn,
    memoryLimitInMB: String(settings.memoryMegabytes),
    logGroupName: `/aws/lambda/${settings.functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadlineAt - Date.now()),
  };
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const mostBytes = 6 * 1024 * 1024;
class ResponseSizeTooLarge extends Error {
  override name = 'Function.ResponseSizeTooLarge';
  override message = `Response payload size exceeded maximum allowed payload size (${mostBytes} bytes).`;
}

/** An error as Lambda's Node runtime answers it. */
function describe(error: unknown) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}
