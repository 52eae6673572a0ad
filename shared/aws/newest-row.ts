import { type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { dayMs, parseTickKey, tickRanges } from '../ledger/keys.ts';

/** When the newest row of a location is from (epoch ms): undefined where there is none within a day before `now`. */
export type LoadNewestRow = (location: string, now: number) => Promise<number | undefined>;

/** One small read an hour, from the newest on, until there is a row. */
export function createNewestRowReader(client: DynamoDBClient, table: string): LoadNewestRow {
  return async (location, now) => {
    for (const { pk } of tickRanges(location, now - dayMs, now).toReversed()) {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: pk } },
          ProjectionExpression: 'pk, sk',
          ScanIndexForward: false,
          Limit: 1,
        }),
      );
      const sk = Items[0]?.['sk']?.S;
      if (sk !== undefined) return parseTickKey({ pk, sk }).at;
    }
    return undefined;
  };
}
