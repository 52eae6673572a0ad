/** What is deployed, as CloudFormation gets it. A mutation changes it in place. */
export type Template = { readonly Resources: Record<string, Resource> };
type Resource = { readonly Type: string; readonly Properties: Readonly<Record<string, unknown>> };

type Statement = { Action: string[] };
type Role = { readonly Policies: readonly { readonly PolicyDocument: { Statement: Statement[] } }[] };
type LambdaFunction = { readonly Environment: { readonly Variables: Record<string, unknown> } };
type Table = {
  readonly AttributeDefinitions: { AttributeName: string }[];
  readonly KeySchema: { AttributeName: string }[];
};

/** What is taken from a template, each by words after its kind: `role ProbeRole dynamodb:PutItem`. */
const kinds: Readonly<Record<string, (template: Template, id: string, part: string) => boolean>> = {
  role: (template, id, action) => {
    const { Policies } = propertiesOf<Role>(template, id);
    let isFound = false;
    for (const { PolicyDocument } of Policies) {
      for (const statement of PolicyDocument.Statement) {
        isFound ||= statement.Action.includes(action);
        statement.Action = statement.Action.filter((each) => each !== action);
      }
      PolicyDocument.Statement = PolicyDocument.Statement.filter(({ Action }) => Action.length > 0);
    }
    return isFound;
  },
  variable: (template, id, name) => {
    const { Variables } = propertiesOf<LambdaFunction>(template, id).Environment;
    return Object.hasOwn(Variables, name) && delete Variables[name];
  },
  schedule: ({ Resources }, id) => Resources[id]?.Type === 'AWS::Scheduler::Schedule' && delete Resources[id],
  key: (template, id, name) => {
    const { AttributeDefinitions, KeySchema } = propertiesOf<Table>(template, id);
    const named = [...AttributeDefinitions, ...KeySchema].filter(({ AttributeName }) => AttributeName === name);
    for (const each of named) each.AttributeName = `${name}x`;
    return named.length > 0;
  },
};

export const nothing = 'there is nothing to mutate';

/** Breaks one thing in a template; throws where there is no such thing to be broken. */
export function mutate(template: Template, mutation: string): void {
  const [kind = '', id = '', part = ''] = mutation.split(' ');
  if (kinds[kind]?.(template, id, part) !== true) throw new Error(`${nothing}: ${mutation}`);
}

/** What is tried: each is to turn the story of the stack red. Variables that stand for a default are none of them. */
export const tried: readonly string[] = [
  'role ProbeRole dynamodb:PutItem',
  'role ProbeRole cloudwatch:PutMetricData',
  'role EvaluateRole dynamodb:GetItem',
  'role EvaluateRole dynamodb:UpdateItem',
  'role EvaluateRole dynamodb:Query',
  'role EvaluateRole dynamodb:PutItem',
  'role EvaluateRole sns:Publish',
  'role ShortenerRole dynamodb:GetItem',
  'role ShortenerRole dynamodb:PutItem',
  'role ShortenerRole dynamodb:DeleteItem',
  'role ShortenerRole ssm:GetParameter',
  'role NotifyRole ssm:GetParameter',
  'role StatusRole ssm:GetParameter',
  'role SchedulerRole lambda:InvokeFunction',
  'variable ProbeLambdaFunction LEDGER_TABLE',
  'variable ProbeLambdaFunction OUTPUT_ShortenerUrl',
  'variable ProbeLambdaFunction BURNWATCH_ENVIRONMENT',
  'variable EvaluateLambdaFunction LEDGER_TABLE',
  'variable EvaluateLambdaFunction ALERT_TOPIC_ARN',
  'variable ShortenerLambdaFunction LINKS_TABLE',
  'variable ShortenerLambdaFunction FAULTS',
  'variable BurstLambdaFunction OUTPUT_ShortenerUrl',
  'schedule ProbeSchedulef00',
  'schedule ProbeSchedules00',
  'schedule EvaluateSchedule',
  'key LedgerTable pk',
  'key LedgerTable sk',
  'key LinksTable pk',
  'key LinksTable sk',
];

function propertiesOf<Properties>({ Resources }: Template, id: string): Properties {
  const resource = Resources[id];
  if (resource === undefined)
    throw new Error(`${nothing}: there is no ${id}, there are ${Object.keys(Resources).join(', ')}`);
  return resource.Properties as Properties;
}
