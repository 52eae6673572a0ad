import type { Json } from '../../shared/config/model.ts';
import { functions, type Template } from '../template/model.ts';
import { reasonOf } from './reasons.ts';

/** One statement of one role, in words. */
export type Grant = {
  /** The function whose role it is, or `scheduler`. */
  readonly role: string;
  readonly effect: 'Allow' | 'Deny';
  /** Such as `dynamodb:GetItem`. */
  readonly actions: readonly string[];
  /** What it is about: `table shop-prod-ledger`, or `*` where AWS knows nothing narrower. */
  readonly resources: readonly string[];
  /** What must hold beside that: `partitions tick#*`. Absent where nothing must. */
  readonly condition?: string;
  /** What the function needs it for. */
  readonly why: string;
};

type Statement = {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: Json;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Json>>>>;
};
type Policy = { readonly PolicyName: string; readonly PolicyDocument: { readonly Statement: readonly Statement[] } };

/** What every role of a stack may do, in the order of the template. */
export function grantsOf(template: Template): readonly Grant[] {
  return Object.values(template.Resources)
    .filter(({ Type }) => Type === 'AWS::IAM::Role')
    .flatMap(({ Properties }) => Properties['Policies'] as unknown as readonly Policy[])
    .flatMap(({ PolicyName, PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => grantOf(PolicyName, statement, template)),
    );
}

/** Those of `grants` that are not among `others`: what a change adds. */
export function addedTo(others: readonly Grant[], grants: readonly Grant[]): readonly Grant[] {
  const known = new Set(others.map((grant) => JSON.stringify(grant)));
  return grants.filter((grant) => !known.has(JSON.stringify(grant)));
}

function grantOf(role: string, { Effect, Action, Resource, Condition }: Statement, template: Template): Grant {
  const grant = {
    role,
    effect: Effect,
    actions: Action,
    resources: [Resource].flat().map((resource) => nameOf(resource as Json, template)),
    ...(Condition ? { condition: conditionText(Condition) } : {}),
  };
  return { ...grant, why: reasonOf(grant) };
}

const kinds: Readonly<Record<string, readonly [what: string, property: string]>> = {
  'AWS::DynamoDB::Table': ['table', 'TableName'],
  'AWS::SNS::Topic': ['topic', 'TopicName'],
  'AWS::SQS::Queue': ['queue', 'QueueName'],
  'AWS::Logs::LogGroup': ['log group', 'LogGroupName'],
};

function nameOf(resource: Json, { Resources }: Template): string {
  if (typeof resource === 'string') return resource.replace(/^arn:.*:kms:.*:key\//, 'key ');
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': arn } = resource as Readonly<Record<string, Json>>;
  if (typeof arn === 'string') return nameInArn(arn);
  const id = String(Ref ?? (attribute as readonly string[])[0]);
  const called = Object.entries(functions).find(([, logicalId]) => logicalId === id)?.[0];
  if (called) return `function ${called}`;
  const [what, property] = kinds[Resources[id]?.Type ?? ''] ?? [];
  return what && property ? `${what} ${Resources[id]?.Properties[property]}` : id;
}

/** `parameter /shop/key`, `table shop-prod-ledger of eu-west-1`: with its region where that is not the stack's own. */
function nameInArn(arn: string): string {
  const [, , , region = '', , thing = ''] = arn.replaceAll(/\$\{AWS::\w+\}/g, '').split(':');
  const name = thing.replace(/^parameter\//, 'parameter /').replace(/^table\//, 'table ');
  return region === '' ? name : `${name} of ${region}`;
}

const conditions: Readonly<Record<string, string>> = {
  'dynamodb:LeadingKeys': 'partitions',
  'cloudwatch:namespace': 'namespace',
  'aws:RequestedRegion': 'in',
  'lambda:SourceFunctionArn': 'asked by the code of',
  'kms:ViaService': 'through',
  'kms:EncryptionContext:aws:dynamodb:tableName': 'for the table',
  'kms:EncryptionContext:aws:scheduler:schedule:arn': 'for the schedules',
};

function conditionText(condition: NonNullable<Statement['Condition']>): string {
  return Object.values(condition)
    .flatMap((keys) => Object.entries(keys))
    .map(([key, value]) => `${conditions[key] ?? key} ${[value].flat().map(valueText).join(', ')}`)
    .join('; ');
}

function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Sub': arn } = value as { readonly 'Fn::Sub'?: string };
  return arn?.replace(/^arn:.*:(function:|schedule\/)/, '') ?? JSON.stringify(value);
}
