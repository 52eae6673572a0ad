import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { copyProject, type Run, readTemplate, removeProject, serverless, templatePath } from '../support/package.ts';

import.meta.jest.setTimeout(180_000);
const config = `version: 1
service: loads
channels: { oncall: { type: email, to: oncall@example.com } }
allow: [partner.example.com]
monitors:
  site: { type: http, request: { url: "https://www.example.com/" } }
  own: { type: http, request: { url: "\${output:ShortenerUrl}/health/readiness" } }
  look: { type: flow, steps: [{ id: home, request: { url: "https://www.example.com/" } }] }
bursts:
  redirects:
    schedule: cron(0 3 * * ? *)
    timezone: Europe/Amsterdam
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    stages: [{ rampTo: 200/s, over: 5s }, { hold: 200/s, for: 10s }]
    thresholds: [p99 < 300ms, errorRatio < 0.1%]
  spread:
    schedule: cron(0 4 ? * SUN *)
    shards: 3
    requireBudget: 50%
    mix:
      - { weight: 3, request: { url: "https://www.example.com/", headers: { authorization: "Bearer \${ssm:/loads/token}" } } }
      - { weight: 1, flow: look }
    stages: [{ hold: 300/s, for: 1m }]
    thresholds: [dropped == 0]
    alerts: [{ notify: [oncall] }]
  limit:
    request: { url: "https://partner.example.com/" }
    search: { from: 50/s, to: 400/s }
    thresholds: [p99 < 1s]
slos:
  site:
    indicator: { monitors: [site] }
    objective: 99%
    window: 7d
    alerts: [{ severity: page, budget: 2%, long: 1h, minBadEvents: 3, notify: [oncall] }]
`;
let root = '';
let run: Run;
const pack = (...params: string[]) =>
  serverless(root, ['package', ...['config=loads.yml', ...params].flatMap((param) => ['--param', param])]);

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'loads.yml'), config);
  run = await pack('vpcSubnets=subnet-01234567', 'vpcSecurityGroups=sg-0123456789abcdef0');
});
afterAll(() => removeProject(root));

describe('packaging bursts', () => {
  it('works without credentials, and warns of nothing', () => {
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout + run.stderr).not.toContain('Warning');
  });

  it('makes the function that sends them, with time for the longest run', () => {
    const { Resources } = readTemplate(root);
    expect(Resources['BurstLambdaFunction']).toMatchObject({
      Properties: {
        FunctionName: 'loads-dev-burst',
        Handler: 'dist/burst/index.handler',
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 1_024,
        Timeout: 900,
        Role: { 'Fn::GetAtt': ['BurstRole', 'Arn'] },
        VpcConfig: { SubnetIds: ['subnet-01234567'], SecurityGroupIds: ['sg-0123456789abcdef0'] },
        Environment: {
          Variables: {
            BURNWATCH_SERVICE: 'loads',
            LEDGER_TABLE: 'loads-dev-ledger',
            OUTPUT_ShortenerUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
          },
        },
      },
    });
    expect(Resources['BurstInvokeConfig']).toMatchObject({ Properties: { MaximumRetryAttempts: 0 } });
  });

  it('schedules each shard in the burst’s own time zone, and nothing that is sent by hand only', () => {
    const schedules = Object.entries(readTemplate(root).Resources).flatMap(([id, resource]) =>
      id.startsWith('BurstSchedule') ? [resource['Properties'] as Record<string, unknown>] : [],
    );
    expect(
      schedules.map((each) => [each['Description'], each['ScheduleExpression'], each['ScheduleExpressionTimezone']]),
    ).toEqual([
      ['Sends the burst redirects.', 'cron(0 3 * * ? *)', 'Europe/Amsterdam'],
      ['Sends the burst spread, shard 1 of 3.', 'cron(0 4 ? * SUN *)', 'UTC'],
      ['Sends the burst spread, shard 2 of 3.', 'cron(0 4 ? * SUN *)', 'UTC'],
      ['Sends the burst spread, shard 3 of 3.', 'cron(0 4 ? * SUN *)', 'UTC'],
    ]);
  });

  it('writes what the function needs to know beside it, a secret as its path', () => {
    const { service, bursts, budgets } = JSON.parse(readFileSync(join(root, 'dist/burst/bursts.json'), 'utf8'));
    expect([service, bursts.map((each: { burst: { id: string } }) => each.burst.id)]).toEqual([
      'loads',
      ['redirects', 'spread', 'limit'],
    ]);
    expect(bursts[1].scope).toMatchObject({
      hosts: ['www.example.com', [{ output: 'ShortenerUrl' }], 'partner.example.com'],
      flows: [{ id: 'look' }],
    });
    expect(JSON.stringify(bursts[1].burst)).toContain('{"ssm":"/loads/token"}');
    expect(budgets).toMatchObject({ slos: [{ id: 'site' }], monitors: [{ id: 'site' }] });
    expect(JSON.stringify(readTemplate(root).Resources['BurstRole'])).toContain('parameter/loads/token');
  });

  itWithCfnLint('passes cfn-lint', () => {
    const { status, stdout } = cfnLint('--', templatePath(root));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});

describe('packaging bursts without the shortener', () => {
  it('leaves out those that load it, and says so', async () => {
    const { code, stderr } = await pack('shortener=off');
    expect(code).toBe(0);
    expect(stderr).toContain('loads.yml: own, redirects left out, because --param shortener=off deploys no shortener');
    const { Resources } = readTemplate(root);
    const described = Object.entries(Resources).filter(([id]) => id.startsWith('BurstSchedule'));
    expect(described).toHaveLength(3);
    expect(JSON.stringify(Resources['BurstLambdaFunction'])).not.toContain('ShortenerUrl');
  });
});
