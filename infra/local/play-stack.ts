import { setTimeout as pause } from 'node:timers/promises';
import type { Json } from '../../shared/config/model.ts';
import type { DynamoDb } from './aws/dynamodb.ts';
import { AwsError } from './aws/error.ts';
import type { SnsStore } from './aws/sns-store.ts';
import type { LocalStack } from './stack.ts';

/** Makes what the stack needs: tables, topics, subscriptions. What is there already stays, with what is in it. */
export async function playStack(stack: LocalStack, dynamodb: DynamoDb, sns: SnsStore): Promise<void> {
  for (const table of stack.tables) await createTable(dynamodb, table as { readonly TableName: Json });
  for (const topic of stack.topics) sns.addTopic(topic);
  sns.replaceStack(stack.subscriptions);
}

const activeWithinMs = 5_000;

async function createTable(dynamodb: DynamoDb, table: { readonly TableName: Json }): Promise<void> {
  try {
    await dynamodb.call('CreateTable', table);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'ResourceInUseException') throw error;
  }
  const until = Date.now() + activeWithinMs;
  while (!(await isActive(dynamodb, table.TableName))) {
    if (Date.now() > until) throw new Error(`the table ${String(table.TableName)} does not become active`);
    await pause(10);
  }
}

async function isActive(dynamodb: DynamoDb, name: Json): Promise<boolean> {
  const { Table } = await dynamodb.call('DescribeTable', { TableName: name });
  return (Table as { readonly TableStatus?: string }).TableStatus === 'ACTIVE';
}
