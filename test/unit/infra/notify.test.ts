import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { dashboardBody } from '../../../infra/template/dashboards/index.ts';
import { environmentOf } from '../../../infra/template/environment.ts';
import { stackOf } from '../../../infra/template/model.ts';
import { packageChannels } from '../../../shared/app/notify/model.ts';
import type { Channel, Json } from '../../../shared/config/model.ts';
import { aSlack, aWebhook, channelsOfAllTypes } from '../../support/channels.ts';
import { aConfig } from './configs.ts';

const options: StackOptions = {
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const oncall: Channel = { id: 'oncall', type: 'email', to: 'oncall@example.com' };
const build = (channels: readonly Channel[], changed: Partial<StackOptions> = {}) =>
  buildResources(aConfig({ channels: [oncall, ...channels] }), { ...options, ...changed }).Resources;
const propertiesOf = (resources: ReturnType<typeof build>, id: string) => resources[id]?.Properties ?? {};
type Statements = readonly Record<string, Json>[];
const actionsOf = (resources: ReturnType<typeof build>): Statements => {
  const policies = propertiesOf(resources, 'NotifyRole')['Policies'] as unknown as readonly [
    { PolicyDocument: { Statement: Statements } },
  ];
  return policies[0].PolicyDocument.Statement;
};

describe('a stack whose alerts go elsewhere than to e-mail addresses', () => {
  it('has the function’s role, its log, what brings it the alerts and what keeps those that failed; else nothing of it', () => {
    const added = Object.keys(build([aSlack()])).filter((id) => !Object.hasOwn(build([]), id));
    expect(added).toEqual([
      'AlertsToNotify',
      'NotifyPermission',
      'NotifyInvokeConfig',
      'UndeliveredQueue',
      'UndeliveredQueuePolicy',
      'UndeliveredAlarm',
      'NotifyLogs',
      'NotifyRole',
    ]);
    // Of a drill, evaluate reads what channels have taken: the partition is there without the function.
    const without = JSON.stringify(build([])).replace('"dynamodb:LeadingKeys":["notify"]', '');
    expect(without).not.toMatch(/[Nn]otify|[Uu]ndelivered/);
  });

  it('subscribes the function once, with a filter that lists all of its channels and no address', () => {
    const { AlertsToNotify: subscription } = build(channelsOfAllTypes);
    expect(subscription?.Properties).toMatchObject({
      TopicArn: { Ref: 'AlertsTopic' },
      Protocol: 'lambda',
      Endpoint: { 'Fn::GetAtt': ['NotifyLambdaFunction', 'Arn'] },
      FilterPolicyScope: 'MessageAttributes',
      FilterPolicy: { channels: ['am', 'chat', 'hook', 'pager', 'room'] },
    });
  });

  it('lets SNS invoke it for this topic alone', () => {
    expect(build([aSlack()])['NotifyPermission']?.Properties).toEqual({
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': ['NotifyLambdaFunction', 'Arn'] },
      Principal: 'sns.amazonaws.com',
      SourceArn: { Ref: 'AlertsTopic' },
    });
  });

  it('mails to e-mail addresses as before: no other channel is one', () => {
    const emails = Object.values(build(channelsOfAllTypes)).filter(
      ({ Properties }) => Properties['Protocol'] === 'email',
    );
    expect(emails.map(({ Properties }) => Properties['Endpoint'])).toEqual([
      'oncall@example.com',
      'oncall@example.com',
    ]);
  });

  it('asks twice more, and keeps for two weeks what could not be told, whoever failed', () => {
    const resources = build([aSlack()]);
    const queue = { 'Fn::GetAtt': ['UndeliveredQueue', 'Arn'] };
    expect(resources['NotifyInvokeConfig']?.Properties).toMatchObject({
      MaximumRetryAttempts: 2,
      DestinationConfig: { OnFailure: { Destination: queue } },
    });
    expect(resources['AlertsToNotify']?.Properties['RedrivePolicy']).toEqual({ deadLetterTargetArn: queue });
    expect(resources['UndeliveredQueue']?.Properties).toEqual({
      QueueName: 'shortener-dev-undelivered',
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
  });

  it('lets only the topic put something into the queue, and nobody over plain HTTP', () => {
    const document = propertiesOf(build([aSlack()]), 'UndeliveredQueuePolicy')['PolicyDocument'];
    const { Statement: statements } = document as unknown as { Statement: Statements };
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    expect(allowed).toEqual([
      expect.objectContaining({
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Condition: { ArnEquals: { 'aws:SourceArn': { Ref: 'AlertsTopic' } } },
      }),
    ]);
    expect(statements).toContainEqual(
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    );
  });

  it('has an alarm on the first thing in the queue, by way of the topic that does not depend on it', () => {
    expect(build([aSlack()])['UndeliveredAlarm']?.Properties).toMatchObject({
      AlarmName: 'shortener-dev-undelivered',
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: 'shortener-dev-undelivered' }],
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmsTopic' }],
    });
  });

  it('may do what telling, remembering, reporting and keeping take, and reads the parameters of its channels alone', () => {
    const statements = actionsOf(build([aSlack(), aWebhook()]));
    expect(statements.flatMap(({ Action }) => Action)).toEqual([
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:UpdateItem',
      'sns:Publish',
      'sqs:SendMessage',
      'ssm:GetParameter',
    ]);
    const parameters = JSON.stringify(statements.at(-1)?.['Resource']);
    expect(parameters.match(/parameter\/[\w/-]+/g)).toEqual([
      'parameter/burnwatch/hook-secret',
      'parameter/burnwatch/slack-url',
    ]);
    expect(statements.map(({ Resource }) => Resource)).not.toContain('*');
  });

  it('is told its table, its topic and its queue', () => {
    const stack = stackOf(aConfig({ channels: [aSlack()] }), options);
    expect(environmentOf('notify', aConfig({ channels: [aSlack()] }), stack)).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      ALERT_TOPIC_ARN: { Ref: 'AlertsTopic' },
      UNDELIVERED_QUEUE: 'shortener-dev-undelivered',
    });
  });

  it('is placed in a VPC only where one of its channels has a private address', () => {
    const vpc = { subnetIds: ['subnet-01234567'], securityGroupIds: ['sg-01234567'] };
    const actions = (allowPrivate: boolean) =>
      actionsOf(build([aSlack({ allowPrivate })], { vpc })).flatMap(({ Action }) => Action);
    expect(actions(true)).toContain('ec2:CreateNetworkInterface');
    expect(actions(false)).not.toContain('ec2:CreateNetworkInterface');
  });

  it('shows on the dashboard whether anything lies in the queue', () => {
    const widgets = (channels: readonly Channel[]) =>
      JSON.stringify(dashboardBody('overview', stackOf(aConfig({ channels }), options), aConfig({ channels })));
    expect(widgets([oncall, aSlack()])).toContain('alarm:shortener-dev-undelivered');
    expect(widgets([oncall])).not.toContain('undelivered');
  });

  it('packages its channels with the paths of their secrets, and no address of a person', () => {
    const packaged = packageChannels(aConfig({ channels: [oncall, aSlack()] }));
    expect(packaged).toEqual({ service: 'shortener', channels: [aSlack()] });
  });
});
