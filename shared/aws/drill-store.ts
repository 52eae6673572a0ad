import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type Drill, secondOf } from '../alert/drill.ts';
import type { DrillNote, DrillStore, KeptDrill } from '../app/drill/model.ts';
import { requireFormat } from './format.ts';

const partition = 'drill';
const notePrefix = 'note#';
/** As long as what `notify` remembers, and some weeks more for whoever looks back. */
const keptSeconds = 35 * 86_400;
/** An evaluation looks at so many. A loop that starts drills must not make evaluations long. */
const mostAtOnce = 10;

/** Drills in the ledger's table: an item each, and in it an attribute for what became of each of its messages. */
export function createDrillStore(client: DynamoDBClient, table: string, now: () => number): DrillStore {
  const keyOf = (id: string) => ({ pk: { S: partition }, sk: { S: id } });
  return {
    save: async (drill) => {
      const writtenAt = now();
      const expiresAt = Math.floor(writtenAt / 1_000) + keptSeconds;
      const Item = {
        ...keyOf(drill.id),
        drill: { S: JSON.stringify(drill) },
        writtenAt: { N: String(writtenAt) },
        expiresAt: { N: String(expiresAt) },
      };
      try {
        await client.send(
          new PutItemCommand({ TableName: table, Item, ConditionExpression: 'attribute_not_exists(pk)' }),
        );
        return 'saved';
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return 'duplicate';
        throw error;
      }
    },
    load: async (id) => {
      const key = { TableName: table, Key: keyOf(id), ConsistentRead: true };
      const { Item: item } = await client.send(new GetItemCommand(key));
      return item && keptOf(item);
    },
    loadSince: async (fromAt) => {
      const { Items: items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk >= :from',
          ExpressionAttributeValues: { ':pk': { S: partition }, ':from': { S: secondOf(fromAt) } },
          ScanIndexForward: false,
          Limit: mostAtOnce,
        }),
      );
      return items.map(keptOf);
    },
    saveNote: async (id, note) => {
      const isFirst = note.outcome === 'published';
      const name = `${notePrefix}${note.outcome === 'published' ? note.message : note.kind}`;
      await client.send(
        new UpdateItemCommand({
          TableName: table,
          Key: keyOf(id),
          UpdateExpression: isFirst ? 'SET #note = if_not_exists(#note, :note)' : 'SET #note = :note',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeNames: { '#note': name },
          ExpressionAttributeValues: { ':note': { S: JSON.stringify(note) } },
        }),
      );
    },
  };
}

/** What this very store has written. */
function keptOf(item: Record<string, AttributeValue>): KeptDrill {
  requireFormat('drill', item);
  const notes = Object.entries(item).filter(([name]) => name.startsWith(notePrefix));
  return {
    ...(JSON.parse(item['drill']?.S ?? '') as Drill),
    writtenAt: Number(item['writtenAt']?.N),
    notes: notes.map(([, value]) => JSON.parse(value.S ?? '') as DrillNote),
  };
}
