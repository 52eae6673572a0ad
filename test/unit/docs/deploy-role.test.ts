import { readFileSync } from 'node:fs';
import { buildResources } from '../../../infra/resources.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';

/** The two documents of the role in docs/deploy.md, held to what the workflow asks and to what is deployed. */
type Statement = {
  readonly Action: string | readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: unknown;
};
const page = readFileSync('docs/deploy.md', 'utf8');
const documents = [...page.matchAll(/```json\n(.*?)```/gs)].map(
  ([, text = '']) => JSON.parse(text).Statement as readonly Statement[],
);
const [trust = [], rights = []] = documents;

const parsed = parseConfig(
  readFileSync('monitors.yml', 'utf8')
    .replace(/^version: 1$/m, 'version: 1\nacknowledge: link')
    .replace(/^channels:$/m, 'channels:\n  chat: { type: slack, url: "${ssm:/shop/slack}" }'),
  { file: 'monitors.yml', env: {} },
);
if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
const { Resources } = buildResources(parsed.config, {
  stage: 'prod',
  region: 'us-east-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: true,
  logRetentionDays: 30,
});
const account = '111122223333';
const place = `us-east-1:${account}`;

/** How the ARN of a resource follows from the property that names it. Queries of logs know no ARN, and are on `*`. */
const arns: Readonly<Record<string, (properties: Readonly<Record<string, unknown>>) => string>> = {
  'AWS::DynamoDB::Table': ({ TableName }) => `arn:aws:dynamodb:${place}:table/${TableName}`,
  'AWS::SNS::Topic': ({ TopicName }) => `arn:aws:sns:${place}:${TopicName}`,
  'AWS::SQS::Queue': ({ QueueName }) => `arn:aws:sqs:${place}:${QueueName}`,
  'AWS::Logs::LogGroup': ({ LogGroupName }) => `arn:aws:logs:${place}:log-group:${LogGroupName}`,
  'AWS::CloudWatch::Alarm': ({ AlarmName }) => `arn:aws:cloudwatch:${place}:alarm:${AlarmName}`,
  'AWS::CloudWatch::Dashboard': ({ DashboardName }) => `arn:aws:cloudwatch::${account}:dashboard/${DashboardName}`,
  'AWS::IAM::Role': ({ RoleName }) => `arn:aws:iam::${account}:role/${RoleName}`,
  'AWS::Scheduler::ScheduleGroup': ({ Name }) => `arn:aws:scheduler:${place}:schedule-group/${Name}`,
  'AWS::Scheduler::Schedule': ({ Name }) => `arn:aws:scheduler:${place}:schedule/shortener-prod-ticks/${Name}`,
};
/** They belong to a resource that has a name, and are reached by its ARN. */
const parts = [
  'AWS::SNS::TopicPolicy',
  'AWS::SNS::Subscription',
  'AWS::SQS::QueuePolicy',
  'AWS::Lambda::Permission',
  'AWS::Lambda::EventInvokeConfig',
];

const fits = (pattern: string, arn: string) =>
  new RegExp(`^${pattern.split('*').map(RegExp.escape).join('.*')}$`).test(arn);
function mayTouch(arn: string): boolean {
  const service = arn.split(':')[2];
  return rights.some(
    ({ Action, Resource }) =>
      [Action].flat().some((action) => action.startsWith(`${service}:`)) &&
      Resource.some((pattern) => pattern !== '*' && fits(pattern, arn)),
  );
}

describe('the role that deploys', () => {
  it('is taken by runs of one repository in one environment only', () => {
    expect(documents).toHaveLength(2);
    expect(trust).toEqual([
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: {
          StringEquals: {
            'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
            'token.actions.githubusercontent.com:sub': 'repo:you/burnwatch:environment:prod',
          },
        },
      },
    ]);
  });

  it('may touch everything that the stack has by a name', () => {
    const named = Object.values(Resources).filter(({ Type }) => arns[Type]);
    expect(new Set(named.map(({ Type }) => Type)).size).toBe(Object.keys(arns).length);
    const all = named.map(({ Type, Properties }) => arns[Type]?.(Properties) ?? '');
    const ofFramework = [
      `arn:aws:cloudformation:${place}:stack/shortener-prod/id`,
      `arn:aws:lambda:${place}:function:shortener-prod-probe`,
      'arn:aws:s3:::shortener-prod-serverlessdeploymentbucket-1a2b',
      'arn:aws:s3:::shortener-prod-serverlessdeploymentbucket-1a2b/serverless/probe.zip',
      'arn:aws:apigateway:us-east-1::/apis/abc/routes',
    ];
    expect([...all, ...ofFramework].filter((arn) => !mayTouch(arn))).toEqual([]);
  });

  it('knows every kind of resource that the template has', () => {
    const kinds = [...new Set(Object.values(Resources).map(({ Type }) => Type))];
    const known = [...Object.keys(arns), ...parts, 'AWS::Logs::QueryDefinition'];
    expect(kinds.filter((kind) => !known.includes(kind))).toEqual([]);
  });

  it('may touch nothing of another stack, of another environment or of another account', () => {
    const foreign = [
      `arn:aws:dynamodb:${place}:table/shortener-dev-ledger`,
      `arn:aws:iam::${account}:role/admin`,
      'arn:aws:lambda:us-east-1:444455556666:function:shortener-prod-probe',
      'arn:aws:s3:::invoices',
    ];
    expect(foreign.filter(mayTouch)).toEqual([]);
    const wide = rights.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action);
    expect(wide.filter((action) => action.includes('*') || !/^(logs|cloudformation):/.test(action))).toEqual([]);
  });
});
