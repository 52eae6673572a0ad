import { Worker } from 'node:worker_threads';
import { AwsError } from './error.ts';

export type DynamoDbRequest = {
  readonly id: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
};
export type DynamoDbAnswer = {
  readonly id: number;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type DynamoDb = {
  /** One request of the wire protocol: the action's name and its JSON. Rejects when the database failed at it. */
  request(action: string, body: Uint8Array): Promise<DynamoDbAnswer>;
  /** A call from inside; throws what DynamoDB refuses. */
  call(action: string, input: unknown): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

type Pending = { readonly resolve: (answer: DynamoDbAnswer) => void; readonly reject: (error: Error) => void };

const target = 'DynamoDB_20120810';
const thread = new URL('./dynamodb-thread.ts', import.meta.url);
const longestWaitMs = 30_000;
/** dynalite wants a signature's shape and never looks into it. */
const signature = 'AWS4-HMAC-SHA256 Credential=x/x/x/dynamodb/aws4_request, SignedHeaders=host, Signature=x';

/** DynamoDB by dynalite, with LevelDB in the folder `path`, in a thread that is replaced when it dies. */
export function openDynamoDb(path: string): DynamoDb {
  const pending = new Map<number, Pending>();
  let worker: Worker | undefined;
  let lastId = 0;
  let isClosed = false;

  const failAll = (died: Worker) => {
    if (worker !== died) return;
    worker = undefined;
    for (const { reject } of pending.values()) reject(new AwsError('InternalServerError', 'The database failed.', 500));
    pending.clear();
  };
  const start = (): Worker => {
    const started = new Worker(thread, { workerData: { path }, stdout: true, stderr: true });
    started.on('message', (answer: DynamoDbAnswer) => {
      pending.get(answer.id)?.resolve(answer);
      pending.delete(answer.id);
    });
    started.on('error', () => failAll(started));
    started.on('exit', () => failAll(started));
    return started;
  };

  const request: DynamoDb['request'] = (action, body) => {
    if (isClosed) return Promise.reject(new AwsError('InternalServerError', 'The database is closed.', 500));
    worker ??= start();
    lastId += 1;
    const id = lastId;
    const answered = new Promise<DynamoDbAnswer>((resolve, reject) => pending.set(id, { resolve, reject }));
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `${target}.${action}`,
      'x-amz-date': 'x',
      authorization: signature,
    };
    worker.postMessage({ id, headers, body } satisfies DynamoDbRequest);
    return bounded(answered, () => worker?.terminate());
  };

  return {
    request,
    call: async (action, input) => {
      const answer = await request(action, Buffer.from(JSON.stringify(input)));
      const output = JSON.parse(answer.body);
      if (answer.status === 200) return output;
      throw new AwsError(String(output['__type']).split('#').at(-1) ?? '', String(output['message']), answer.status);
    },
    close: async () => {
      isClosed = true;
      await worker?.terminate();
    },
  };
}

/** A database that does not answer at all is given up. */
async function bounded<T>(answered: Promise<T>, giveUp: () => void): Promise<T> {
  const timer = setTimeout(giveUp, longestWaitMs);
  try {
    return await answered;
  } finally {
    clearTimeout(timer);
  }
}
