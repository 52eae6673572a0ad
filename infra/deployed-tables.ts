import type { CloudFormationClientConfig } from '@aws-sdk/client-cloudformation';
import { isKept, type StackTemplate, type TableSeen, tableName, tablesIn } from './deletion.ts';

/** How the framework reaches AWS: region, credentials, perhaps an endpoint. */
export type Access = Pick<CloudFormationClientConfig, 'region' | 'credentials'>;

/** What a stack was deployed with; undefined where there is none. */
export async function readTemplate(stack: string, access: Access): Promise<StackTemplate | undefined> {
  const { CloudFormationClient, GetTemplateCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient(access);
  try {
    const { TemplateBody = '{}' } = await client.send(
      new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' }),
    );
    return JSON.parse(TemplateBody || '{}') as StackTemplate;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}

/** The tables of a template, with what DynamoDB says of them, as far as it may be asked. */
export async function describeTables(template: StackTemplate, access: Access): Promise<readonly TableSeen[]> {
  const { DescribeTableCommand, DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client = new DynamoDBClient(access);
  try {
    return await Promise.all(
      [...tablesIn(template).values()].map(async (table) => {
        const seen = { name: tableName(table), isRetained: isKept(table.DeletionPolicy) };
        // That it is there, and kept or not, is known without it.
        const asked = client.send(new DescribeTableCommand({ TableName: seen.name })).catch(() => undefined);
        const { ItemCount, TableSizeBytes, CreationDateTime } = (await asked)?.Table ?? {};
        if (ItemCount === undefined) return seen;
        return { ...seen, items: ItemCount, bytes: TableSizeBytes ?? 0, createdAt: CreationDateTime?.getTime() ?? 0 };
      }),
    );
  } finally {
    client.destroy();
  }
}
