import { type AttributeValue, type DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { LoadRunCounts, RunCounts } from '../app/ports.ts';
import { BurnwatchError } from '../config/model.ts';
import { dayMs } from '../ledger/keys.ts';
import { requireFormat } from './format.ts';

type Item = Record<string, AttributeValue>;

/** As long as the longest SLO window, and as the runs themselves. */
const keptDays = 400;

/** One small item a run, beside the run itself, which is large: `burst-count#<id>` at the run's instant. */
export function runCountsItem({ burst, runAt, endedAt, good, bad }: RunCounts): Item {
  return {
    pk: { S: partitionOf(burst) },
    sk: { S: new Date(runAt).toISOString() },
    at: { N: String(endedAt) },
    good: { N: String(good) },
    bad: { N: String(bad) },
    expiresAt: { N: String(Math.floor((runAt + keptDays * dayMs) / 1_000)) },
  };
}

/** Reads what runs came to, by one query a burst; throws where what it finds is none of ours. */
export function createRunCountsReader(client: DynamoDBClient, table: string): LoadRunCounts {
  return async (burst, fromAt, toAt) => {
    const counts: RunCounts[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': { S: partitionOf(burst) },
            ':from': { S: new Date(fromAt).toISOString() },
            ':to': { S: new Date(toAt).toISOString() },
          },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      counts.push(...(page.Items ?? []).map((item) => countsOf(burst, item)));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return counts;
  };
}

const partitionOf = (burst: string): string => `burst-count#${burst}`;

function countsOf(burst: string, item: Item): RunCounts {
  requireFormat('counts of a run', item);
  const runAt = Date.parse(item['sk']?.S ?? '');
  const [endedAt, good, bad] = ['at', 'good', 'bad'].map((name) => Number(item[name]?.N)) as [number, number, number];
  if ([runAt, endedAt, good, bad].every(Number.isSafeInteger)) return { burst, runAt, endedAt, good, bad };
  throw new BurnwatchError('BURN_LEDGER_CORRUPT', `the counts of a run of ${burst} at ${item['sk']?.S} are none`);
}
