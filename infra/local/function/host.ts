import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';

/** One function: its bundle, its own environment, and its limits. */
export type FunctionSettings = {
  /** The short name: probe, evaluate, shortener. */
  readonly name: string;
  readonly functionName: string;
  readonly functionArn: string;
  /** The bundle's entry, an absolute path. */
  readonly file: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMegabytes: number;
};
export type ThreadSettings = Pick<FunctionSettings, 'functionName' | 'functionArn' | 'memoryMegabytes'> & {
  /** The entry as a URL. */
  readonly file: string;
};
export type ToThread = { readonly requestId: string; readonly event: string; readonly deadlineAt: number };
export type FromThread =
  | { readonly kind: 'log'; readonly requestId: string; readonly text: string }
  | { readonly kind: 'answer'; readonly requestId: string; readonly isError: boolean; readonly payload: string };

export type InvocationResult = {
  readonly requestId: string;
  readonly isError: boolean;
  /** JSON: the answer, or `{errorType, errorMessage}`. */
  readonly payload: string;
  readonly durationMs: number;
  /** The last 4 KB of what the invocation wrote. */
  readonly logTail: string;
};

export type FunctionHost = {
  /**
   * Runs the function once; `event` is JSON, and `requestId` a new one where it is not given. Never rejects: what goes wrong is in
   * the result, as with Lambda.
   */
  invoke(event: string, requestId?: string): Promise<InvocationResult>;
  /** Lets what runs end, for at most `graceMs`, and takes nothing more. */
  close(graceMs: number): Promise<void>;
};

type Running = {
  readonly startedAt: number;
  readonly timer: NodeJS.Timeout;
  readonly settle: (result: InvocationResult) => void;
  log: string;
};
type Thread = { readonly worker: Worker; readonly running: Map<string, Running>; isRetired: boolean };

const threadFile = new URL('./thread.ts', import.meta.url);
const tailCharacters = 4_096;

/**
 * Runs a function in a worker thread with its own environment; invocations share it, as many at once as come. A call
 * that outlives its timeout is answered as Lambda does, and its thread replaced; so is one that dies.
 */
export function createFunctionHost(settings: FunctionSettings, writeLog: (text: string) => void): FunctionHost {
  const threads = new Set<Thread>();

  const start = (): Thread => {
    const thread: Thread = { worker: startWorker(settings), running: new Map(), isRetired: false };
    threads.add(thread);
    thread.worker.on('message', (message: FromThread) => hear(thread, message));
    thread.worker.on('error', (error) => lose(thread, describeDeath(error)));
    thread.worker.on('exit', (code) => lose(thread, exitError(code)));
    thread.worker.stdout.on('data', (chunk: Buffer) => writeLog(chunk.toString('utf8')));
    thread.worker.stderr.on('data', (chunk: Buffer) => writeLog(chunk.toString('utf8')));
    return thread;
  };
  const hear = (thread: Thread, message: FromThread): void => {
    const running = thread.running.get(message.requestId);
    if (message.kind === 'answer') finish(thread, message.requestId, message.isError, message.payload);
    if (message.kind === 'answer') return;
    writeLog(message.text);
    if (running) running.log = (running.log + message.text).slice(-tailCharacters);
  };
  const finish = (thread: Thread, requestId: string, isError: boolean, payload: string): void => {
    const running = thread.running.get(requestId);
    if (!running) return;
    clearTimeout(running.timer);
    thread.running.delete(requestId);
    const durationMs = performance.now() - running.startedAt;
    running.settle({ requestId, isError, payload, durationMs, logTail: running.log });
    if (thread.isRetired && thread.running.size === 0) void thread.worker.terminate();
  };
  const lose = (thread: Thread, error: Failure): void => {
    threads.delete(thread);
    if (current === thread) current = undefined;
    for (const requestId of [...thread.running.keys()]) finish(thread, requestId, true, JSON.stringify(error));
  };
  const expire = (thread: Thread, requestId: string): void => {
    thread.isRetired = true;
    if (current === thread) current = undefined;
    const seconds = (settings.timeoutMs / 1_000).toFixed(2);
    const errorMessage = `${new Date().toISOString()} ${requestId} Task timed out after ${seconds} seconds`;
    writeLog(`${errorMessage}\n`);
    finish(thread, requestId, true, JSON.stringify({ errorType: 'Sandbox.Timedout', errorMessage }));
  };

  let isClosed = false;
  let current: Thread | undefined = start(); // Lambda's cold start, without anyone who waits for it

  return {
    invoke: (event, requestId = randomUUID()) =>
      new Promise((settle) => {
        if (isClosed) return settle(refused(requestId));
        current ??= start();
        const thread = current;
        const timer = setTimeout(() => expire(thread, requestId), settings.timeoutMs);
        thread.running.set(requestId, { startedAt: performance.now(), timer, settle, log: '' });
        thread.worker.postMessage({ requestId, event, deadlineAt: Date.now() + settings.timeoutMs } satisfies ToThread);
      }),
    close: async (graceMs) => {
      isClosed = true;
      current = undefined;
      const until = Date.now() + graceMs;
      while (Date.now() < until && [...threads].some(({ running }) => running.size > 0)) await pause(20);
      await Promise.all([...threads].map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker(settings: FunctionSettings): Worker {
  const { functionName, functionArn, memoryMegabytes } = settings;
  const file = pathToFileURL(settings.file).href;
  return new Worker(threadFile, {
    env: { ...settings.environment },
    workerData: { functionName, functionArn, memoryMegabytes, file } satisfies ThreadSettings,
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
  });
}

function refused(requestId: string): InvocationResult {
  const payload = JSON.stringify({ errorType: 'Runtime.Shutdown', errorMessage: 'local mode is stopping' });
  return { requestId, isError: true, payload, durationMs: 0, logTail: '' };
}

type Failure = { readonly errorType: string; readonly errorMessage: string };

function exitError(code: number): Failure {
  return { errorType: 'Runtime.ExitError', errorMessage: `Error: Runtime exited with error: exit status ${code}` };
}

/** What a thread died of; it crossed a border between threads, so it only looks like an Error. */
function describeDeath(error: unknown): Failure {
  const { name, message, code } = (
    typeof error === 'object' && error !== null ? error : {}
  ) as Partial<NodeJS.ErrnoException>;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY')
    return { errorType: 'Runtime.OutOfMemory', errorMessage: 'Error: Runtime exited with error: signal: killed' };
  if (name === undefined || message === undefined)
    return { errorType: 'Runtime.UnhandledPromiseRejection', errorMessage: String(error) };
  return { errorType: name, errorMessage: message };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
