import type { Emulator } from './emulator.ts';

type Call = Emulator['call'];

/** What lies under /burnwatch/ in SSM, by its name there. */
export const secrets = {
  'write-token': 'a-write-token-of-the-deploy-test',
  'hook-secret': 'a-hook-secret-of-the-deploy-test',
  'heartbeat-key': 'a-heartbeat-key-of-the-deploy-test',
} as const;

/** Puts them where functions read them. */
export async function putSecrets(call: Call): Promise<void> {
  for (const [name, Value] of Object.entries(secrets))
    await call('ssm', 'put_parameter', { Name: `/burnwatch/${name}`, Type: 'SecureString', Value, Overwrite: true });
}

/** The outputs of a stack, by their names. */
export async function outputsOf(
  call: Call,
  StackName: string,
  region?: string,
): Promise<Readonly<Record<string, string>>> {
  const { Stacks } = (await call('cloudformation', 'describe_stacks', { StackName }, region)) as Stacks;
  return Object.fromEntries((Stacks[0]?.Outputs ?? []).map((each) => [each.OutputKey, each.OutputValue]));
}

type Stacks = { readonly Stacks: readonly { readonly Outputs: readonly Output[] }[] };
type Output = { readonly OutputKey: string; readonly OutputValue: string };

type List = readonly [service: string, operation: string, member: string, name: string];

/** Everything that a stack makes, by the lists of the services that hold it. */
const lists: readonly List[] = [
  ['lambda', 'list_functions', 'Functions', 'FunctionName'],
  ['dynamodb', 'list_tables', 'TableNames', ''],
  ['sns', 'list_topics', 'Topics', 'TopicArn'],
  ['sqs', 'list_queues', 'QueueUrls', ''],
  ['logs', 'describe_log_groups', 'logGroups', 'logGroupName'],
  ['iam', 'list_roles', 'Roles', 'RoleName'],
  ['scheduler', 'list_schedules', 'Schedules', 'Name'],
  ['scheduler', 'list_schedule_groups', 'ScheduleGroups', 'Name'],
  ['cloudwatch', 'describe_alarms', 'MetricAlarms', 'AlarmName'],
  ['cloudwatch', 'list_dashboards', 'DashboardEntries', 'DashboardName'],
  ['apigatewayv2', 'get_apis', 'Items', 'Name'],
  ['s3', 'list_buckets', 'Buckets', 'Name'],
];

/** The names of all that is left of a stack, in every service that it uses. */
export async function whatIsLeft(call: Call, stack: string, region?: string): Promise<readonly string[]> {
  const found = await Promise.all(lists.map((list) => namesIn(call, list, region)));
  return found.flat().filter((name) => name.includes(stack));
}

/** The functions of a region, by their names, in order. */
export async function functionsIn(call: Call, region?: string): Promise<readonly string[]> {
  return (await namesIn(call, ['lambda', 'list_functions', 'Functions', 'FunctionName'], region)).toSorted();
}

async function namesIn(
  call: Call,
  [service, operation, member, name]: List,
  region?: string,
): Promise<readonly string[]> {
  const answer = (await call(service, operation, {}, region)) as Readonly<
    Record<string, readonly unknown[] | undefined>
  >;
  return (answer[member] ?? []).map((each) => String(typeof each === 'string' ? each : (each as Named)[name]));
}

type Named = Readonly<Record<string, unknown>>;
