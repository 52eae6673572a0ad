import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { type Adoption, adoptionOf, type StackTemplate, tableNames } from '../../adoption.ts';
import type { Template } from '../../template/model.ts';

export type Place = { readonly stack: string; readonly region: string; readonly signal: AbortSignal };

/**
 * Imports the tables of `deployed` that are there and in no stack of this name, and answers their names: none where there is nothing
 * to import. `onImport` is told before anything is changed. Throws BURN_ADOPT_REFUSED with what AWS said.
 */
export async function adoptTables(
  deployed: Template,
  place: Place,
  onImport: (tables: readonly string[]) => void,
): Promise<readonly string[]> {
  const [{ CloudFormationClient }, { DynamoDBClient }] = await sdk();
  const options = { region: place.region, maxAttempts: 3 };
  const [cloudFormation, dynamodb] = [new CloudFormationClient(options), new DynamoDBClient(options)];
  try {
    const [current, there] = await Promise.all([
      readTemplate(cloudFormation, place),
      findTables(dynamodb, tableNames(deployed), place),
    ]);
    const adoption = adoptionOf(deployed, current ?? {}, there);
    const tables = adoption.adopted.map(({ ResourceIdentifier }) => ResourceIdentifier.TableName);
    if (tables.length === 0) return [];
    onImport(tables);
    await importInto(cloudFormation, place, adoption, current === undefined);
    return tables;
  } catch (cause) {
    const said =
      cause instanceof Error ? `${cause.name === 'Error' ? '' : `${cause.name}: `}${cause.message}` : String(cause);
    throw new BurnwatchError('BURN_ADOPT_REFUSED', `AWS did not take the tables into ${place.stack}: ${said}`, {
      cause,
    });
  } finally {
    for (const client of [cloudFormation, dynamodb]) client.destroy();
  }
}

/** It is loaded here alone: the other commands start without it. */
const sdk = () => Promise.all([import('@aws-sdk/client-cloudformation'), import('@aws-sdk/client-dynamodb')]);

/** A stack in this state has no resources: a change set made its name, and was never executed. */
const empty = 'REVIEW_IN_PROGRESS';

/** What the stack was deployed with; undefined where there is none. */
async function readTemplate(
  client: CloudFormationClient,
  { stack, signal }: Place,
): Promise<StackTemplate | undefined> {
  const [{ DescribeStacksCommand, GetTemplateCommand }] = await sdk();
  const during = { abortSignal: signal };
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stack }), during);
    if (Stacks[0]?.StackStatus === empty) return undefined;
  } catch (error) {
    if (error instanceof Error && /does not exist/.test(error.message)) return undefined;
    throw error;
  }
  const command = new GetTemplateCommand({ StackName: stack, TemplateStage: 'Original' });
  return JSON.parse((await client.send(command, during)).TemplateBody ?? '{}') as StackTemplate;
}

async function findTables(
  client: DynamoDBClient,
  names: readonly string[],
  { signal }: Place,
): Promise<readonly string[]> {
  const [, { DescribeTableCommand }] = await sdk();
  const found = names.map(async (TableName) => {
    try {
      await client.send(new DescribeTableCommand({ TableName }), { abortSignal: signal });
      return [TableName];
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return [];
      throw error;
    }
  });
  return (await Promise.all(found)).flat();
}

/** An import of two tables takes seconds; what takes longer than this, seconds, is stuck. */
const patience = 600;

/** A stack that was made for an import that is refused is taken away again: it would be in the way of a deployment. */
async function importInto(
  client: CloudFormationClient,
  { stack, signal }: Place,
  { adopted, template }: Adoption,
  isNew: boolean,
): Promise<void> {
  const [formation] = await sdk();
  const set = { StackName: stack, ChangeSetName: `burnwatch-adopt-${Date.now()}` };
  const waiting = { client, maxWaitTime: patience, minDelay: 1, maxDelay: 5, abortSignal: signal };
  const during = { abortSignal: signal };
  const asked = {
    ...set,
    ChangeSetType: 'IMPORT' as const,
    ResourcesToImport: [...adopted],
    TemplateBody: JSON.stringify(template),
    Capabilities: ['CAPABILITY_NAMED_IAM' as const],
  };
  await client.send(new formation.CreateChangeSetCommand(asked), during);
  try {
    await formation.waitUntilChangeSetCreateComplete(waiting, set);
  } catch (cause) {
    const { StatusReason = 'it gave no reason' } = await client.send(new formation.DescribeChangeSetCommand(set));
    await (isNew
      ? client.send(new formation.DeleteStackCommand({ StackName: stack }))
      : client.send(new formation.DeleteChangeSetCommand(set)));
    throw new Error(StatusReason, { cause });
  }
  await client.send(new formation.ExecuteChangeSetCommand(set), during);
  await formation.waitUntilStackImportComplete(waiting, { StackName: stack });
}
