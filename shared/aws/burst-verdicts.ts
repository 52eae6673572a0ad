import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { LoadVerdicts, SaveVerdict } from '../app/ports.ts';
import { type BurstVerdict, withVerdict } from '../burst/verdict.ts';
import { BurnwatchError } from '../config/model.ts';
import { requireFormat } from './format.ts';

const partition = 'burst-verdict';
/** Two runs of one burst seldom end in the same instant; more than this never do. */
const mostTries = 4;
type Item = Record<string, AttributeValue>;

/** Reads the verdicts of all bursts by one query; throws where what it finds is none of ours. */
export function createVerdictReader(client: DynamoDBClient, table: string): LoadVerdicts {
  return async () => {
    const verdicts: BurstVerdict[] = [];
    let start: Item | undefined;
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': { S: partition } },
          ...(start === undefined ? {} : { ExclusiveStartKey: start }),
        }),
      );
      verdicts.push(...(page.Items ?? []).flatMap(verdictsOf));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return verdicts;
  };
}

/** Puts a verdict among the newest of its burst, in one item a burst, which is written only as it was read. */
export function createVerdictWriter(client: DynamoDBClient, table: string): SaveVerdict {
  return async (verdict) => {
    const keyed = { TableName: table, Key: { pk: { S: partition }, sk: { S: verdict.burst } } };
    for (let attempt = 1; ; attempt += 1) {
      const { Item: item } = await client.send(new GetItemCommand({ ...keyed, ConsistentRead: true }));
      try {
        await client.send(new UpdateItemCommand({ ...keyed, ...saveExpression(item, verdict) }));
        return;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || attempt === mostTries) throw error;
      }
    }
  };
}

/** Who wrote it before is of no matter: after a lost answer the same verdict is put in once more and changes nothing. */
function saveExpression(item: Item | undefined, verdict: BurstVerdict) {
  const runs = withVerdict(item === undefined ? [] : verdictsOf(item), verdict);
  const version = Number(item?.['version']?.N ?? 0);
  return {
    UpdateExpression: 'SET #version = :version, #runs = :runs',
    ConditionExpression: item === undefined ? 'attribute_not_exists(pk)' : '#version = :before',
    ExpressionAttributeNames: { '#version': 'version', '#runs': 'runs' },
    ExpressionAttributeValues: {
      ':version': { N: String(version + 1) },
      ':runs': { S: JSON.stringify(runs) },
      ...(item === undefined ? {} : { ':before': { N: String(version) } }),
    },
  };
}

/** What this very store has written. */
function verdictsOf(item: Item): readonly BurstVerdict[] {
  requireFormat('verdicts of a burst', item);
  const text = item['runs']?.S;
  if (text !== undefined) return JSON.parse(text) as readonly BurstVerdict[];
  throw new BurnwatchError('BURN_LEDGER_CORRUPT', `the verdicts of ${item['sk']?.S ?? 'a burst'} have no runs`);
}
