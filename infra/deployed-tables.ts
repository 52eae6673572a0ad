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

/** What an earlier deployment was made of, as the framework keeps it in its bucket; undefined where it keeps none of that time. */
export async function readDeployment(
  { bucket, folder, timestamp }: Deployment,
  access: Access,
): Promise<StackTemplate | undefined> {
  const at = Date.parse(timestamp) || Number(timestamp);
  if (!Number.isFinite(at)) return undefined;
  const { GetObjectCommand, S3Client } = await import('@aws-sdk/client-s3');
  const client = new S3Client(access);
  const Key = `${folder}/${at}-${new Date(at).toISOString()}/compiled-cloudformation-template.json`;
  try {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
    return Body && (JSON.parse(await Body.transformToString()) as StackTemplate);
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
    throw error;
  } finally {
    client.destroy();
  }
}
export type Deployment = {
  readonly bucket: string;
  /** Where the deployments of a stack are, without a slash at its end. */
  readonly folder: string;
  /** As `serverless deploy list` prints it, or as ISO 8601. */
  readonly timestamp: string;
};

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
