import type { Stack } from '@aws-sdk/client-cloudformation';
import { boundedClient } from '../../shared/aws/client.ts';
import type { ClientSettings } from '../cli/stack.ts';
import { attempt, nameOf } from './look.ts';
import type { LocationSeen, Look, StackState } from './model.ts';
import { readSchedules } from './read-schedules.ts';

/** What to ask of which regions; `settings` are those of home, where the rows of all are. */
export type AskedLocations = {
  readonly regions: readonly string[];
  readonly settings: ClientSettings;
  /** The name of the stack in each of them, with which all that belongs to it begins: `shop-prod`. */
  readonly prefix: string;
  /** Epoch ms. */
  readonly now: number;
};

/** What there is of each location: its stack, its schedules, its newest row. What cannot be read says so; never rejects. */
export async function readLocations({
  regions,
  settings,
  prefix,
  now,
}: AskedLocations): Promise<readonly LocationSeen[]> {
  const ages = await readAges(regions, settings, `${prefix}-ledger`, now);
  return Promise.all(
    regions.map(async (location, index): Promise<LocationSeen> => {
      const there = { ...settings, region: location };
      const [stack, schedules] = await Promise.all([
        readStackState(there, prefix),
        readSchedules({ settings: there, prefix }),
      ]);
      return { location, stack, schedules, newestRowAgeMs: ages[index] ?? { unseen: 'was not asked for' } };
    }),
  );
}

/** A change set made its name, and was never executed: nothing is there. */
const empty = 'REVIEW_IN_PROGRESS';

async function readStackState(settings: ClientSettings, name: string): Promise<Look<StackState | undefined>> {
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const client = new CloudFormationClient({ ...boundedClient, ...settings });
  try {
    return await attempt('cloudformation:DescribeStacks', async () => {
      const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: name })).catch(noneIfGone);
      return stateOf(Stacks[0]);
    });
  } finally {
    client.destroy();
  }
}

/** CloudFormation has no error of its own for it. */
function noneIfGone(error: unknown): { readonly Stacks?: Stack[] } {
  if (error instanceof Error && /does not exist/.test(error.message)) return {};
  throw error;
}

function stateOf(stack: Stack | undefined): StackState | undefined {
  if (stack === undefined || stack.StackStatus === empty) return undefined;
  const { StackStatus = '', CreationTime, LastUpdatedTime = CreationTime, Outputs = [] } = stack;
  return {
    status: StackStatus,
    ...(LastUpdatedTime === undefined ? {} : { changedAt: LastUpdatedTime.getTime() }),
    outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
  };
}

/** Home was never deployed, or is no more. */
function noneWithoutTable(error: unknown): undefined {
  if (nameOf(error) !== 'ResourceNotFoundException') throw error;
}

/** How old the newest row of each is, ms. */
async function readAges(
  regions: readonly string[],
  settings: ClientSettings,
  table: string,
  now: number,
): Promise<readonly LocationSeen['newestRowAgeMs'][]> {
  const [{ DynamoDBClient }, { createNewestRowReader }] = await Promise.all([
    import('@aws-sdk/client-dynamodb'),
    import('../../shared/aws/newest-row.ts'),
  ]);
  const client = new DynamoDBClient({ ...boundedClient, ...settings });
  const read = createNewestRowReader(client, table);
  try {
    return await Promise.all(
      regions.map((region) =>
        attempt('dynamodb:Query', async () => {
          const at = await read(region, now).catch(noneWithoutTable);
          return at === undefined ? undefined : Math.max(0, now - at);
        }),
      ),
    );
  } finally {
    client.destroy();
  }
}
