import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import type { Config, Json } from '../../../shared/config/model.ts';
import { aConfig, aHeartbeat, aMonitor } from './configs.ts';

const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const build = (change: Partial<Config> = {}, changed: Partial<StackOptions> = {}) =>
  buildResources(aConfig(change), { ...options, ...changed });
const ofType = (template: ReturnType<typeof build>, type: string) =>
  Object.values(template.Resources).filter((resource) => resource.Type === type);
const properties = (template: ReturnType<typeof build>, id: string) => template.Resources[id]?.Properties ?? {};
const statements = (template: ReturnType<typeof build>, id: string): readonly Record<string, Json>[] => {
  const [policy] = properties(template, id)['Policies'] as readonly [{ PolicyDocument: { Statement: never } }];
  return policy.PolicyDocument.Statement;
};
const email = (id: string, to: string) => ({ id, type: 'email', to }) as const;

describe('the stack', () => {
  it('has these resources for the small configuration, and no others', () => {
    const kinds = Object.values(build().Resources).map(({ Type }) => Type.replace('AWS::', ''));
    expect(
      Object.fromEntries(Object.entries(Object.groupBy(kinds, (kind) => kind)).map(([k, v]) => [k, v?.length])),
    ).toEqual({
      'DynamoDB::Table': 2,
      'SNS::Topic': 2,
      'SNS::TopicPolicy': 2,
      'SNS::Subscription': 2,
      'Logs::LogGroup': 3,
      'Logs::QueryDefinition': 4,
      'IAM::Role': 4,
      'Scheduler::ScheduleGroup': 1,
      'Scheduler::Schedule': 2,
      'Lambda::EventInvokeConfig': 2,
      'CloudWatch::Alarm': 2,
      'CloudWatch::Dashboard': 3,
    });
  });

  it('is the same twice, byte for byte', () => {
    expect(JSON.stringify(build())).toBe(JSON.stringify(build()));
  });

  it('is plain ASCII, because CloudFormation turns the rest of Unicode into question marks', () => {
    expect(JSON.stringify(build())).toMatch(/^[\x20-\x7e]*$/);
  });

  it('without the shortener has nothing of it', () => {
    const template = build(
      { monitors: [aMonitor({ request: { ...aMonitor().request, url: 'https://example.com/' } })] },
      {
        isShortenerOn: false,
      },
    );
    expect(JSON.stringify(template)).not.toMatch(/shortener[A-Z]|Shortener|HttpApi|LinksTable/);
    expect(Object.keys(template.Outputs)).toEqual(['DashboardUrl', 'LedgerTable', 'AlertsTopic', 'AlarmsTopic']);
  });

  it('says where everything is', () => {
    expect(Object.keys(build().Outputs).toSorted()).toEqual([
      'AlarmsTopic',
      'AlertsTopic',
      'ApiId',
      'DashboardUrl',
      'LedgerTable',
      'LinksTable',
      'ShortenerUrl',
    ]);
  });

  it('refuses an environment whose name makes roles that IAM would refuse, and says how long it may be', () => {
    const stage = (length: number) =>
      build({ service: 'a'.repeat(24) }, { stage: 'b'.repeat(length), region: 'ap-northeast-1' });
    expect(() => stage(15)).toThrow('--stage bbbbbbbbbbbbbbb: must have at most 14 characters here');
    const names = ofType(stage(14), 'AWS::IAM::Role').map(({ Properties }) => String(Properties['RoleName']).length);
    expect(Math.max(...names)).toBe(64);
  });
});

describe('tables', () => {
  it.each([
    [true, 'Retain'],
    [false, 'Delete'],
  ])('retained: %s means %s, on deletion and on replacement, with recovery to match', (isRetained, policy) => {
    const tables = ofType(build({}, { isRetained }), 'AWS::DynamoDB::Table');
    for (const table of tables) {
      expect([table.DeletionPolicy, table.UpdateReplacePolicy]).toEqual([policy, policy]);
      expect(table.Properties['PointInTimeRecoverySpecification']).toEqual({ PointInTimeRecoveryEnabled: isRetained });
      expect(table.Properties['TimeToLiveSpecification']).toEqual({ AttributeName: 'expiresAt', Enabled: true });
      expect(table.Properties['BillingMode']).toBe('PAY_PER_REQUEST');
    }
    expect(tables.map((table) => table.Properties['TableName'])).toEqual([
      'shortener-dev-ledger',
      'shortener-dev-links',
    ]);
  });
});

describe('log groups', () => {
  it('are those of the functions, and keep what is asked for', () => {
    const groups = ofType(build({}, { logRetentionDays: 7 }), 'AWS::Logs::LogGroup').map(
      ({ Properties }) => Properties,
    );
    expect(groups).toEqual(
      ['probe', 'evaluate', 'shortener'].map((name) => ({
        LogGroupName: `/aws/lambda/shortener-dev-${name}`,
        RetentionInDays: 7,
      })),
    );
  });
});

describe('e-mail', () => {
  const channels = [email('oncall', 'a@example.com'), email('team', 'b@example.com'), email('boss', 'a@example.com')];
  const subscriptions = (topic: string) =>
    ofType(build({ channels }), 'AWS::SNS::Subscription')
      .map(({ Properties }) => Properties)
      .filter(({ TopicArn }) => JSON.stringify(TopicArn) === JSON.stringify({ Ref: topic }));

  it('an address has one subscription to the alerts, whose filter lists all of its channels', () => {
    expect(
      subscriptions('AlertsTopic').map(({ Endpoint, FilterPolicyScope, FilterPolicy }) => [
        Endpoint,
        FilterPolicyScope,
        FilterPolicy,
      ]),
    ).toEqual([
      ['a@example.com', 'MessageAttributes', { channels: ['boss', 'oncall'] }],
      ['b@example.com', 'MessageAttributes', { channels: ['team'] }],
    ]);
  });

  it('an address has one subscription to the alarms, without a filter, which would drop them', () => {
    expect(subscriptions('AlarmsTopic').map(({ Endpoint, FilterPolicy }) => [Endpoint, FilterPolicy])).toEqual([
      ['a@example.com', undefined],
      ['b@example.com', undefined],
    ]);
  });

  it('a subscription keeps its logical id when other channels come and go', () => {
    const ids = (some: typeof channels) =>
      Object.keys(build({ channels: some }).Resources).filter((id) => /Email/.test(id));
    expect(ids(channels)).toEqual(expect.arrayContaining(ids([email('team', 'b@example.com')])));
  });

  it('only alarms of this stack and account may publish to the alarms topic', () => {
    const document = properties(build(), 'AlarmsTopicPolicy')['PolicyDocument'] as { Statement: readonly Json[] };
    expect(document.Statement).toContainEqual({
      Sid: 'LetTheAlarmsOfThisStackPublish',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Resource: { Ref: 'AlarmsTopic' },
      Condition: {
        StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
        ArnLike: {
          'aws:SourceArn': {
            'Fn::Sub': 'arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:shortener-dev-*',
          },
        },
      },
    });
  });
});

describe('roles', () => {
  const secret = [{ ssm: '/burnwatch/api-key' }];
  const withSecret = aMonitor({ request: { ...aMonitor().request, headers: { 'x-api-key': secret } } });
  const actions = (id: string) =>
    statements(build({ monitors: [withSecret] }), id).flatMap((statement) => statement['Action'] as string[]);

  it.each([
    [
      'ProbeRole',
      [
        'cloudwatch:PutMetricData',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'ssm:GetParameter',
      ],
    ],
    [
      'EvaluateRole',
      [
        'cloudwatch:PutMetricData',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'sns:Publish',
      ],
    ],
    [
      'ShortenerRole',
      [
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Scan',
        'dynamodb:UpdateItem',
        'logs:CreateLogStream',
        'logs:PutLogEvents',
        'ssm:GetParameter',
      ],
    ],
    ['SchedulerRole', ['lambda:InvokeFunction']],
  ])('%s may do exactly what its function does', (id, expected) => {
    expect([...new Set(actions(id))].toSorted()).toEqual(expected);
  });

  it('only PutMetricData, which knows no resources, is allowed on all of them, and only in our namespace', () => {
    const wild = ['ProbeRole', 'EvaluateRole', 'ShortenerRole', 'SchedulerRole']
      .flatMap((id) => statements(build(), id))
      .filter((statement) => JSON.stringify(statement['Resource']).includes('*'));
    expect(wild).toHaveLength(2);
    for (const statement of wild)
      expect(statement).toMatchObject({
        Action: ['cloudwatch:PutMetricData'],
        Condition: { StringEquals: { 'cloudwatch:namespace': 'Burnwatch' } },
      });
  });

  it('the probe reads exactly the parameters that are configured, and none where there are none', () => {
    const of = (monitors: readonly ReturnType<typeof aMonitor>[]) =>
      statements(build({ monitors }), 'ProbeRole').filter((s) => JSON.stringify(s['Action']).includes('ssm'));
    expect(of([withSecret, aMonitor({ id: 'other', key: 2 })])[0]?.['Resource']).toEqual([
      { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/burnwatch/api-key' },
    ]);
    expect(of([aMonitor()])).toEqual([]);
  });

  it('the probe cannot be given more parameters than an IAM policy holds, and packaging says so', () => {
    const asking = (count: number) =>
      Array.from({ length: count }, (_, key) => {
        const headers = { authorization: [{ ssm: `/burnwatch/secrets/of-monitor-${String(key).padStart(3, '0')}` }] };
        return aMonitor({ id: `m${key}`, key, request: { ...aMonitor().request, headers } });
      });
    const policy = JSON.stringify(statements(build({ monitors: asking(90), slos: [] }), 'ProbeRole'))
      .replaceAll(/\{"Fn::Sub":("[^"]*")\}/g, '$1')
      .replaceAll('${AWS::Partition}', 'aws')
      .replaceAll('${AWS::Region}', 'eu-west-1')
      .replaceAll('${AWS::AccountId}', '123456789012');
    expect(policy.length).toBeLessThan(10_240);
    expect(() => build({ monitors: asking(200), slos: [] })).toThrow(
      '200 different ${ssm:…} paths: one role cannot hold the right to read them all',
    );
  });

  it('the probe writes rows of ticks, and cannot touch the state of the alerts', () => {
    expect(
      statements(build(), 'ProbeRole').find((s) => JSON.stringify(s['Action']).includes('dynamodb')),
    ).toMatchObject({
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['tick#*'] } },
    });
  });

  it('names carry the region, because roles are global', () => {
    expect(ofType(build(), 'AWS::IAM::Role').map((role) => role.Properties['RoleName'])).toEqual([
      'shortener-dev-eu-west-1-probe',
      'shortener-dev-eu-west-1-evaluate',
      'shortener-dev-eu-west-1-shortener',
      'shortener-dev-eu-west-1-scheduler',
    ]);
  });
});

describe('a stack with a heartbeat', () => {
  const monitors = [aMonitor(), aHeartbeat()];
  const template = build({ monitors });

  it('has the role and the log of the function that takes the calls, and says where it answers', () => {
    const added = Object.keys(template.Resources).filter((id) => !Object.hasOwn(build().Resources, id));
    expect(added).toEqual(['StatusLogs', 'StatusRole']);
    expect(template.Outputs['StatusUrl']).toEqual({
      Description: 'Where heartbeats are called, and incidents acknowledged.',
      Value: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
    });
    expect(build().Outputs['StatusUrl']).toBeUndefined();
  });

  it('lets that function write what is called and read its key, and nothing else', () => {
    expect(statements(template, 'StatusRole')).toEqual([
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': ['StatusLogs', 'Arn'] },
      },
      {
        Effect: 'Allow',
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat'] } },
      },
      {
        Effect: 'Allow',
        Action: ['ssm:GetParameter'],
        Resource: {
          'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/burnwatch/heartbeat-key',
        },
      },
    ]);
  });

  it('lets the probe read what was called, and only there', () => {
    const reading = (built: typeof template) =>
      statements(built, 'ProbeRole').filter((each) => JSON.stringify(each).includes('dynamodb:Query'));
    expect(reading(template)).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:Query'],
        Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
        Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['heartbeat'] } },
      },
    ]);
    expect(reading(build())).toEqual([]);
  });

  it('keeps its API without the shortener', () => {
    const alone = build({ monitors: [aHeartbeat()], slos: [] }, { isShortenerOn: false });
    expect(Object.keys(alone.Outputs)).toEqual([
      'ApiId',
      'StatusUrl',
      'DashboardUrl',
      'LedgerTable',
      'AlertsTopic',
      'AlarmsTopic',
    ]);
    expect(JSON.stringify(alone)).not.toMatch(/shortener[A-Z]|Shortener|LinksTable/);
  });
});

describe('a stack whose messages carry links', () => {
  const template = build({ acknowledge: 'link', slos: [] }, { isShortenerOn: false });
  const key = {
    Effect: 'Allow',
    Action: ['ssm:GetParameter'],
    Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/burnwatch/ack-key' },
  };
  const onLedger = (actions: readonly string[], partition: string) => ({
    Effect: 'Allow',
    Action: actions,
    Resource: { 'Fn::GetAtt': ['LedgerTable', 'Arn'] },
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partition] } },
  });

  it('has an API and the function that takes the calls, without a heartbeat and without the shortener', () => {
    expect(Object.keys(template.Resources)).toEqual(expect.arrayContaining(['StatusLogs', 'StatusRole']));
    expect(Object.keys(template.Outputs).slice(0, 2)).toEqual(['ApiId', 'StatusUrl']);
  });

  it('lets that function say that somebody is at an incident and read its key, and nothing else', () => {
    expect(statements(template, 'StatusRole').slice(1)).toEqual([
      onLedger(['dynamodb:GetItem', 'dynamodb:UpdateItem'], 'alerts'),
      onLedger(['dynamodb:Query'], 'incidents'),
      key,
    ]);
  });

  it('lets the evaluation read the key, and only there', () => {
    expect(statements(template, 'EvaluateRole')).toContainEqual(key);
    expect(JSON.stringify(statements(build(), 'EvaluateRole'))).not.toContain('ssm');
  });
});

describe('a probe in a VPC', () => {
  const vpc = { subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] };
  const onEverything = (built: ReturnType<typeof build>, id: string) =>
    statements(built, id).filter(({ Resource, Effect }) => Resource === '*' && Effect === 'Allow');

  it('has the rights that Lambda needs for its network interfaces, its own code may not use them, and no other function has them', () => {
    const built = build({}, { vpc });
    expect(onEverything(built, 'ProbeRole').map(({ Action }) => Action)).toEqual([
      ['cloudwatch:PutMetricData'],
      [
        'ec2:AssignPrivateIpAddresses',
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSubnets',
        'ec2:UnassignPrivateIpAddresses',
      ],
    ]);
    const [refused, ...others] = statements(built, 'ProbeRole').filter(({ Effect }) => Effect === 'Deny');
    expect([others, refused]).toEqual([
      [],
      {
        ...onEverything(built, 'ProbeRole')[1],
        Effect: 'Deny',
        Condition: {
          ArnEquals: {
            'lambda:SourceFunctionArn': {
              'Fn::Sub': 'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:shortener-dev-probe',
            },
          },
        },
      },
    ]);
    expect(JSON.stringify(statements(built, 'EvaluateRole'))).not.toContain('ec2:');
    expect(JSON.stringify(build())).not.toContain('ec2:');
  });
});

describe('schedules', () => {
  it('are one a shard and one for evaluate, on the minute, and drop what is late', () => {
    const monitors = Array.from({ length: 21 }, (_, key) => aMonitor({ id: `m${key}`, key }));
    const schedules = ofType(build({ monitors, slos: [] }), 'AWS::Scheduler::Schedule').map(
      ({ Properties }) => Properties,
    );
    expect(schedules.map(({ Name }) => Name)).toEqual([
      'shortener-dev-probe-s00',
      'shortener-dev-probe-s01',
      'shortener-dev-evaluate',
    ]);
    for (const schedule of schedules)
      expect(schedule).toMatchObject({
        ScheduleExpression: 'cron(* * * * ? *)',
        FlexibleTimeWindow: { Mode: 'OFF' },
        Target: { RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
      });
    expect(schedules.map(({ Target }) => JSON.parse((Target as { Input: string }).Input))).toEqual([
      { scheduledTime: '<aws.scheduler.scheduled-time>', shard: 's00' },
      { scheduledTime: '<aws.scheduler.scheduled-time>', shard: 's01' },
      { scheduledTime: '<aws.scheduler.scheduled-time>' },
    ]);
  });

  it('and the functions that they invoke asynchronously do not retry either', () => {
    const configs = ofType(build(), 'AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    expect(configs.map(({ FunctionName }) => FunctionName)).toEqual([
      { Ref: 'ProbeLambdaFunction' },
      { Ref: 'EvaluateLambdaFunction' },
    ]);
    for (const config of configs)
      expect(config).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('ten thousand monitors are a hundred of them, inside the resources that a stack may have', () => {
    const monitors = Array.from({ length: 10_000 }, (_, key) => aMonitor({ id: `m${key}`, key }));
    const template = build({ monitors, slos: [] });
    expect(ofType(template, 'AWS::Scheduler::Schedule')).toHaveLength(101);
    expect(Object.keys(template.Resources).length).toBeLessThan(450);
    expect(JSON.stringify(template).length).toBeLessThan(900_000);
  });
});

describe('dead-man alarms', () => {
  it.each(['probe', 'evaluate'])(
    '%s rings when it fails or is not run for five minutes, and says when it is back',
    (target) => {
      const alarm = ofType(build(), 'AWS::CloudWatch::Alarm').find(
        ({ Properties }) => Properties['AlarmName'] === `shortener-dev-${target}-dead`,
      );
      expect(alarm?.Properties).toMatchObject({
        Namespace: 'AWS/Lambda',
        MetricName: 'Errors',
        Dimensions: [{ Name: 'FunctionName', Value: `shortener-dev-${target}` }],
        Statistic: 'Average',
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        Threshold: 1,
        Period: 60,
        EvaluationPeriods: 5,
        DatapointsToAlarm: 5,
        TreatMissingData: 'breaching',
        AlarmActions: [{ Ref: 'AlarmsTopic' }],
        OKActions: [{ Ref: 'AlarmsTopic' }],
        AlarmDescription: expect.stringContaining(`/aws/lambda/shortener-dev-${target}`),
      });
    },
  );
});
