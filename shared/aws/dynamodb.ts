import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { boundedClient } from './client.ts';

/** The client that the ledger and the alerts' state share. */
export function createDynamoDb(): DynamoDBClient {
  return new DynamoDBClient(boundedClient);
}
