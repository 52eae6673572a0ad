import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { copyProject, type Run, readTemplate, removeProject, serverless, templatePath } from '../support/package.ts';

import.meta.jest.setTimeout(180_000);
const config = `version: 1
service: told
channels:
  oncall: { type: email, to: oncall@example.com }
  chat: { type: slack, url: "\${ssm:/told/slack-url}" }
  pager: { type: pagerduty, routingKey: "\${ssm:/told/pagerduty-key}", fallback: chat }
  am: { type: alertmanager, url: "http://10.0.0.7:9093", allowPrivate: true }
monitors:
  site:
    type: http
    request: { url: "https://www.example.com/" }
    alerts: [{ notify: [oncall, chat, pager, am] }]
alarms:
  lost: { ratio: { namespace: Shop, dimensions: { Shop: a }, bad: Lost, total: Sent }, above: 5%, notify: [oncall, chat], reason: Orders are lost. }
  rate: { metric: { namespace: Shop, name: Lost }, perSecond: true, levels: { ticket: 0.1, page: 0.5 }, notify: [pager], reason: Orders are lost. }
  slow: { metric: { namespace: Shop, name: Latency, stat: p99.9 }, above: 300ms, period: 10s, notify: [oncall], reason: Slow. }
  errors: { preset: functionErrors, function: evaluate, notify: [oncall] }
`;
const vpc = ['vpcSubnets=subnet-01234567', 'vpcSecurityGroups=sg-0123456789abcdef0'];
let root = '';
let run: Run;

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'told.yml'), config);
  const params = ['config=told.yml', 'shortener=off', ...vpc].flatMap((param) => ['--param', param]);
  run = await serverless(root, ['package', ...params]);
});
afterAll(() => removeProject(root));

describe('packaging channels', () => {
  it('works without credentials, and warns of nothing', () => {
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout + run.stderr).not.toContain('Warning');
  });

  it('makes the function that sends to them, in the VPC of the private one', () => {
    const { Resources } = readTemplate(root);
    expect(Resources['NotifyLambdaFunction']).toMatchObject({
      Properties: {
        FunctionName: 'told-dev-notify',
        Handler: 'dist/notify/index.handler',
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 512,
        Timeout: 60,
        Role: { 'Fn::GetAtt': ['NotifyRole', 'Arn'] },
        VpcConfig: { SubnetIds: ['subnet-01234567'], SecurityGroupIds: ['sg-0123456789abcdef0'] },
        Environment: {
          Variables: {
            BURNWATCH_SERVICE: 'told',
            LEDGER_TABLE: 'told-dev-ledger',
            UNDELIVERED_QUEUE: 'told-dev-undelivered',
          },
        },
      },
    });
    expect(Resources['AlertsToNotify']).toMatchObject({
      Properties: { FilterPolicy: { channels: ['am', 'chat', 'pager'] } },
    });
  });

  it('writes its channels beside it, a secret as its path', () => {
    const { service, channels } = JSON.parse(readFileSync(join(root, 'dist/notify/channels.json'), 'utf8'));
    expect([service, channels]).toEqual([
      'told',
      [
        { id: 'chat', type: 'slack', url: [{ ssm: '/told/slack-url' }], allowPrivate: false, fallback: 'oncall' },
        {
          id: 'pager',
          type: 'pagerduty',
          url: 'https://events.pagerduty.com',
          routingKey: [{ ssm: '/told/pagerduty-key' }],
          allowPrivate: false,
          fallback: 'chat',
        },
        { id: 'am', type: 'alertmanager', url: 'http://10.0.0.7:9093', allowPrivate: true, fallback: 'oncall' },
      ],
    ]);
  });

  it('writes beside it the alarms that it tells of, and makes them all', () => {
    const { alarms } = JSON.parse(readFileSync(join(root, 'dist/notify/channels.json'), 'utf8'));
    expect(alarms.map(({ id }: { id: string }) => id)).toEqual(['lost', 'rate-ticket', 'rate-page']);
    const made = Object.values(readTemplate(root).Resources) as { Type: string; Properties: { AlarmName?: string } }[];
    const names = made.flatMap(({ Type, Properties }) =>
      Type === 'AWS::CloudWatch::Alarm' ? [Properties.AlarmName] : [],
    );
    expect(names.filter((name) => !/dead|undelivered/.test(String(name)))).toEqual(
      ['lost', 'rate-ticket', 'rate-page', 'slow', 'errors'].map((id) => `told-dev-${id}`),
    );
  });

  itWithCfnLint('passes cfn-lint', () => {
    const { status, stdout } = cfnLint('--', templatePath(root));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
