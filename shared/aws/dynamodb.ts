import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientAt, type Place } from './client.ts';

/** The client that the ledger and the alerts' state share. */
export function createDynamoDb(place: Place = {}): DynamoDBClient {
  return new DynamoDBClient(clientAt(place));
}
