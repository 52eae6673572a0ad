import { seconds } from './process-meter.ts';

/** One call of DynamoDB, its retries included. */
export type DatabaseCall = {
  readonly durationMs: number;
  readonly isFailed: boolean;
  /** Capacity units, as the answer says; 0 where it does not. */
  readonly units: number;
};

/** What the calls since the reading before came to; undefined where there was none. */
export type DatabaseReading = {
  readonly 'db.client.operation.duration': number;
  readonly 'burnwatch.db.calls': number;
  readonly 'burnwatch.db.failures': number;
  readonly 'aws.dynamodb.consumed_capacity': number;
};

export type DatabaseMeter = { add(call: DatabaseCall): void; read(): DatabaseReading | undefined };

export function createDatabaseMeter(): DatabaseMeter {
  let sum = { calls: 0, failures: 0, ms: 0, units: 0 };
  return {
    add: ({ durationMs, isFailed, units }) => {
      sum.calls += 1;
      sum.ms += durationMs;
      sum.units += units;
      if (isFailed) sum.failures += 1;
    },
    read: () => {
      if (sum.calls === 0) return undefined;
      const { calls, failures, ms, units } = sum;
      sum = { calls: 0, failures: 0, ms: 0, units: 0 };
      return {
        'db.client.operation.duration': seconds(ms),
        'burnwatch.db.calls': calls,
        'burnwatch.db.failures': failures,
        'aws.dynamodb.consumed_capacity': units,
      };
    },
  };
}

/** Of this sandbox: a client is made once and outlives the invocation that made it. */
export const sandboxDatabase = createDatabaseMeter();

/** What of a client of the AWS SDK is needed to hear of its calls. */
type Metered = {
  readonly middlewareStack: {
    // biome-ignore lint/suspicious/noExplicitAny: every client has its own types of input and output here
    add(middleware: any, options: any): void;
  };
};
type Arguments = { readonly input: object };
type Next = (given: Arguments) => Promise<{ readonly output: unknown }>;

/** Counts every call that a DynamoDB client makes from now on. Each answer says what it consumed, which costs nothing. */
export function meterDynamoDb<Client extends Metered>(
  client: Client,
  { add }: DatabaseMeter = sandboxDatabase,
): Client {
  const middleware = (next: Next) => async (given: Arguments) => {
    const startedAt = performance.now();
    const tell = (isFailed: boolean, output?: unknown) =>
      add({ durationMs: performance.now() - startedAt, isFailed, units: unitsOf(output) });
    try {
      const result = await next({ ...given, input: { ...given.input, ReturnConsumedCapacity: 'TOTAL' } });
      tell(false, result.output);
      return result;
    } catch (error) {
      tell(true);
      throw error;
    }
  };
  client.middlewareStack.add(middleware, { step: 'initialize', name: 'burnwatchMeter' });
  return client;
}

function unitsOf(output: unknown): number {
  const { ConsumedCapacity: consumed } = (output ?? {}) as { readonly ConsumedCapacity?: unknown };
  const units = (consumed as { readonly CapacityUnits?: unknown } | undefined)?.CapacityUnits;
  return typeof units === 'number' ? units : 0;
}
