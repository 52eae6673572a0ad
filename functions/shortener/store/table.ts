import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  type DynamoDBClientConfig,
  GetItemCommand,
} from '@aws-sdk/client-dynamodb';
import { meterDynamoDb } from '../../../shared/lambda/database-meter.ts';
import { bounds } from '../bounds.ts';
import type { Item } from './items.ts';

/** One table and the client that asks it. */
export type Table = {
  readonly name: string;
  readonly client: DynamoDBClient;
  /** One item, strongly consistent. */
  load(key: Item, abortSignal: AbortSignal): Promise<Item | undefined>;
};

export function openTable(name: string, config: DynamoDBClientConfig): Table {
  const client = meterDynamoDb(new DynamoDBClient({ ...bounds, ...config }));
  return {
    name,
    client,
    load: async (key, abortSignal) => {
      const command = new GetItemCommand({ TableName: name, Key: key, ConsistentRead: true });
      return (await client.send(command, { abortSignal })).Item;
    },
  };
}

/** What became of a conditional write: its output, or the refusal because its condition did not hold. */
export async function unlessRefused<Output>(
  sent: Promise<Output>,
): Promise<{ output: Output; refusal?: never } | { refusal: ConditionalCheckFailedException }> {
  try {
    return { output: await sent };
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return { refusal: error };
    throw error;
  }
}
